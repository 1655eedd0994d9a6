"""A few wrong rows to look at."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.checks.words import number, when
from bot.errors import CheckError, SourceError
from bot.incident import Finding
from bot.profile.single_rows import Asked
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.single_rows import SingleRows

LONGEST = 40
"""Characters of a value that are shown."""


@check("errors.examples")
def errors_examples(evidence: "Evidence", *, most: int = 5, features: int = 6) -> Iterator[Finding]:
    """What do wrong predictions look like, in the worst part of the traffic and where most sure?"""
    door = evidence.single_rows
    if door is None:
        raise CheckError(f"rows cannot be shown: {evidence.absent.get('rows', 'no log to ask')}")
    if not evidence.tallies.labelled(evidence.during):
        raise CheckError("no row of the incident window has a label yet")
    columns = _columns(evidence, features)
    found = 0
    for part, asked in _parts(evidence, columns, most=min(most, 20)):
        for row in _asked(door, asked):
            found += 1
            yield _shown(evidence, part, row, count=found)
    if not found:
        yield Finding(
            check="errors.examples", verdict="clear", rows=evidence.rows_during,
            says="no labelled row since the onset is wrong",
        )  # fmt: skip


def _columns(evidence: "Evidence", features: int) -> list[str]:
    """The columns with a role, the segments, and the features that moved the most."""
    roles = evidence.settings.predictions.columns
    wanted = [roles.time, roles.id, roles.prediction, roles.score, roles.label]
    moved = sorted(evidence.features(), key=lambda c: (-evidence.drift(c).z, c.name))
    segments = [column.name for column in evidence.having("segment")]
    wanted += [*segments, *(column.name for column in moved[:features])]
    return [name for name in dict.fromkeys(wanted) if name is not None and name in evidence.schema]


def _parts(evidence: "Evidence", columns: list[str], *, most: int) -> Iterator[tuple[str, Asked]]:
    """The confusion that grew the most, in the worst slice; then the errors it was surest of."""
    yield "slice", Asked(columns=columns, most=most, among=_typical(evidence))
    if evidence.settings.task == "regression" or evidence.one("score") is not None:
        yield "surest", Asked(columns=columns, most=most, among={}, surest=True)


def _typical(evidence: "Evidence") -> dict[str, int]:
    among: dict[str, int] = {}
    place = evidence.where_wrong
    for name, value in (place.segments[0] if place else {}).items():
        bins = evidence.columns[name].bins
        among[name] = next(code for code in range(bins.size) if bins.name_of(code) == value)
    confusion = evidence.confusions[0] if evidence.confusions else None
    if confusion is not None and confusion.share > 0:
        columns = evidence.settings.predictions.columns
        for name, bins, value in (
            (columns.label, evidence.label, confusion.label),
            (columns.prediction, evidence.prediction, confusion.prediction),
        ):
            among[name] = next(c for c in range(bins.size) if bins.name_of(c) == value)
    return among


def _asked(door: "SingleRows", asked: Asked) -> Iterator[Mapping[str, object]]:
    try:
        yield from door.wrong(asked)
    except SourceError as error:
        raise CheckError(str(error)) from error


def _shown(evidence: "Evidence", part: str, row: Mapping[str, object], *, count: int) -> Finding:
    roles = evidence.settings.predictions.columns
    own = {roles.time, roles.id, roles.prediction, roles.score, roles.label}
    name = f", {_value(row[roles.id])}" if roles.id is not None and roles.id in row else ""
    score = f" (score {_value(row[roles.score])})" if roles.score and roles.score in row else ""
    rest = ", ".join(f"{column} {_value(value)}" for column, value in row.items()
                     if column not in own)  # fmt: skip
    place = evidence.where_wrong
    slice_ = "" if place is None else ", " + " and ".join(
        f"{column} {value}" for column, value in place.segments[0].items()
    )  # fmt: skip
    which = f"typical{slice_}" if part == "slice" else "among the surest"
    # An example shows, it proves nothing: only where errors rose is it worth a second look.
    risen = evidence.windows.change is not None
    return Finding(
        check="errors.examples", verdict="suspect" if risen else "clear", rows=1,
        subject={"part": part, "row": str(count)},
        says=f"{which}: {_value(row[roles.time])}{name} was predicted"
        f" {_value(row[roles.prediction])}{score} and is {_value(row[roles.label])}"
        f"{'; ' if rest else ''}{rest}",
        doubt="one row is an example, not a proof",
    )  # fmt: skip


def _value(value: object) -> str:
    """A value in a sentence: numbers and times shortened, long text cut."""
    if value is None:
        return "missing"
    if isinstance(value, datetime):
        return when(value if value.tzinfo else value.replace(tzinfo=UTC))
    if isinstance(value, float):
        return number(value)
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
