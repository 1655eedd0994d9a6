"""What can be broken: each fault with its true cause, its sentence, and what it leaves behind.

A fault changes what is served or what is logged as true, and nothing else; that the accuracy
falls is the model's doing.
"""

from dataclasses import dataclass, field, replace

from bot.demo.damage import (
    Damage,
    cap_delays,
    delays_in_hours,
    join_early,
    lose_delays,
    name_carriers,
    swap_delays,
    swap_labels,
)
from bot.demo.model import GOOD, OLD, THRESHOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An entry of the change log, `minutes` before the fault shows."""

    kind: str
    what: str
    who: str
    ref: str
    details: dict[str, str] = field(default_factory=dict)
    minutes: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How the server answers; `timeouts` is the share of requests the model does not answer."""

    version: str = GOOD
    threshold: float = THRESHOLD
    timeouts: float = 0.0
    slowness: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to break the model.

    `at_source` damages the features that everybody sees, `at_server` only those that the model
    is given; `labels` damages the truth that is logged.
    """

    name: str
    cause: str
    says: str
    change: Change
    undo: Change
    features: tuple[str, ...] = ()
    serving: Serving = Serving()
    at_source: Damage | None = None
    at_server: Damage | None = None
    labels: Damage | None = None


def _undo(change: Change, what: str) -> Change:
    return replace(change, what=what, ref=f"{change.ref}-revert", details={}, minutes=0.0)


_FEED = Change(
    kind="pipeline", what="departures-feed 4.7.0: read the airports' new message format",
    who="dana", ref="departures-feed#412", details={"from": "4.6.2", "to": "4.7.0"},
)  # fmt: skip
_HOURS = Change(
    kind="pipeline", what="departures-feed 4.7.0: durations as ISO 8601 decimals",
    who="dana", ref="departures-feed#415", details={"from": "4.6.2", "to": "4.7.0"},
)  # fmt: skip
_SCHEMA = Change(
    kind="schema", what="flights.carrier joins the airline directory: display names for codes",
    who="dana", ref="warehouse#88", details={"table": "flights", "column": "carrier"},
)  # fmt: skip
_JOIN = Change(
    kind="pipeline", what="feature-join 2.3.0: join departures by arrival order, for speed",
    who="dana", ref="feature-join#57", details={"from": "2.2.4", "to": "2.3.0"},
)  # fmt: skip
_CLIP = Change(
    kind="code", what="feature-server 1.9.0: clip outliers before scoring",
    who="li", ref="feature-server#203", details={"from": "1.8.3", "to": "1.9.0"},
)  # fmt: skip
_PROMOTED = Change(
    kind="model", what="promoted delays v11 to production", who="release-bot",
    ref="registry/delays/v11", details={"from": GOOD, "to": OLD},
)  # fmt: skip
_THRESHOLD = Change(
    kind="config", what="delays.threshold 0.5 → 0.1: warn more passengers", who="noor",
    ref="config#731", details={"key": "threshold", "from": "0.5", "to": "0.1"},
)  # fmt: skip
_CAPACITY = Change(
    kind="infrastructure", what="delays-server: replicas 12 → 3 to save cost", who="sam",
    ref="infra#1290", details={"from": "12", "to": "3"},
)  # fmt: skip
_LABELS = Change(
    kind="label", what="label-join 3.1.0: write labels 75 minutes after the prediction", who="dana",
    ref="label-join#31", details={"from": "3.0.5", "to": "3.1.0"},
)  # fmt: skip
_ARRIVALS = Change(
    kind="label", what="label-join 3.1.1: read arrivals from the new table", who="dana",
    ref="label-join#33", details={"from": "3.0.5", "to": "3.1.1"},
)  # fmt: skip

FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault(
            name="missing-delays", cause="missing_values", features=("dep_delay",),
            says="The departures feed breaks after a release: dep_delay arrives empty.",
            at_source=lose_delays, change=_FEED, undo=_undo(_FEED, "departures-feed back to 4.6.2"),
        ),
        Fault(
            name="delays-in-hours", cause="unit_change", features=("dep_delay",),
            says="The departures feed sends delays in hours where the model expects minutes.",
            at_source=delays_in_hours, change=_HOURS,
            undo=_undo(_HOURS, "departures-feed back to 4.6.2"),
        ),
        Fault(
            name="renamed-carriers", cause="category_recode", features=("carrier",),
            says="A schema change turns carrier codes into names: the model knows none of them.",
            at_source=name_carriers, change=_SCHEMA,
            undo=_undo(_SCHEMA, "flights.carrier holds codes again"),
        ),
        Fault(
            name="swapped-delays", cause="join_break", features=("dep_delay",),
            says="A join by position gives every flight the departure delay of another.",
            at_source=swap_delays, change=_JOIN, undo=_undo(_JOIN, "feature-join back to 2.2.4"),
        ),
        Fault(
            name="clipped-delays", cause="preprocessing_change", features=("dep_delay",),
            says="A release of the feature server cuts departure delays off at ten minutes.",
            at_server=cap_delays, change=_CLIP, undo=_undo(_CLIP, "feature-server back to 1.8.3"),
        ),
        Fault(
            name="old-model", cause="model_version",
            says="v11 is promoted by mistake: it predates the departures feed.",
            serving=Serving(version=OLD), change=_PROMOTED,
            undo=_undo(_PROMOTED, "promoted delays v12 to production"),
        ),
        Fault(
            name="low-threshold", cause="threshold_change",
            says="The decision threshold drops from 0.5 to 0.1: a warning for nearly everybody.",
            serving=Serving(threshold=0.1), change=_THRESHOLD,
            undo=_undo(_THRESHOLD, "delays.threshold back to 0.5"),
        ),
        Fault(
            name="timeouts", cause="fallback_predictions",
            says="Too few replicas: most requests time out and get the default answer, on time.",
            serving=Serving(timeouts=0.85, slowness=6.0), change=_CAPACITY,
            undo=_undo(_CAPACITY, "delays-server: replicas back to 12"),
        ),
        Fault(
            name="early-labels", cause="label_delay",
            says="Labels are joined too early: flights not reported in yet count as on time.",
            labels=join_early, change=_LABELS, undo=_undo(_LABELS, "label-join back to 3.0.5"),
        ),
        Fault(
            name="swapped-labels", cause="label_corruption",
            says="The label join reads the wrong rows: every flight gets another's outcome.",
            labels=swap_labels, change=_ARRIVALS,
            undo=_undo(_ARRIVALS, "label-join back to 3.0.5"),
        ),
    )
}  # fmt: skip

DEFAULT_FAULT = "missing-delays"
