"""Why a delivery is not taken, and what of it is kept."""

from dataclasses import dataclass, field

FIRST_PART = 64 * 1024
"""How much of a body that is not read to its end is kept."""


@dataclass(eq=False)
class Refusal(Exception):  # noqa: N818 - the name is the fact, as in bot.errors
    """An answer other than 202; with `keep` it becomes a dead letter that holds `body`.

    The statuses follow from who retries what: Alertmanager repeats after 5xx only, so whatever
    may go well later is 503, never 429, and whatever never will is 4xx.
    """

    status: int
    outcome: str
    reason: str
    body: bytes = b""
    keep: bool = True
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.outcome}: {self.reason}"
