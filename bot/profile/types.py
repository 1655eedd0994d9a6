"""Types of columns, whoever names them: a database through ibis, or Arrow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow as pa

NESTED = "array map struct json binary geospatial interval uuid"
PLAIN = frozenset({"number", "word", "boolean"})
"""Kinds of columns that are read from files without a database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnType:
    """What a plan asks of a column's type; `name` is as ibis spells it."""

    name: str
    numeric: bool
    text: bool
    nested: bool


def asked_types(table: Any) -> Mapping[str, ColumnType]:
    """The types of an ibis table, by column; of none, none."""
    if table is None:
        return {}
    return {
        name: ColumnType(
            name=str(kind), numeric=kind.is_numeric(), text=kind.is_string(),
            nested=any(getattr(kind, f"is_{word}", lambda: False)() for word in NESTED.split()),
        )
        for name, kind in table.schema().items()
    }  # fmt: skip


def kind_of(kind: "pa.DataType") -> Literal["number", "word", "boolean", "other"]:
    """What a column of this Arrow type holds."""
    import pyarrow as pa  # noqa: PLC0415 - a database needs none

    if pa.types.is_integer(kind) or pa.types.is_float32(kind) or pa.types.is_float64(kind):
        return "number"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "word"
    return "boolean" if pa.types.is_boolean(kind) else "other"


_SPELLED = {"double": "float64", "float": "float32", "bool": "boolean", "large_string": "string"}


def arrow_types(schema: "pa.Schema") -> Mapping[str, str]:
    """The types of plain Arrow columns as ibis spells them."""
    # Words may be read as a dictionary of them.
    spelled = {field.name: str(getattr(field.type, "value_type", field.type)) for field in schema}
    return {name: _SPELLED.get(kind, kind) for name, kind in spelled.items()}


def plain_types(schema: "pa.Schema") -> Mapping[str, ColumnType]:
    """The same as a plan asks for them; of a type that is not plain only that it is no number."""
    return {
        field.name: ColumnType(
            name=arrow_types(schema)[field.name], numeric=kind_of(field.type) == "number",
            text=kind_of(field.type) == "word", nested=False,
        )
        for field in schema
    }  # fmt: skip
