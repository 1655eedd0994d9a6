"""What lies beside the log: change events, system metrics, reported values, the offline copy."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One change that somebody or something made."""

    id: str
    time: datetime
    kind: str
    what: str
    who: str = ""
    ref: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """One system metric of one host (or of all) before and during: mean, spread, samples.

    `since` is when its mean moved, between `low` and `high`; None where that cannot be said.
    """

    metric: str
    host: str | None
    before: float
    spread: float
    samples: int
    during: float
    peak: float
    samples_during: int
    since: datetime | None = None
    low: datetime | None = None
    high: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """The metric as the dashboard reported it, before and during, and its worst fall."""

    times: tuple[datetime, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Skew:
    """One feature, served against recomputed offline: rows compared and rows that differ.

    `since` is when rows began to differ more often, where that can be said.
    """

    feature: str
    rows: int
    differ: int
    rows_during: int
    differ_during: int
    since: datetime | None = None

    @property
    def grew(self) -> bool:
        """Whether a larger part of the rows differs than before."""
        return self.differ_during * self.rows > self.differ * self.rows_during

    @property
    def surplus(self) -> float:
        """The log likelihood ratio of the rows that differ, against the share that did before.

        That of a binomial share above another; a share of none before counts as half a row.
        """
        if not self.rows_during:
            return 0.0
        usual = (self.differ + 0.5) / (self.rows + 1)
        share = self.differ_during / self.rows_during
        if share <= usual:
            return 0.0
        same = self.rows_during - self.differ_during
        gained = self.differ_during * math.log(share / usual)
        return gained + (same * math.log((1 - share) / (1 - usual)) if same else 0.0)
