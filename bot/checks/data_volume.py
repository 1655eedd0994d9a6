"""How many rows reach the log."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import listed, percent, rows, since
from bot.incident import Finding
from bot.profile.bins import FIRST
from bot.profile.thinned import right_lost, thinned
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.columns import Column
    from bot.profile.thinned import Thinned


@check("data.volume")
def data_volume(
    evidence: "Evidence", *, least: float = 0.1, sure: float = 6.0
) -> Iterator[Finding]:
    """Do as many rows reach the log as usual, from every part of the traffic?"""
    flow = evidence.flow
    moved = abs(flow.ratio - 1) >= least and flow.strength >= sure
    yield Finding(
        check="data.volume", verdict="suspect" if moved else "clear",
        strength=flow.strength if moved else 0.0, rows=evidence.rows_during,
        since=flow.since if moved else None, slow=flow.slow,
        subject={"part": "all", "way": "less" if flow.ratio < 1 else "more"},
        says=f"{flow.during:,.3g} rows an hour arrive during the incident"
        f"{since(flow.since) if moved else ''}, {flow.before:,.3g} before at the same times of day"
        f" ({percent(flow.ratio)} of it)",
        figures={"before": flow.before, "during": flow.during, "ratio": flow.ratio, "z": flow.z},
        doubt="a holiday or a campaign; compare with the requests that the servers counted",
    )  # fmt: skip
    if moved and flow.ratio < 1:
        yield from _selected(evidence)
    columns = dict.fromkeys(part.column for part in evidence.parts)
    moved_on = {column for column in columns if _only_moved(evidence, column)}
    for part in evidence.parts:
        if abs(part.ratio - 1) < 2 * least or part.strength < sure:
            continue
        word = "only " if part.ratio < 1 else ""
        yield Finding(
            check="data.volume", verdict="suspect", strength=part.strength,
            rows=part.rows, since=part.since, slow=part.slow,
            subject={
                "segment": part.column, "value": part.value,
                "way": "less" if part.ratio < 1 else "more",
            } | ({"kind": "moved"} if part.column in moved_on else {}),
            says=f"{part.column} {part.value} sends {word}{percent(part.ratio)} of its usual rows"
            f"{since(part.since)}: {percent(part.share_during)} of all rows,"
            f" {percent(part.share_before)} before",
            figures={
                "ratio": part.ratio, "before": part.share_before, "during": part.share_during,
                "explained": part.explained, "accounts": part.accounts,
            },
            doubt="a campaign or a routing change for that part of the traffic",
        )  # fmt: skip
    if evidence.undated:
        yield Finding(
            check="data.volume", verdict="suspect", strength=2.0, rows=evidence.undated,
            subject={"part": "undated"},
            says=f"{rows(evidence.undated)} have no readable time and are not looked at",
        )  # fmt: skip
    if evidence.skipped:
        names = listed([f"{name} ({why})" for name, why in evidence.skipped.items()])
        yield Finding(
            check="data.volume", verdict="unknown", subject={"part": "skipped"},
            says=f"columns that cannot be counted: {names}",
        )  # fmt: skip


def _selected(evidence: "Evidence") -> Iterator[Finding]:
    """Where rows are missing: whether the mix of what is left explains the fall."""
    flow = evidence.flow
    columns = {
        column.name: column
        for role in ("feature", "score", "segment", "host")
        for column in evidence.having(role)
    }
    expected = evidence.rows_during / max(flow.ratio, 1e-9)
    found = thinned(evidence, list(columns.values()), expected=expected)
    if found is None:
        yield from _right_lost(evidence, list(columns.values()))
        return
    yield Finding(
        check="data.volume", verdict="suspect", strength=flow.strength, rows=found.rows,
        since=flow.since, slow=flow.slow,
        subject={"part": "selected"} | _named(columns[found.column], found),
        says=f"rows are missing, and not by chance: some values of {found.column} lost"
        f" {percent(found.lost)} of all usual rows{since(flow.since)}, the others gained"
        f" {percent(found.gained)}; the mix of what is left alone explains"
        f" {percent(found.explains)} of the fall",
        figures={"lost": found.lost, "gained": found.gained, "explains": found.explains},
        doubt="a part of the traffic that stays away by itself; the servers' own counts would tell",
    )  # fmt: skip


def _right_lost(evidence: "Evidence", columns: "list[Column]") -> Iterator[Finding]:
    """Where rows are missing and no column tells which: whether they are the right answers."""
    flow, found = evidence.flow, right_lost(evidence, columns, ratio=evidence.flow.ratio)
    if found is None:
        return
    yield Finding(
        check="data.volume", verdict="suspect", strength=flow.strength, rows=evidence.rows_during,
        since=flow.since, slow=flow.slow, subject={"part": "selected"},
        says=f"rows are missing, and not by chance: there are {percent(found.right)} of the usual"
        f" right answers{since(flow.since)}, and {percent(found.wrong)} of the usual wrong ones",
        figures={"right": found.right, "wrong": found.wrong},
        doubt="a part of the traffic that stays away by itself; the servers' own counts would tell",
    )  # fmt: skip


def _named(column: "Column", found: "Thinned") -> dict[str, str]:
    """The part of the traffic that lost rows, where a segment or a host tells it."""
    if not found.values or not (column.is_("segment") or column.is_("host")):
        return {"column": column.name}
    values = {f"value{place or ''}": value for place, value in enumerate(found.values)}
    return {"segment": column.name} | values


def _only_moved(evidence: "Evidence", column: str) -> bool:
    """Whether the rows that some values of a column lost came back under others: none are lost."""
    parts = [part for part in evidence.parts if part.column == column]
    usual = [(part.share_during / max(part.ratio, 1e-9), part.share_during) for part in parts]
    lost = sum(max(before - during, 0.0) for before, during in usual)
    gained = sum(max(during - before, 0.0) for before, during in usual)
    empty = evidence.columns[column]
    gained += sum(max(evidence.gain(empty, code), 0.0) for code in range(FIRST))
    return gained >= 0.5 * lost
