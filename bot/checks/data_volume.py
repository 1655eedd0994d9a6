"""How many rows reach the log."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import listed, percent, rows, since
from bot.incident import Finding
from bot.profile.bins import FIRST
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence


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
        since=flow.since if moved else None,
        subject={"part": "all", "way": "less" if flow.ratio < 1 else "more"},
        says=f"{flow.during:,.3g} rows an hour arrive during the incident"
        f"{since(flow.since) if moved else ''}, {flow.before:,.3g} before at the same times of day"
        f" ({percent(flow.ratio)} of it)",
        figures={"before": flow.before, "during": flow.during, "ratio": flow.ratio, "z": flow.z},
        doubt="a holiday or a campaign; compare with the requests that the servers counted",
    )  # fmt: skip
    columns = dict.fromkeys(part.column for part in evidence.parts)
    moved_on = {column for column in columns if _only_moved(evidence, column)}
    for part in evidence.parts:
        if abs(part.ratio - 1) < 2 * least or part.strength < sure:
            continue
        word = "only " if part.ratio < 1 else ""
        yield Finding(
            check="data.volume", verdict="suspect", strength=part.strength,
            rows=part.rows, since=part.since,
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


def _only_moved(evidence: "Evidence", column: str) -> bool:
    """Whether the rows that some values of a column lost came back under others: none are lost."""
    parts = [part for part in evidence.parts if part.column == column]
    usual = [(part.share_during / max(part.ratio, 1e-9), part.share_during) for part in parts]
    lost = sum(max(before - during, 0.0) for before, during in usual)
    gained = sum(max(during - before, 0.0) for before, during in usual)
    empty = evidence.columns[column]
    gained += sum(max(evidence.gain(empty, code), 0.0) for code in range(FIRST))
    return gained >= 0.5 * lost
