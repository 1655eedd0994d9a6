"""Each host on its own."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import listed, percent, since
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence


@check("system.hosts")
def system_hosts(
    evidence: "Evidence", *, spreads: float = 4.0, ratio: float = 1.5, holds: float = 0.25,
    worse: float = 0.03, sure: float = 3.0, most: int = 3,
) -> Iterator[Finding]:  # fmt: skip
    """Is one host or zone ill: wrong more often, slow or failing while the others are not?"""
    if evidence.one("host") is None and not any(g.host for g in evidence.system or ()):
        why = evidence.absent.get("host", "there is no such column")
        raise CheckError(f"which host answered is not known: {why}")
    hosts = evidence.hosts(spreads=spreads, ratio=ratio)
    # Of many hosts one always has more than its part of the extra errors, by chance alone.
    wrong = [
        h for h in hosts
        if h.accounts >= holds and h.during - h.before >= worse and h.apart >= sure
    ]  # fmt: skip
    failing = [h for h in hosts if h.rose]
    found = [h for h in hosts if h in wrong or h in failing]
    # Where most of the hosts are hit it is none of them that is ill.
    few = [h for h in found if 2 * len(found) <= len(hosts)]
    for host in few[:most]:
        sick = "both" if host in wrong and host in failing else "failing" if host.rose else "wrong"
        rose = f"; {listed(list(host.rose))} rose on it alone" if host.rose else ""
        yield Finding(
            check="system.hosts", verdict="suspect", rows=host.rows,
            since=host.since or evidence.start,
            strength=min(max(host.z / 2, 40 * host.accounts), 12.0),
            subject={"host": host.name, "sign": sick},
            says=f"host {host.name} is wrong in {percent(host.during)} of its labelled rows"
            f"{since(evidence.start)}, {percent(host.before)} before, and holds"
            f" {percent(host.accounts)} of the extra errors beyond its part of the rows{rose}",
            figures={
                "before": host.before, "during": host.during, "accounts": host.accounts,
                "metrics": len(host.rose), "z": host.z, "apart": host.apart,
            },
            doubt="a version or a kind of traffic that only this host serves",
        )  # fmt: skip
    if not few:
        yield Finding(
            check="system.hosts", verdict="clear", rows=evidence.rows_during,
            says=f"none of {len(hosts)} hosts stands out by errors, latency or load"
            f" ({evidence.rows_during:,} rows)",
        )  # fmt: skip
