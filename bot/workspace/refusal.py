"""How the workspace says no."""

from bot.errors import PlummetError
from bot.workspace.nouns import Json


class Refusal(PlummetError):  # noqa: N818 - named for what it is on the wire: `ok: false`
    """The Web API refuses a call: Slack's error code, and what else the answer carries."""

    def __init__(self, code: str, *, messages: tuple[str, ...] = (), **more: object) -> None:
        super().__init__(code)
        self.code = code
        self.more: Json = dict(more)
        if messages:
            self.more["response_metadata"] = {"messages": list(messages)}

    def wire(self) -> Json:
        """The answer's body."""
        return {"ok": False, "error": self.code, **self.more}
