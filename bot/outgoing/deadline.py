"""When a reading of several calls has to be over."""

import time
from dataclasses import dataclass
from typing import Self

from bot.errors import SourceError


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """`at` is of the clock that `time.monotonic` reads, `seconds` what it was set to."""

    seconds: float
    at: float

    @classmethod
    def of(cls, seconds: float) -> Self:
        """The moment so many seconds from now."""
        return cls(seconds=seconds, at=time.monotonic() + seconds)

    def left(self, *, shown: str) -> float:
        """Seconds that are left.

        Raises:
            SourceError: None are.
        """
        left = self.at - time.monotonic()
        if left <= 0:
            raise SourceError(
                f"{shown}: the whole reading took more than {self.seconds:g} s and was ended;"
                " `deadline_seconds` gives it more",
                permanent=False,
            )
        return left
