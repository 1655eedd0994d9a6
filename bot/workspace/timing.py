"""How patient the workspace is; Slack's own figures unless a test wants them shorter."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Deadlines in seconds."""

    ack: float = 3.0
    trigger: float = 3.0
    response_url: float = 1800.0
    response_url_uses: int = 5
    redelivery: tuple[float, ...] = (0.0, 60.0, 300.0)
