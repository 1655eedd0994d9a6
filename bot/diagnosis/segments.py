"""Which part of the traffic a cause is said to have hit."""

from typing import TYPE_CHECKING

from bot.diagnosis.candidate import Candidate

if TYPE_CHECKING:
    from bot.profile import Evidence


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
    return place.segments if place is not None else ()
