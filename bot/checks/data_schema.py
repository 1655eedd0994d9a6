"""Columns and types."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import inside, percent, since
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.shift import Shift

NULL, UNREAD = 0, 2
NUMBERS = ("int", "float", "decimal", "uint")


@check("data.schema")
def data_schema(
    evidence: "Evidence", *, least: float = 0.02, sure: float = 6.0
) -> Iterator[Finding]:
    """Are all columns there, of the right type, and filled under the names the model reads?"""
    found = [*_gone(evidence), *_retyped(evidence), *_unread(evidence, least, sure)]
    found += _renamed(evidence, least, sure)
    found += _swapped(evidence, sure)
    yield from found
    if evidence.reference_schema is None:
        why = evidence.absent.get("reference", "it cannot be read")
        yield Finding(
            check="data.schema", verdict="unknown", subject={"part": "reference"},
            says=f"types are not compared with those of the training data: {why}",
        )  # fmt: skip
    if not found:
        yield Finding(
            check="data.schema", verdict="clear", rows=evidence.rows_during,
            says=f"all {len(evidence.features())} features are there, of the expected type, under"
            " their names",
        )  # fmt: skip


def _gone(evidence: "Evidence") -> Iterator[Finding]:
    for name in evidence.settings.predictions.features or ():
        if name not in evidence.schema:
            yield Finding(
                check="data.schema", verdict="suspect", strength=20.0, rows=evidence.rows_during,
                subject={"feature": name, "sign": "gone"},
                says=f"the log has no column {name}, which the model is configured to read",
                doubt="a configuration that names the column wrongly",
            )  # fmt: skip


def _retyped(evidence: "Evidence") -> Iterator[Finding]:
    for column in evidence.features():
        expected = (evidence.reference_schema or {}).get(column.name)
        if expected is None or _family(expected) == _family(column.bins.type):
            continue
        yield Finding(
            check="data.schema", verdict="suspect", strength=3.0, rows=evidence.rows_during,
            subject={"feature": column.name, "sign": "type"},
            says=f"{column.name} is {column.bins.type} in the log, {expected} in the training data",
            doubt="a log that has always had this type",
        )  # fmt: skip


def _unread(evidence: "Evidence", least: float, sure: float) -> Iterator[Finding]:
    for column in evidence.features():
        shift = evidence.shift(column, (UNREAD,)) if column.bins.text else None
        if shift is None or shift.change < least or shift.strength < sure:
            continue
        place = evidence.where(column, (UNREAD,))
        yield Finding(
            check="data.schema", verdict="suspect", strength=shift.strength, rows=shift.rows,
            since=shift.since, slow=shift.slow, subject={"feature": column.name, "sign": "format"},
            says=f"{column.name} is no readable number in {percent(shift.during)} of rows"
            f"{inside(place)}{since(shift.since)}, {percent(shift.before)} before",
            segments=evidence.parts_with(column, place),
            figures={
                "before": shift.before, "during": shift.during,
                "accounts": evidence.accounts(column, (UNREAD,)),
            },
            doubt="text that the model's own reader understands",
        )  # fmt: skip


def _renamed(evidence: "Evidence", least: float, sure: float) -> Iterator[Finding]:
    """A column that fills up as a feature empties."""
    emptied = {
        column.name: shift
        for column in evidence.features()
        if (shift := evidence.shift(column, (NULL,))).change >= least and shift.strength >= sure
    }
    for column in evidence.columns.values():
        shift = evidence.shift(column, (NULL,))
        if -shift.change < least or shift.strength < sure or shift.before < 0.9:
            continue
        twin = _twin(emptied, -shift.change)
        subject = {"feature": twin, "column": column.name, "sign": "renamed"} if twin else {
            "column": column.name, "sign": "new",
        }  # fmt: skip
        tail = f", as {twin} empties: it looks renamed" if twin else ""
        lost = evidence.columns[twin] if twin else None
        place = evidence.where(lost, (NULL,)) if lost else None
        yield Finding(
            check="data.schema", verdict="suspect", strength=shift.strength, rows=shift.rows,
            since=shift.since, slow=shift.slow, subject=subject,
            says=f"column {column.name} fills{since(shift.since)} ({percent(1 - shift.during)} of"
            f" rows, {percent(1 - shift.before)} before){tail}",
            segments=evidence.parts_with(lost, place) if lost else None,
            figures={
                "before": 1 - shift.before, "during": 1 - shift.during,
                "accounts": evidence.accounts(lost, (NULL,)) if lost else 0.0,
            },
            doubt="a new column that nothing reads yet",
        )  # fmt: skip


def _swapped(evidence: "Evidence", sure: float) -> Iterator[Finding]:
    """Two numbers that have each other's values."""
    for pair in evidence.swapped():
        column = evidence.columns[pair.feature]
        gained = [code for code, _ in column.known() if evidence.gain(column, code) > 0]
        shift, place = evidence.shift(column, gained), evidence.where(column, gained)
        if shift.strength < sure:
            continue
        yield Finding(
            check="data.schema", verdict="suspect", strength=shift.strength, rows=shift.rows,
            since=shift.since, slow=shift.slow,
            subject={"feature": pair.feature, "other": pair.other, "sign": "swapped"},
            says=f"{pair.feature} has the values of {pair.other}, which has its values, in about"
            f" {percent(pair.share)} of rows{inside(place)}{since(shift.since)}: that accounts for"
            f" {percent(min(pair.explained, 1.0))} of how it moved",
            segments=evidence.parts_with(column, place),
            figures={
                "share": pair.share, "explained_shape": pair.explained,
                "before": shift.before, "during": shift.during,
                "accounts": evidence.accounts(column, gained),
            },
            doubt=f"traffic in which {pair.feature} really is what {pair.other} was",
        )  # fmt: skip


def _twin(emptied: "dict[str, Shift]", filled: float) -> str | None:
    near = [
        (abs(shift.change - filled), name) for name, shift in emptied.items()
        if abs(shift.change - filled) < 0.25 * filled + 0.01
    ]  # fmt: skip
    return min(near)[1] if near else None


def _family(kind: str) -> str:
    if kind.lstrip("!").startswith(NUMBERS):
        return "number"
    return kind.lstrip("!").partition("(")[0]
