"""Which rows of a prediction log are looked at."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import ModelSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """The rows up to `at`, how many, and from when to when (seconds since 1970).

    `undated` are those without a time, which are not among `rows`.
    """

    settings: "ModelSettings"
    at: datetime
    rows: int
    undated: int
    first: int
    last: int
