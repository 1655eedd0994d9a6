"""A test of a mean that may be looked at after every row: an anytime-valid e-process.

For the sum S of deviations from a level and their variance V, the one-sided normal mixture

    E = 2 / sqrt(1 + V/v) · exp(S² / (2 (V + v))) · Φ(S / sqrt(V + v))

is a supermartingale with mean at most one while the true mean is at or below the level. By Ville's
inequality E passes 1 / alpha with a chance of at most alpha, however often one looks (Robbins,
Annals of Mathematical Statistics 1970; Howard, Ramdas, McAuliffe and Sekhon, Annals of Statistics
2021, "Time-uniform, nonparametric, nonasymptotic confidence sequences", section 3).
"""

import math
from statistics import NormalDist


def evidence_above(deviation: float, variance: float, *, tuned: float) -> float:
    """The natural log of E: evidence that a mean lies above a level, whenever one stops.

    Args:
        deviation: S, the sum over all rows of value minus level.
        variance: V, the sum over all rows of the variance of one value.
        tuned: v, the variance V at which the test is at its sharpest.
    """
    if variance <= 0 or tuned <= 0:
        return 0.0
    spread = math.sqrt(variance + tuned)
    reach = deviation / spread
    return math.log(2) - 0.5 * math.log1p(variance / tuned) + 0.5 * reach**2 + _log_normal(reach)


def _log_normal(at: float) -> float:
    """The log of the normal distribution function, by its tail where it is all but zero."""
    if at > -8:
        return math.log(NormalDist().cdf(at))
    return -0.5 * at**2 - math.log(-at) - 0.5 * math.log(2 * math.pi)
