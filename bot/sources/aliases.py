"""When an alias of MLflow's registry moved: it keeps no history of them, so what was seen is kept.

What the bot saw when it looked, and what MLflow's webhooks told of, are one history.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.errors import StoreError
from bot.incident import ChangeEvent
from bot.outgoing import Endpoint
from bot.profile.registered import Registered, Version
from bot.sources.mlflow import MlflowRegistry
from bot.sources.options import Mlflow
from bot.sources.received import Received

FIRST = "first seen"
"""The `event` of what the bot saw when it looked for the first time: no change."""

_MOVED = "model_version_alias"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What one look at a registry brought: the changes since the last, and where all stands."""

    changes: tuple[ChangeEvent, ...]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasWatch:
    """Looks where the alias of one registered model points; `history` is what is known so far."""

    sender: str
    registry: MlflowRegistry
    options: Mlflow
    history: Received
    clock: Callable[[], datetime]

    @property
    def seconds(self) -> float:
        """How long until the next look."""
        return self.options.poll_seconds

    def look(self) -> Sighting:
        """Look once.

        Raises:
            SourceError: The registry cannot be asked.
        """
        live = self.registry.aliases().get(self.options.alias, "")
        before = moves(self.history, self.options)
        was = str(before[-1].details.get("to") or "") if before else None
        if was == live:
            return Sighting(changes=(), body=b"")
        return Sighting(changes=(self._change(was, live),), body=live.encode())

    def _change(self, was: str | None, live: str) -> ChangeEvent:
        now, name, alias = self.clock(), self.options.model, self.options.alias
        place = f"alias {alias} of {name}"
        if was is None:
            says = f"{place} means version {live}" if live else f"{place} points nowhere"
        elif live:
            says = f"{place} moved from version {was or 'none'} to {live}"
        else:
            says = f"{place} was taken away from version {was}"
        action = FIRST if was is None else f"{_MOVED}.{'created' if live else 'deleted'}"
        known = {} if was is None else {"from": was}
        return ChangeEvent(
            id=f"mlflow-{name}-{alias}-{live or 'none'}-{now:%Y%m%dT%H%M%S}"[:128],
            time=now,
            kind="other" if was is None else "model",
            what=says,
            ref="/".join(filter(None, (name, live))),
            details={"model": name, "alias": alias, "event": action, "to": live, **known},
        )


def moves(history: Received | None, options: Mlflow) -> list[ChangeEvent]:
    """What is known of the alias, oldest first, whoever told of it.

    Nothing where no bot has looked yet: without its store there is no history.
    """
    try:
        told = () if history is None else history(None)
    except StoreError:
        told = ()
    wanted = {"model": options.model, "alias": options.alias}
    return [event for event in told if wanted.items() <= event.details.items()]


def read_mlflow(
    endpoint: Endpoint, options: Mlflow, *, at: datetime, history: Received | None
) -> list[dict[str, Any]]:
    """Versions that were registered and moves of the alias in the days before `at`.

    A version that was never live is `other`: to register one changes nothing that serves. Without
    a bot that looked, the version that is live now is said to be so since it was registered.

    Raises:
        SourceError: The registry cannot be asked.
    """
    registry = MlflowRegistry(endpoint, model=options.model)
    live = registry.aliases().get(options.alias)
    known = moves(history, options)
    told = {str(event.details.get("to")) for event in known if event.details.get("event") != FIRST}
    events = [asdict(event) for event in known if event.details.get("event") != FIRST]
    for version in registry.versions(since=at - timedelta(days=options.days)):
        unseen = version.version == live and version.version not in told
        events.append(_registered(version, options, live=unseen))
    return events


def read_registered(
    endpoint: Endpoint, options: Mlflow, *, name: str, at: datetime, history: Received | None
) -> Registered:
    """Which version is live, with its run, data sets and signature; of the one before as well.

    Raises:
        SourceError: The registry cannot be asked.
    """
    registry = MlflowRegistry(endpoint, model=options.model)
    known = [event for event in moves(history, options) if event.time <= at]
    live = registry.aliases().get(options.alias)
    moved = [event for event in known if event.details.get("event") != FIRST]
    if known:  # What was live then may be another one than now.
        live = str(known[-1].details.get("to") or "") or None
    meant = registry.version(live) if live else None
    if not known and meant is not None and meant.created > at:
        meant = None  # Another was live then, and nobody looked.
    return Registered(
        source=name, name=options.model, alias=options.alias, live=meant,
        former=_former(registry, known, live),
        live_since=moved[-1].time if moved else None,
        watched_since=known[0].time if known else None,
        versions=tuple(v for v in registry.versions() if v.created <= at),
    )  # fmt: skip


def _former(
    registry: MlflowRegistry, known: Sequence[ChangeEvent], live: str | None
) -> Version | None:
    before = [str(event.details.get("to") or "") for event in known]
    others = [version for version in before if version and version != live]
    return registry.version(others[-1]) if others else None


def _registered(version: Version, options: Mlflow, *, live: bool) -> dict[str, Any]:
    says = f"version {version.version} of {options.model} was registered"
    details: Mapping[str, Any] = {"model": options.model, "to": version.version, "run": version.run}
    return {
        "id": f"mlflow-{options.model}-{version.version}", "time": version.created,
        "kind": "model" if live else "other",
        "what": f"{says}; alias {options.alias} means it now" if live else says,
        "who": "", "ref": f"{options.model}/{version.version}", "details": dict(details),
    }  # fmt: skip
