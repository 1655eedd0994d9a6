"""Nouns to JSON text and back, with whatever came from outside made fit to be kept."""

import json
import math
from collections.abc import Hashable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, TypeVar, cast, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from bot.errors import StoreError
from bot.incident import Entry, Fact, Person

Noun = TypeVar("Noun")

Json = Any
"""None, a bool, an int, a float, a str, or lists and str-keyed dicts of these."""

FACTS: Mapping[str, type[Fact]] = {fact.__name__: fact for fact in get_args(Fact)}
"""Every kind of entry that this version knows, by the name under which it is kept."""


def clean(text: str) -> str:
    r"""The text as UTF-8 can hold it: a lone surrogate becomes its escape, such as `\\ud800`."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def to_json(value: Json) -> str:
    """Strict JSON text of a plain value; NaN and the infinities become words.

    Raises:
        StoreError: Something in it is no JSON value.
    """
    try:
        return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False)
    except RecursionError as error:
        raise StoreError("a value nested this deep cannot be kept") from error
    except ValueError as error:
        raise StoreError(f"a value cannot be kept as JSON: {error}") from error


def from_json(text: str) -> Json:
    """The plain value of a JSON text that `to_json` wrote."""
    return json.loads(text)


def dumped(noun: object) -> str:
    """A noun as JSON text.

    Raises:
        StoreError: A field holds what its type does not allow.
    """
    try:
        # Warnings off: what a lax reader accepts (a list for a tuple) is kept, the rest is refused
        # when `kept` reads it back.
        # Not in its JSON mode, which loses a lone surrogate in a key before it can be escaped.
        return to_json(_adapter(type(noun)).dump_python(noun, warnings=False))
    except (PydanticSerializationError, StoreError) as error:
        raise StoreError(f"this {type(noun).__name__} cannot be kept: {error}") from error


def loaded(kind: type[Noun], text: str, *, where: str) -> Noun:
    """The noun of a JSON text; `where` it was kept is for the error.

    Raises:
        StoreError: The text is not one of this version's.
    """
    try:
        noun: Noun = _adapter(kind).validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise StoreError(
            f"{where} holds no {kind.__name__} of this version ({place}: {first['msg']});"
            " start the version of Plummet that wrote it"
        ) from error
    return noun


def kept(noun: Noun) -> tuple[str, Noun]:
    """A noun's JSON text, and the noun exactly as it will be read again.

    Raises:
        StoreError: A field holds what its type does not allow.
    """
    text = dumped(noun)
    return text, loaded(type(noun), text, where=f"this {type(noun).__name__}")


def entry(row: Mapping[str, Any]) -> Entry:
    """The entry of one row of the timeline.

    Raises:
        StoreError: Its kind is of a newer version.
    """
    where = f"entry {row['seq']} of incident {row['incident']}"
    kind = FACTS.get(row["kind"])
    if kind is None:
        raise StoreError(
            f"{where} is a {row['kind']!r}, which this version does not know;"
            " start the version of Plummet that wrote it, or a newer one"
        )
    return Entry(
        seq=row["seq"],
        incident=row["incident"],
        at=moment(row["at"]),
        by=loaded(Person, row["by"], where=where),
        fact=loaded(kind, row["fact"], where=where),
        link=row["link"],
    )


def stamp(at: datetime) -> str:
    """A moment as text of fixed width in UTC, so that it sorts as it should.

    Raises:
        StoreError: The moment has no zone.
    """
    if at.tzinfo is None:
        raise StoreError(f"the time {at.isoformat()} has no zone; hand in an aware datetime")
    try:
        return at.astimezone(UTC).isoformat(timespec="microseconds")
    except OverflowError as error:
        raise StoreError(f"the time {at.isoformat()} is out of the calendar in UTC") from error


def moment(text: str) -> datetime:
    """The moment that `stamp` wrote."""
    return datetime.fromisoformat(text)


@cache
def _made(kind: Hashable) -> TypeAdapter[Any]:
    """Making one takes up to a tenth of a second, using it microseconds."""
    return TypeAdapter(cast("Any", kind))


def _adapter(kind: type[Noun]) -> TypeAdapter[Noun]:
    # A class is hashable; mypy sees only that its instances may not be.
    return _made(cast("Hashable", kind))


def _plain(value: Json) -> Json:
    match value:
        case str():
            return clean(value)
        case None | bool() | int():
            return value
        case datetime() | date():
            return value.isoformat()
        case float():
            return value if math.isfinite(value) else _word(value)
        case Mapping():
            return {clean(str(key)): _plain(part) for key, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
        case _:
            raise StoreError(f"a {type(value).__name__} is no JSON value and cannot be kept")


def _word(value: float) -> str:
    """What pydantic reads back into a float field; bare NaN is no JSON."""
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"
