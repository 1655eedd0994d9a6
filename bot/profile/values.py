"""What a first look finds in columns: values that are common, and quantiles."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import ibis

from bot.profile.arrays import floats_of, one_piece, plain, present
from bot.profile.binning import Levels
from bot.profile.coding import is_nan, number, text
from bot.profile.held import often, rank, ranked

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from bot.profile.engine import Engine


def common_values(
    engine: "Engine", table: "ir.Table", least: Mapping[str, int], *, late: Any
) -> list[tuple[str, str, int, int]]:
    """Values with at least so many rows: the column, the value, rows, rows that are `late`."""
    names, fewest = list(least), list(least.values())
    values = {f"s{i}": _plain(table[name]) for i, name in enumerate(names)}
    base = table.select(late=ibis.ifelse(late, 1, 0).cast("int32"), **values)
    if engine.fast:
        rows = list(_often(engine.arrow(base), fewest))
    else:
        numbers = [i for i in range(len(names)) if base[f"s{i}"].type().is_numeric()]
        words = [i for i in range(len(names)) if i not in numbers]
        rows = [row for kind in (numbers, words) for row in _grouped(engine, base, kind, fewest)]
    return [(names[int(place)], str(v), int(n), int(late)) for place, v, n, late in rows]


def _grouped(
    engine: "Engine", base: "ir.Table", places: list[int], least: list[int]
) -> list[tuple[Any, ...]]:
    """The same through ibis; numbers stay numbers, which every engine writes in its own way."""
    if places and engine.unfolds:
        return _grouped_at_once(engine, base, places, least)
    parts = [
        base.group_by(v=base[f"s{i}"].cast("float64") if numeric else base[f"s{i}"])
        .aggregate(n=base.count(), late=base.late.sum())
        .filter(
            lambda t, numeric=numeric, few=least[i]: (t.n >= few) & _named(t.v, numeric=numeric)
        )
        .mutate(place=ibis.literal(i, "int64"))
        .select("place", "v", "n", "late")
        for i in places
        for numeric in (base[f"s{i}"].type().is_numeric(),)
    ]
    if not parts:
        return []
    return engine.rows(parts[0] if len(parts) == 1 else parts[0].union(*parts[1:]))


def _grouped_at_once(
    engine: "Engine", base: "ir.Table", places: list[int], least: list[int]
) -> list[tuple[Any, ...]]:
    """The same of columns of one kind in one job: a row for each value."""
    numeric = base[f"s{places[0]}"].type().is_numeric()
    kind = "float64" if numeric else "string"
    values = ibis.array([base[f"s{i}"].cast(kind) for i in places])
    long = base.select("late", v=values).unnest("v", offset="i")
    counted = long.group_by("i", "v").aggregate(n=long.count(), late=long.late.sum())
    few = min(least[i] for i in places)
    kept = counted.filter((counted.n >= few) & _named(counted.v, numeric=numeric))
    rows = [(places[int(i)], *row) for i, *row in engine.rows(kept.select("i", "v", "n", "late"))]
    return [row for row in rows if row[2] >= least[row[0]]]


def _named(value: Any, *, numeric: bool) -> Any:
    """Whether a value can have a code of its own: neither null nor NaN."""
    return value.notnull() & ~is_nan(value) if numeric else value.notnull()


def _plain(column: Any) -> Any:
    """The column as it may be grouped: numbers as the bins have them, all else as text."""
    return number(column) if column.type().is_numeric() else text(column)


def _often(table: "pa.Table", least: list[int]) -> Iterator[tuple[int, Any, int, int]]:
    """The same of rows in memory: the first column says which are late."""
    late = plain(one_piece(table.column(0))) > 0
    for i, column in enumerate(table.columns[1:]):
        yield from ((i, *found) for found in often(one_piece(column), late, least[i]))


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
        ends, inner = _sorted(engine, base, [levels[name] for name in names])
    else:
        ends, inner = _ranked(engine, base, [levels[name] for name in names])
    return {name: [*inner[i], *ends[i]] for i, name in enumerate(names)}


Found = tuple[list[tuple[float | None, float | None]], list[list[float | None]]]


def _sorted(engine: "Engine", base: "ir.Table", levels: list[Levels]) -> Found:
    """By sorting the values in memory; NaN is above every number, as the engines have it."""
    ends: list[tuple[float | None, float | None]] = []
    inner: list[list[float | None]] = []
    for column, wanted in zip(engine.arrow(base).columns, levels, strict=True):
        values = one_piece(column)
        *found, least, greatest = ranked(floats_of(values)[present(values)], wanted)
        ends.append((least, greatest))
        inner.append(found)
    return ends, inner


def _ranked(engine: "Engine", base: "ir.Table", levels: list[Levels]) -> Found:
    """The same from the ranks of the values, for a backend without quantiles."""
    asked: dict[str, Any] = {}
    for i in range(len(levels)):
        value = base[f"q{i}"]
        asked |= {f"n{i}": value.count(), f"l{i}": value.min(), f"h{i}": value.max()}
    (row,) = engine.rows(base.aggregate(**asked))
    counts = [int(count) for count in row[::3]]
    ranks = [
        [rank(level, count) for level in wanted] if count else []
        for wanted, count in zip(levels, counts, strict=True)
    ]
    if engine.orders:
        found = _in_one(engine, base, ranks, counts)
    elif engine.unfolds:
        found = _unfolded(engine, base, ranks)
    else:
        asked_ = [dict(_at_ranks(engine, base, f"q{i}", one)) for i, one in enumerate(ranks)]
        found = [[at.get(place) for place in one] for at, one in zip(asked_, ranks, strict=True)]
    inner = [one or [None] * len(wanted) for one, wanted in zip(found, levels, strict=True)]
    return [(row[3 * i + 1], row[3 * i + 2]) for i in range(len(levels))], inner


def _in_one(
    engine: "Engine", base: "ir.Table", ranks: list[list[int]], counts: list[int]
) -> list[list[float | None]]:
    """The values at these ranks by SQL's ordered-set aggregate, all columns in one scan."""
    asked = {i: one for i, one in enumerate(ranks) if one}
    if not asked:
        return [[] for _ in ranks]
    # A share in the middle of its step is rounded up to the same rank by every reader.
    shares = {i: ", ".join(repr((r + 0.5) / counts[i]) for r in one) for i, one in asked.items()}
    listed = ", ".join(
        f"percentile_disc(ARRAY[{share}]) WITHIN GROUP (ORDER BY q{i})"
        for i, share in shares.items()
    )
    (row,) = engine.asked(f"SELECT {listed} FROM ({engine.compile(base)}) AS base")  # noqa: S608 - our own names
    values = dict(zip(asked, row, strict=True))
    return [[float(value) for value in values.get(i, ())] for i in range(len(ranks))]


PLACES = 10**12
"""More than there are rows: column and rank as one number."""


def _unfolded(
    engine: "Engine", base: "ir.Table", ranks: list[list[int]]
) -> list[list[float | None]]:
    """The same in one job, a row for each value: one for each column took longer to start."""
    wanted = {i * PLACES + r for i, one in enumerate(ranks) for r in one}
    if not wanted:
        return [[] for _ in ranks]
    values = ibis.array([base[f"q{i}"] for i in range(len(ranks))])
    long = base.select(v=values).unnest("v", offset="i")
    there = long.filter(long.v.notnull())
    ranked = there.mutate(rank=ibis.row_number().over(group_by=there.i, order_by=there.v))
    placed = ranked.select("v", place=ranked.i.cast("int64") * PLACES + ranked["rank"])
    rows = engine.rows(placed.filter(placed.place.isin(sorted(wanted))))
    found = {int(place): float(value) for value, place in rows}
    return [[found[i * PLACES + r] for r in one] for i, one in enumerate(ranks)]


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
