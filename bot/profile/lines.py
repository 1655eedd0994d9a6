"""Whether the values outside a number's range are its usual ones, scaled or moved."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FACTORS = {
    "thousandfold": 1000.0, "a thousandth": 0.001, "a hundredfold": 100.0, "a hundredth": 0.01,
    "tenfold": 10.0, "a tenth": 0.1, "hours to minutes": 60.0, "minutes to hours": 1 / 60,
    "miles to kilometres": 1.609344, "kilometres to miles": 0.621371,
    "feet to metres": 0.3048, "metres to feet": 3.28084, "pounds to kilograms": 0.453592,
    "kilograms to pounds": 2.204623, "inches to centimetres": 2.54, "days to hours": 24.0,
    "hours to seconds": 3600.0, "square feet to square metres": 0.092903,
    "Celsius to Fahrenheit": 1.8, "Fahrenheit to Celsius": 5 / 9,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The straight line from the usual quantiles to those outside the range."""

    slope: float
    offset: float
    fit: float

    @property
    def fits(self) -> bool:
        """Whether the outside values are the usual ones under one rule, and not the same."""
        return self.fit >= 0.97 and (abs(self.slope - 1) > 0.05 or abs(self.offset) > 0)

    @property
    def says(self) -> str:
        """The rule to read."""
        near = [word for word, factor in FACTORS.items() if abs(self.slope / factor - 1) < 0.04]
        name = f" ({near[0]})" if near else ""
        offset = "" if abs(self.offset) < 1e-9 else f" plus {self.offset:.4g}"
        return f"values are the usual ones times {self.slope:.4g}{name}{offset}"


def fit_line(usual: Sequence[float | None], outside: Sequence[float | None]) -> Line | None:
    """The line through pairs of quantiles; through the origin where that fits as well."""
    pairs = [(x, y) for x, y in zip(usual, outside, strict=True) if x is not None and y is not None]
    if len(pairs) < 5:
        return None
    x, y = np.array(pairs).T
    spread = float(((y - y.mean()) ** 2).sum())
    if spread <= 0 or float(np.ptp(x)) <= 0:
        return None
    scale = float((x * y).sum() / max((x * x).sum(), 1e-12))
    if 1 - float(((y - scale * x) ** 2).sum()) / spread >= 0.97:
        return Line(slope=scale, offset=0.0, fit=1 - float(((y - scale * x) ** 2).sum()) / spread)
    slope, offset = (float(v) for v in np.polyfit(x, y, 1))
    left = float(((y - slope * x - offset) ** 2).sum())
    return Line(slope=slope, offset=offset, fit=1 - left / spread)
