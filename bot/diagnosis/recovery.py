"""After a fix: has the metric come back, has it not, or is it too early to tell?"""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from bot.checks.words import figure, percent, rows, when
from bot.diagnosis.reading import read_course
from bot.diagnosis.sequential import evidence_above
from bot.errors import SourceError
from bot.settings import Settings
from bot.sources import Sources

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from bot.profile.changepoint import Series
    from bot.profile.window import Course

Span = tuple[int, int]
"""Buckets, the first and the one after the last."""

Recovery = Literal["recovered", "not_recovered", "too_early"]

ALPHA = 0.01
"""The chance of a wrong word, over all looks together."""

SHARE = 0.75
"""The part of the fall that has to be made up again."""

HALF = 0.5
"""What the test itself excludes: that no more than this part is made up again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What the rows since a fix say.

    `floor` is the value to reach; `back` and `down` are log evidence, in natural units, that more
    than half of the fall is made up again, and that less than the wanted part is. Either speaks
    from log(1 / alpha) on.
    """

    verdict: Recovery
    metric: str
    before: float
    fallen: float
    now: float | None
    floor: float
    rows: int
    back: float
    down: float
    fixed: datetime
    until: datetime

    @property
    def says(self) -> str:
        """The verdict with its figures, in a sentence."""
        words = {
            "recovered": "recovered", "not_recovered": "not recovered", "too_early": "too early",
        }  # fmt: skip
        return (
            f"{words[self.verdict]}: {self.metric} is {figure(self.metric, self.now)} over"
            f" {rows(self.rows)} with a label since {when(self.fixed)}; it was"
            f" {figure(self.metric, self.before)} before the fall and"
            f" {figure(self.metric, self.fallen)} during it (sequential test, evidence for"
            f" {_odds(self.back)}, against {_odds(self.down)}; {round(1 / ALPHA)} to 1 is wanted,"
            f" which errs in {percent(ALPHA)} of cases however often one looks)"
        )


def verify(
    settings: Settings,
    model: str,
    *,
    sources: Sources,
    fixed: datetime,
    since: datetime | None = None,
    counted: datetime | None = None,
    at: datetime | None = None,
    share: float = SHARE,
) -> Verified:
    """Test the metric of the rows since `fixed` against its baseline and its fall.

    `since` is the onset of the fall; without it, it is searched in the rows up to `fixed`. The fall
    ends at `fixed`; with `counted`, only the rows from then on have to prove that it is over.

    Raises:
        SettingsError: There is no such model.
        SourceError: The prediction log cannot be read, or shows no fall before the fix.
    """
    from bot.profile.windows import find_windows  # noqa: PLC0415 - numpy, which help need not pay

    course = read_course(settings, model, sources=sources, at=at)
    grid, series = course.grid, course.tallies.series()
    mended = min(grid.bucket(fixed) + (grid.time(grid.bucket(fixed)) < fixed), grid.size)
    onset = None if since is None else grid.bucket(since)
    if onset is None:
        found = find_windows(series.part(0, mended), day=86_400 // grid.width)
        onset = found.start if found.change is not None else None
    if onset is None or not 0 < onset < mended:
        raise SourceError(
            f"the log of {model} shows no fall before {when(fixed)}; say since when with --since"
        )
    spans = (0, onset), (onset, mended), (max(mended, grid.bucket(counted or fixed)), grid.size)
    return _tested(course, series, spans, fixed=counted or fixed, share=share)


def _tested(
    course: "Course", series: "Series", spans: tuple[Span, Span, Span], *,
    fixed: datetime, share: float,
) -> Verified:  # fmt: skip
    from bot.profile.changepoint import dispersion, without_course  # noqa: PLC0415 - numpy

    grid, tallies = course.grid, course.tallies
    day = 86_400 // grid.width
    level = without_course(series, day=day)
    good, bad, now = (level.part(*span) for span in spans)
    drop = good.mean() - bad.mean()
    n, total = float(now.n.sum()), float(now.total.sum())
    # Rows of one bucket are alike: history says by how much more than chance.
    variance = good.variance() * dispersion(good, day=day)
    # Sharpest where a mean half a drop away is just about told.
    tuned = 8 * variance * variance / max(drop * drop, 1e-12)
    middle, wanted = (good.mean() - (1 - part) * drop for part in (HALF, share))
    back = evidence_above(total - n * middle, n * variance, tuned=tuned)
    down = evidence_above(n * wanted - total, n * variance, tuned=tuned)
    enough = math.log(1 / ALPHA)
    verdict: Recovery = "too_early"
    if drop > 0 and n and back >= enough and total / n >= wanted:
        verdict = "recovered"
    elif drop > 0 and down >= enough:
        verdict = "not_recovered"
    masks = [_mask(grid.size, *span) for span in spans]
    before, fallen, current = (tallies.value(mask) for mask in masks)
    before, fallen = before or 0.0, fallen or 0.0
    return Verified(
        verdict=verdict, metric=tallies.metric, before=before, fallen=fallen, now=current,
        floor=before - (1 - share) * (before - fallen), rows=tallies.labelled(masks[2]),
        back=back, down=down, fixed=fixed, until=course.at,
    )  # fmt: skip


def _mask(size: int, start: int, end: int) -> "npt.NDArray[np.bool_]":
    import numpy as np  # noqa: PLC0415 - as above

    mask = np.zeros(size, dtype=np.bool_)
    mask[start:end] = True
    return mask


def _odds(evidence: float) -> str:
    """Log evidence as odds to one."""
    return "over a million to 1" if evidence > 13.8 else f"{math.exp(evidence):,.2g} to 1"
