"""Where the extra errors sit."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import inside, number, percent, rows, since
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.harm import FallenPart


@check("errors.slices")
def errors_slices(evidence: "Evidence", *, least: float = 20.0) -> Iterator[Finding]:
    """In which part of the traffic do the extra errors sit?"""
    if not evidence.tallies.labelled(evidence.during):
        raise CheckError("no row of the incident window has a label yet")
    columns = [c.name for role in ("segment", "host") for c in evidence.having(role)]
    if not columns:
        raise CheckError("there are no segments to look at: no `segments` and no host")
    part = None if evidence.fell else evidence.fallen_part
    if part is not None:
        yield _alone(evidence, part)
        return
    extra = evidence.extra_errors
    place = evidence.where_wrong
    if extra < least or place is None:
        where = "spread over every part of" if extra >= least else "too few to place in"
        yield Finding(
            check="errors.slices", verdict="clear", rows=evidence.rows_during,
            says=f"about {max(extra, 0):,.0f} extra errors are {where} the traffic, by"
            f" {', '.join(dict.fromkeys(columns))}",
            figures={"extra_errors": extra},
        )  # fmt: skip
        return
    first = place.segments[0]
    yield Finding(
        check="errors.slices", verdict="suspect", strength=min(extra / 10, 20.0),
        rows=place.rows, since=evidence.start, subject=dict(first)
         | ({"kind": "host"} if evidence.only_hosts(place) else {}),
        says=f"{percent(place.share)} of the extra errors sit in {percent(place.size)} of the"
        f" traffic{inside(place)}{since(evidence.start)}: {percent(place.density)} of its"
        f" {rows(place.rows)} are extra errors, {percent(place.outside)} elsewhere",
        figures={
            "share": place.share, "size": place.size, "density": place.density,
            "outside": place.outside, "slices": len(place.segments),
        },
        doubt="a split that is not among the segments, and that would fit better",
    )  # fmt: skip


def _alone(evidence: "Evidence", part: "FallenPart") -> Finding:
    """A part that does worse while the metric of all traffic shows no fall."""
    name = " and ".join(f"{column} {value}" for column, value in part.segment.items())
    return Finding(
        check="errors.slices", verdict="suspect", strength=min(part.z**2 / 2, 20.0),
        rows=part.rows, since=evidence.start, subject=part.segment,
        says=f"{name} alone does worse{since(evidence.start)}: {percent(part.during)} of its"
        f" {rows(part.rows)} with a label are wrong, {percent(part.before)} before, in both halves"
        f" of that time ({number(part.z)} standard errors beyond the rest in the half that it was"
        " not chosen by)",
        figures={"before": part.before, "during": part.during, "z": part.z},
        doubt="a part that is as bad at the same phase of earlier weeks",
    )  # fmt: skip
