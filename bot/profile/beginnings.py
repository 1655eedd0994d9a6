"""When a series began to fall: at once, or slowly from a time on."""

from dataclasses import dataclass

from bot.profile.changepoint import Series, dispersion, locate
from bot.profile.counted import Counted
from bot.profile.shapes import ramp_end

SLOW = 6.0
"""The log likelihood ratio by which a slow change has to fit better than one at once."""

SHORT = 6
"""Buckets: a step within one leaves it halfway, and looks like a ramp of a few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """The bucket in which it began, whether `slow`, and how clear the change is."""

    bucket: int
    slow: bool
    strength: float


def beginning(
    series: Series, *, least_before: float = 100, least_after: float = 40, spells: bool = False
) -> Beginning | None:
    """The beginning of the clearest fall; None where there is none.

    The clearest single step of a slow change lies in its middle, so that where a straight ramp fits
    better by more than chance its start is taken. With `spells` it came and went, which no ramp
    describes.
    """
    found = locate(series, least_before=least_before, least_after=least_after, phi=1.0)
    if found is None:
        return None
    counted, step = Counted.of(series), found.bucket
    if counted is not None:
        step = counted.step(least_before=least_before, least_after=least_after) or step
    if found.strength > SLOW and not spells:
        start, end, gain = ramp_end(series, step)
        if counted is not None and gain > 0:
            start, end, gain = counted.rise(step)
        if end - start > SHORT and gain > SLOW * dispersion(series.part(0, max(start, 1))):
            return Beginning(bucket=start, slow=True, strength=found.strength)
    return Beginning(bucket=step, slow=False, strength=found.strength)
