"""What a first look finds in columns: values that are common, and quantiles."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ibis

from bot.profile.coding import number, text

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bot.profile.engine import Engine

Levels = tuple[float, ...]


def common_values(
    engine: "Engine", table: "ir.Table", names: list[str], *, late: Any, least: int
) -> list[tuple[str, str, int, int]]:
    """Values with at least so many rows: the column, the value, rows, rows that are `late`."""
    values = {f"s{i}": _plain(table[name]) for i, name in enumerate(names)}
    base = table.select(late=ibis.ifelse(late, 1, 0).cast("int64"), **values)
    if engine.fast:
        inner = engine.compile(base)
        rows = engine.asked(" UNION ALL ".join(_often(inner, i, least) for i in range(len(names))))
    else:
        numbers = [i for i in range(len(names)) if base[f"s{i}"].type().is_numeric()]
        words = [i for i in range(len(names)) if i not in numbers]
        rows = [*_grouped(engine, base, numbers, least), *_grouped(engine, base, words, least)]
    return [(names[int(place)], str(v), int(n), int(late)) for place, v, n, late in rows]


def _grouped(
    engine: "Engine", base: "ir.Table", places: list[int], least: int
) -> list[tuple[Any, ...]]:
    """The same through ibis; numbers stay numbers, which every engine writes in its own way."""
    parts = [
        base.group_by(v=base[f"s{i}"].cast("float64") if numeric else base[f"s{i}"])
        .aggregate(n=base.count(), late=base.late.sum())
        .filter(lambda t: (t.n >= least) & t.v.notnull())
        .mutate(place=ibis.literal(i, "int64"))
        .select("place", "v", "n", "late")
        for i in places
        for numeric in (base[f"s{i}"].type().is_numeric(),)
    ]
    if not parts:
        return []
    return engine.rows(parts[0] if len(parts) == 1 else parts[0].union(*parts[1:]))


def _plain(column: Any) -> Any:
    """The column as it may be grouped: numbers as the bins have them, all else as text."""
    return number(column) if column.type().is_numeric() else text(column)


def _often(inner: str, place: int, least: int) -> str:
    """Numbers are grouped as numbers: only the few common ones are written as text."""
    return (
        f"SELECT {place} AS place, CAST(v AS VARCHAR) AS v, n, late FROM ("  # noqa: S608 - our own names
        f"SELECT s{place} AS v, COUNT(*) AS n, SUM(late) AS late FROM ({inner})"
        f" GROUP BY s{place} HAVING COUNT(*) >= {least} AND s{place} IS NOT NULL)"
    )


def quantiles(
    engine: "Engine", table: "ir.Table", values: Mapping[str, Any], levels: Mapping[str, Levels]
) -> dict[str, list[float | None]]:
    """Of each value its quantiles at these levels, its least and its greatest.

    A quantile is one of the values, never a point between two: so every backend finds the same.
    """
    names = list(values)
    if not names:
        return {}
    base = table.select(**{f"q{i}": values[name] for i, name in enumerate(names)})
    if engine.fast:
        ends, inner = _discrete(engine, base, [levels[name] for name in names])
    else:
        ends, inner = _ranked(engine, base, [levels[name] for name in names])
    return {name: [*inner[i], *ends[i]] for i, name in enumerate(names)}


Found = tuple[list[tuple[float | None, float | None]], list[list[float | None]]]


def _discrete(engine: "Engine", base: "ir.Table", levels: list[Levels]) -> Found:
    asked = []
    for i, wanted in enumerate(levels):
        # With an exponent they are read as doubles, not as decimals, as `_rank` has them.
        listed = ", ".join(f"{level!r}e0" for level in wanted)
        several = f"QUANTILE_DISC(q{i}, [{listed}])" if wanted else "NULL"
        asked.append(f"MIN(q{i}), MAX(q{i}), {several}")
    ((*row,),) = engine.asked(f"SELECT {', '.join(asked)} FROM ({engine.compile(base)})")  # noqa: S608 - our own names
    inner = [list(row[3 * i + 2] or [None] * len(wanted)) for i, wanted in enumerate(levels)]
    return [(row[3 * i], row[3 * i + 1]) for i in range(len(levels))], inner


def _ranked(engine: "Engine", base: "ir.Table", levels: list[Levels]) -> Found:
    """The same from the ranks of the values, for a backend without quantiles."""
    asked: dict[str, Any] = {}
    for i in range(len(levels)):
        value = base[f"q{i}"]
        asked |= {f"n{i}": value.count(), f"l{i}": value.min(), f"h{i}": value.max()}
    (row,) = engine.rows(base.aggregate(**asked))
    counts, inner = row[::3], []
    for i, wanted in enumerate(levels):
        ranks = [_rank(level, int(counts[i])) for level in wanted] if counts[i] else []
        at = dict(_at_ranks(engine, base, f"q{i}", ranks))
        inner.append([at.get(rank) for rank in ranks] or [None] * len(wanted))
    return [(row[3 * i + 1], row[3 * i + 2]) for i in range(len(levels))], inner


def _rank(level: float, rows: int) -> int:
    """The rank, from 0, of the least value that so large a share of the values reaches."""
    return max(1, rows - math.floor(rows - level * rows)) - 1


def _at_ranks(
    engine: "Engine", base: "ir.Table", name: str, ranks: list[int]
) -> list[tuple[int, float]]:
    if not ranks:
        return []
    there = base.filter(base[name].notnull()).select(v=base[name])
    ranked = there.mutate(rank=ibis.row_number().over(order_by=there.v))
    return [(int(r), float(v)) for r, v in engine.rows(
        ranked.filter(ranked["rank"].isin(sorted(set(ranks)))).select("rank", "v")
    )]  # fmt: skip
