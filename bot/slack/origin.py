"""What a modal remembers of the place it was opened from."""

import json
from dataclasses import asdict, dataclass

from bot.slack import limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Kept in a modal's private metadata: incident, step, channel, where to answer, a message."""

    incident: str = ""
    step: str = ""
    room: str = ""
    reply_to: str = ""
    message: str = ""

    def packed(self) -> str:
        """As Slack carries it; the answer's address is the part one can do without."""
        kept = {name: value for name, value in asdict(self).items() if value}
        text = json.dumps(kept, ensure_ascii=False)
        if len(text) > limits.PRIVATE_METADATA:
            kept.pop("reply_to", None)
            text = json.dumps(kept, ensure_ascii=False)
        return text


def unpacked_origin(text: str) -> Origin:
    """The origin a modal was opened with."""
    return Origin(**json.loads(text or "{}"))
