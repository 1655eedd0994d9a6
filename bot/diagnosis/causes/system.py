"""Causes in the machines."""

from bot.diagnosis.causes.shared import SYSTEMS
from bot.diagnosis.declared import Declared, Neighbour, Remedy, Sign

REGIONAL_OUTAGE = Declared(
    cause="regional_outage", prior=-0.2,
    first=Remedy(
        kind="restore_capacity", says="take {what} out of rotation, then restore it"
    ),
    then=(
        Remedy(kind="ask", says="have a host that fails its upstream calls leave the rotation by"
               " itself"),
    ),
    signs=(
        Sign(check="system.hosts", subject={"sign": "both"}, most=8.0, clear=1.5, reads=""),
        Sign(check="system.hosts", subject={"sign": "failing"}, most=4.0, reads=""),
        Sign(check="system.hosts", subject={"sign": "wrong"}, most=2.0),
        Sign(check="data.missing", subject={"kind": "host"}, most=3.0),
        # A region whose upstreams fail loses several features at once, on whichever hosts.
        Sign(check="data.missing", subject={"lost": "together"}, most=7.0),
        Sign(
            check="model.fallback", subject={"part": "flag"}, most=-4.0,
            why="a host that falls back is short of capacity, not of data",
        ),
        Sign(
            check="model.fallback", subject={"part": "score"}, most=-4.0,
            why="one and the same answer to many: a default, not lost features",
        ),
    ),
    neighbours=(
        Neighbour(
            cause="missing_values", by="whether the empty values come from one host only",
            needs=("host",), asks="Do the empty values come from one host or zone only?",
        ),
        Neighbour(cause="fallback_predictions", by="whether defaults are logged as fallbacks",
                  needs=("fallback",), asks="Did the servers answer with a default?"),
    ),
    kinds=("infrastructure", "dependency"), also=SYSTEMS,
)  # fmt: skip

SYSTEM = (REGIONAL_OUTAGE,)
