"""Each host on its own: errors of the model there, and its machine's own metrics."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.profile.columns import RIGHT, WRONG

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    import numpy as np
    import numpy.typing as npt

    from bot.profile.beside import Gauge
    from bot.profile.columns import Column
    from bot.profile.traffic import Traffic


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """One host: its share of wrong answers before and during, and which of its metrics rose.

    `rose` holds metrics that rose there and on less than half of the other hosts. `apart` counts
    the standard errors by which its share of wrong answers rose more than that of the other hosts.
    """

    name: str
    before: float
    during: float
    rows: int
    accounts: float
    rose: tuple[str, ...]
    z: float
    apart: float = 0.0
    since: "datetime | None" = None
    """When the first of those metrics began to rise, where that can be said."""


def hosts_of(evidence: "Traffic", *, spreads: float, ratio: float) -> list[Host]:
    """Every host of the log, the worst first; hosts that only the metrics know as well."""
    gauges = [g for g in evidence.system or () if g.host is not None]
    risen = {(g.metric, g.host): z for g in gauges if (z := _rise(g, ratio)) >= spreads}
    column = evidence.one("host")
    hosts = {} if column is None else dict(_served(evidence, column, gauges, risen))
    for gauge in gauges:
        name = gauge.host or ""
        if name not in hosts:
            hosts[name] = Host(
                name=name, before=0.0, during=0.0, rows=0, accounts=0.0,
                rose=_alone(name, gauges, risen), z=_peak(name, risen),
                since=_since(name, gauges, risen),
            )  # fmt: skip
    return sorted(hosts.values(), key=lambda h: (-len(h.rose), -h.accounts, h.name))


def _served(
    evidence: "Traffic", column: "Column", gauges: "Sequence[Gauge]",
    risen: "Mapping[tuple[str, str | None], float]",
) -> "Iterator[tuple[str, Host]]":  # fmt: skip
    """The hosts of the log that have enough labelled rows to say anything."""
    before, during = column.over(evidence.before), column.over(evidence.during)
    for code, name in column.known():
        old, new = before[:, code], during[:, code]
        known = int(old[WRONG] + old[RIGHT]), int(new[WRONG] + new[RIGHT])
        if min(known) >= 10:
            yield name, Host(
                name=name, before=float(old[WRONG] / known[0]), during=float(new[WRONG] / known[1]),
                rows=int(new.sum()), accounts=evidence.accounts(column, (code,)),
                rose=_alone(name, gauges, risen), z=_peak(name, risen),
                since=_since(name, gauges, risen),
                apart=_apart(old, new, before.sum(axis=1) - old, during.sum(axis=1) - new),
            )  # fmt: skip


def _apart(*parts: "npt.NDArray[np.int64]") -> float:
    """From rows by outcome: the host before and during, and all others before and during."""
    rates, error2 = [], 0.0
    for part in parts:
        known = float(part[WRONG] + part[RIGHT])
        # The half count of Agresti and Coull: a share of none or all has an error as well.
        rate = (float(part[WRONG]) + 1) / (known + 2)
        rates.append(rate)
        error2 += rate * (1 - rate) / (known + 2)
    old, new, others_old, others_new = rates
    return float(((new - old) - (others_new - others_old)) / error2**0.5)


def _rise(gauge: "Gauge", ratio: float) -> float:
    """How many standard errors a metric rose, 0 where it did not rise by the ratio."""
    if gauge.samples < 5 or gauge.samples_during < 2 or gauge.during < ratio * gauge.before:
        return 0.0
    error = max(gauge.spread / gauge.samples_during**0.5, 0.02 * abs(gauge.before), 1e-9)
    return float((gauge.during - gauge.before) / error)


def _alone(
    name: str, gauges: "Sequence[Gauge]", risen: "Mapping[tuple[str, str | None], float]"
) -> tuple[str, ...]:
    found = []
    for metric in sorted({g.metric for g in gauges if (g.metric, name) in risen}):
        every = {g.host for g in gauges if g.metric == metric}
        hit = {host for other, host in risen if other == metric}
        if 2 * len(hit) <= len(every):
            found.append(metric)
    return tuple(found)


def _since(
    name: str, gauges: "Sequence[Gauge]", risen: "Mapping[tuple[str, str | None], float]"
) -> "datetime | None":
    alone = _alone(name, gauges, risen)
    turns = [g.since for g in gauges if g.host == name and g.metric in alone and g.since]
    return min(turns, default=None)


def _peak(name: str, risen: "Mapping[tuple[str, str | None], float]") -> float:
    return max((z for (_, host), z in risen.items() if host == name), default=0.0)
