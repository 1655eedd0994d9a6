"""Everything the checks may look at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The profile of a model's traffic and the tables beside it."""

    model: str
