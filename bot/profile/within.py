"""Counting inside the worst pair of segments, so that not all triples have to be counted."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.profile.children import PARTS, parts_of_time
from bot.profile.coded_log import EPOCH, OUTCOME, CodedLog
from bot.profile.slices import worst_place

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from bot.profile.columns import Column
    from bot.profile.windows import Windows

    Counts = npt.NDArray[np.int64]
    Within = dict[tuple[tuple[str, int], ...], dict[str, Counts]]


def count_within(
    coded: CodedLog, *, columns: "Mapping[str, Column]", pairs: "Mapping[tuple[str, ...], Counts]",
    windows: "Windows",
) -> "Within":  # fmt: skip
    """Each other segment inside the worst pairs, [part of time, outcome, code] by its name.

    Nothing is counted where the metric did not fall, or where no pair holds its extra errors.
    """
    if windows.change is None:
        return {}
    place = worst_place(columns, pairs, windows)
    found: Within = {}
    for parent in () if place is None else place.codes:
        thirds = [
            column.name for column in columns.values()
            if {"segment", "host"} & set(column.bins.roles) and not column.is_("version")
            and column.name not in dict(parent)
        ]  # fmt: skip
        if len(parent) != 2 or not thirds:
            return {}
        counted = coded.counted(
            [(name,) for name in thirds], (EPOCH, OUTCOME), epochs=parts_of_time(windows),
            among=dict(parent),
        )  # fmt: skip
        found[parent] = {name: counts[:PARTS] for name, counts in zip(thirds, counted, strict=True)}
    return found
