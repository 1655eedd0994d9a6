"""Which part of the traffic a cause is said to have hit."""

import math
from typing import TYPE_CHECKING

from bot.diagnosis.candidate import Candidate
from bot.incident import Finding

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.slices import Place

MARKED = ("data.", "model.")
"""Checks whose figures `before` and `during` are parts of all rows that show the defect."""

SURE = 3.0
"""Standard errors of that part."""


def segments_of(evidence: "Evidence", candidate: Candidate) -> tuple[dict[str, str], ...]:
    """The slice of the leading finding, or that of the extra errors; none for all traffic.

    A defect marks its rows: where it sits is seen more sharply than where the errors are.
    """
    leading = candidate.leading
    if leading is None or leading.check == "metric.recompute":
        return ()
    subject, host = leading.subject, evidence.one("host")
    if "segment" in subject:
        name = subject["segment"]
        return tuple({name: v} for key, v in sorted(subject.items()) if key.startswith("value"))
    if leading.check == "system.hosts" and host is not None:
        return ({host.name: subject["host"]},)
    if leading.segments is not None:
        return leading.segments
    place = evidence.where_wrong
    if place is None or _overflows(leading, place, rows=evidence.rows_during):
        return ()
    return place.segments


def _overflows(leading: Finding, place: "Place", *, rows: int) -> bool:
    """Whether more rows show the defect than there are in the place, by more than chance.

    Some segments suffer more from what all rows have: the errors sit there, and the defect does
    not.
    """
    if not leading.check.startswith(MARKED):
        return False
    share = leading.figures.get("during", 0.0) - leading.figures.get("before", 0.0)
    error = math.sqrt(max(share * (1 - share), 0.0) / max(rows, 1))
    return share - SURE * error > place.size
