"""Time in equal buckets."""

from dataclasses import dataclass
from datetime import UTC, datetime

WIDTHS = (60, 300, 900, 3_600, 10_800, 21_600, 86_400, 604_800, 2_592_000, 31_536_000)
"""Bucket widths in seconds, from a minute to a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """`size` buckets of `width` seconds from `origin` (seconds since 1970, UTC)."""

    origin: int
    width: int
    size: int

    @classmethod
    def covering(cls, first: int, last: int, *, rows: int, most: int = 1_500) -> "Grid":
        """The finest grid over [first, last] with at most `most` buckets and ten rows in each."""
        wanted = max(1, min(most, rows // 10))
        width = next((w for w in WIDTHS if (last - first) // w < wanted), WIDTHS[-1])
        origin = first - first % width
        return cls(origin=origin, width=width, size=(last - origin) // width + 1)

    @classmethod
    def of_minutes(cls, first: int, last: int) -> "Grid":
        """The minutes over [first, last]."""
        origin = first - first % 60
        return cls(origin=origin, width=60, size=(last - origin) // 60 + 1)

    def time(self, bucket: int) -> datetime:
        """When a bucket begins."""
        return datetime.fromtimestamp(self.origin + bucket * self.width, UTC)

    def bucket(self, time: datetime) -> int:
        """The bucket of a time; the first or the last for one outside."""
        return min(max(int((time.timestamp() - self.origin) // self.width), 0), self.size - 1)

    @property
    def days(self) -> float:
        """How long the grid is."""
        return self.size * self.width / 86_400
