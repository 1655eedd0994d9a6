"""How the values of a column become a few codes, fixed before anything is counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

NULL, NAN, OTHER, FIRST = 0, 1, 2, 3
"""Codes that every column has: no value; not a number; no number in a numeric column, or a
category outside the list; and the first code of its own values."""

Kind = Literal["numeric", "category"]
Role = Literal[
    "feature", "segment", "extra", "score", "latency", "version", "host", "fallback", "label",
    "prediction",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Bins:
    """The codes of one column.

    A category has a code for each of `values`. A number has one for each of `values` that it often
    takes exactly (point masses), and one for each interval that the ascending `edges` cut: below
    the first edge, between two, and from the last one up.
    """

    name: str
    kind: Kind
    roles: tuple[Role, ...]
    type: str
    values: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()
    text: bool = False
    """Numbers that are stored as text, so that some may not parse."""

    @property
    def size(self) -> int:
        """How many codes there are."""
        return FIRST + len(self.values) + (len(self.edges) + 1 if self.kind == "numeric" else 0)

    @property
    def under(self) -> int:
        """The code of numbers below the first edge."""
        return FIRST + len(self.values)

    @property
    def over(self) -> int:
        """The code of numbers from the last edge up."""
        return self.size - 1

    def ascending(self) -> list[int]:
        """The codes of a number in the order of the values they stand for."""
        places = [(float(value), FIRST + i) for i, value in enumerate(self.values)]
        ends = (-float("inf"), *self.edges, float("inf"))
        for i in range(len(self.edges) + 1):
            low, high = ends[i], ends[i + 1]
            middle = (
                (low + high) / 2
                if self.edges[:1] and 0 < i < len(self.edges)
                else (high if i == 0 else low)
            )
            places.append((middle, self.under + i))
        return [code for _, code in sorted(places)]

    def code(self, value: str) -> int | None:
        """The code of one of `values`."""
        return FIRST + self.values.index(value) if value in self.values else None

    def name_of(self, code: int) -> str:
        """What a code stands for, to read."""
        if code < FIRST:
            other = "not a number" if self.kind == "numeric" else "other"
            return ("missing", "NaN", other)[code]
        if code < self.under:
            return self.values[code - FIRST]
        return self._interval(code - self.under)

    def _interval(self, place: int) -> str:
        if not self.edges:
            return "any number"
        if place == 0:
            return f"below {self.edges[0]:.6g}"
        if place == len(self.edges):
            return f"{self.edges[-1]:.6g} or more"
        return f"{self.edges[place - 1]:.6g} to {self.edges[place]:.6g}"


def distinct_edges(quantiles: Sequence[float | None]) -> tuple[float, ...]:
    """Ascending edges without repeats, from quantiles that may repeat or be absent."""
    return tuple(sorted({float(q) for q in quantiles if q is not None and q == q}))  # noqa: PLR0124 - NaN
