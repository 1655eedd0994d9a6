"""Rows as codes, computed once: through ibis, or as SQL text where that is the fast road."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis

from bot.profile.bins import FIRST, NAN, NULL, OTHER, Bins
from bot.profile.coding import code, key
from bot.profile.engine import SPREAD, Engine, Product

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A column to be coded, moved to its place; no value outside of the rows of `where`."""

    column: Any
    bins: Bins
    place: int = 0
    where: Any = None

    def expression(self) -> Any:
        """The code in ibis."""
        made = code(self.column, self.bins, place=self.place)
        base = self.place * SPREAD
        return made if self.where is None else ibis.ifelse(self.where, made, base + NULL)

    def inputs(self, name: str) -> dict[str, Any]:
        """What the text needs of a row, in ibis: the value, and whether there is one."""
        given = {f"{name}_value": key(self.column, self.bins)}
        if self.where is not None:
            given[f"{name}_gone"] = self.column.isnull() | ~self.where
        elif self._hidden:
            given[f"{name}_gone"] = self.column.isnull()
        return given

    @property
    def _hidden(self) -> bool:
        """Whether a value may be null that is there, or the reverse."""
        kind = self.column.type()
        return bool(kind.is_boolean() or (kind.is_string() and self.bins.kind == "numeric"))

    def sql(self, name: str) -> str:
        """The code as SQL over `inputs`."""
        value, base = f'"{name}_value"', self.place * SPREAD
        gone = f'"{name}_gone"' if self.where is not None or self._hidden else f"{value} IS NULL"
        numbers = self.bins.kind == "numeric" or self.column.type().is_numeric()
        spelled = (_double(float(v)) if numbers else _quoted(v) for v in self.bins.values)
        own = " ".join(
            f"WHEN {value} = {text} THEN {base + FIRST + i}" for i, text in enumerate(spelled)
        )
        if self.bins.kind == "category":
            return f"CASE WHEN {gone} THEN {base + NULL} {own} ELSE {base + OTHER} END"
        return (
            f"CASE WHEN {gone} THEN {base + NULL} WHEN {value} IS NULL THEN {base + OTHER}"
            f" WHEN ISNAN({value}) THEN {base + NAN} {own}"
            f" ELSE {_tree(value, self.bins.edges, base + self.bins.under)} END"
        )


@contextmanager
def coded(
    engine: Engine, table: "ir.Table", wanted: Mapping[str, Coded], *,
    plain: Mapping[str, Any], joint: Mapping[str, Product], rows: int,
) -> "Iterator[ir.Table]":  # fmt: skip
    """The rows of a table as their codes, beside them `plain` expressions and joint codes."""
    if not engine.fast:
        made = {name: one.expression() for name, one in wanted.items()}
        base = table.select(**plain, **made)
        yield base.mutate(**{name: one.expression(base, 0) for name, one in joint.items()})
        return
    # Thousands of comparisons take ibis a second to build and compile; as text they take none.
    inputs = {k: v for name, one in wanted.items() for k, v in one.inputs(name).items()}
    inner = engine.compile(table.select(**plain, **inputs))
    codes = [f'CAST({one.sql(name)} AS INTEGER) AS "{name}"' for name, one in wanted.items()]
    beside = [f'"{name}"' for name in plain]
    text = f"SELECT {', '.join([*beside, *codes])} FROM ({inner}) AS given"  # noqa: S608 - our own names; values are quoted
    crossed = "".join(f', {one.sql(0)} AS "{name}"' for name, one in joint.items())
    with engine.named(f"SELECT *{crossed} FROM ({text}) AS coded", rows=rows) as base:  # noqa: S608 - as above
        yield base


def _tree(value: str, edges: tuple[float, ...], base: int) -> str:
    """A balanced tree of comparisons: how many of the edges the value has reached."""
    if not edges:
        return str(base)
    middle = len(edges) // 2
    below = _tree(value, edges[:middle], base)
    above = _tree(value, edges[middle + 1 :], base + middle + 1)
    return f"CASE WHEN {value} < {_double(edges[middle])} THEN {below} ELSE {above} END"


def _double(number: float) -> str:
    """A number to the last digit: without an exponent it would be read as a rounded decimal."""
    text = repr(number)
    if text.lstrip("-")[0].isdigit():
        return text if "e" in text else f"{text}e0"
    return f"CAST('{text}' AS DOUBLE)"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
