"""Some rows of a log as the fast road takes them, whoever read them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

BATCH_ROWS = 65_536
"""Rows that are coded at once: few enough for the processor's cache, enough to cost no time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A batch: columns of one length.

    `values` are to be coded: those of the label, of the prediction and, by their names, of the
    columns; `gone` says of some of them where there is no value at all. `sums` holds numbers with
    NaN for none, by their name in `measures.SUMS`; `ids` are hashes, `identified` where one is.
    """

    bucket: "npt.NDArray[np.int32]"
    outcome: "npt.NDArray[np.uint8]"
    values: "Mapping[str, pa.Array]"
    gone: "Mapping[str, npt.NDArray[np.bool_]]" = field(default_factory=dict)
    sums: "Mapping[str, npt.NDArray[np.float64]]" = field(default_factory=dict)
    ids: "npt.NDArray[Any] | None" = None
    identified: "npt.NDArray[np.bool_] | None" = None
