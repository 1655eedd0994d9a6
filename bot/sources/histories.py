"""The sources of change events, by their kinds."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.errors import PlummetError, SettingsError, SourceError
from bot.outgoing import Endpoint
from bot.profile.registered import Registered
from bot.settings import Settings, SourceSettings, resolve
from bot.sources import github
from bot.sources.aliases import AliasWatch, read_mlflow, read_registered
from bot.sources.changes import ChangesReader, read_changes, read_events
from bot.sources.git import read_git
from bot.sources.github import GithubChanges
from bot.sources.mlflow import MlflowRegistry
from bot.sources.named import find_endpoint, find_reading, find_source
from bot.sources.options import Git, Github, Mlflow, options_of
from bot.sources.received import Received, read_received

CHANGES = ("changes", "received", "git", "github", "mlflow")

_NONE: Mapping[str, ChangesReader] = MappingProxyType({})

Read = tuple[list[dict[str, Any]], list[str]]
"""Events as in JSON lines, their times read; and a sentence for each that could not be."""


class Histories:
    """What changed, as every source of it tells; nothing is reached before it is read."""

    def __init__(
        self,
        settings: Settings,
        *,
        received: Received | None,
        plugins: Mapping[str, ChangesReader] = _NONE,
    ) -> None:
        self._settings, self._received, self._plugins = settings, received, plugins

    def read(self, names: Iterable[str], *, at: datetime | None = None) -> Read:
        """The events of these sources, oldest first, and what could not be read of them.

        One source that cannot be read does not cost the others; `at` is where those that go back
        for ever begin to go back, by default now.

        Raises:
            SourceError: None of them can be read.
        """
        events: dict[str, dict[str, Any]] = {}
        wrong: list[str] = []
        failed: list[SourceError] = []
        wanted = list(names)
        for name in wanted:
            try:
                found, bad = self._read(name, at or datetime.now(UTC))
            except SourceError as error:
                failed.append(error)
                continue
            # A move of an alias may be told by a webhook and by the registry's own history.
            events |= {repr(sorted(event.items(), key=str)): event for event in found}
            wrong += bad
        if failed and len(failed) == len(wanted):
            raise failed[0]
        wrong += [str(error) for error in failed]
        return sorted(events.values(), key=lambda event: (event["time"], str(event["id"]))), wrong

    def registered(self, name: str, *, at: datetime | None = None) -> Registered:
        """What a source of kind `mlflow` says of its model, as it stood at `at`.

        Raises:
            SourceError: It cannot be asked.
        """
        source, options = self._mlflow(name)
        endpoint = find_reading(self._settings, name, source)
        return read_registered(
            endpoint, options, name=name, at=at or datetime.now(UTC), history=self._received
        )

    def watches(self, *, clock: Callable[[], datetime]) -> dict[str, AliasWatch]:
        """What a running bot looks at again and again, by the name of its source.

        Raises:
            SourceError: A source of kind `mlflow` has wrong options.
        """
        found = {}
        for name, source in self._settings.sources.items():
            if source.kind != "mlflow" or self._received is None:
                continue
            _, options = self._mlflow(name)
            endpoint = find_endpoint(self._settings, name, source)
            registry = MlflowRegistry(endpoint, model=options.model)
            found[name] = AliasWatch(
                sender=name, registry=registry, options=options, history=self._received,
                clock=clock,
            )  # fmt: skip
        return found

    def _mlflow(self, name: str) -> tuple[SourceSettings, Mlflow]:
        source = find_source(self._settings, name, ("mlflow",), brought=self._plugins)
        return source, options_of(name, source, Mlflow)

    def _read(self, name: str, at: datetime) -> Read:
        kinds = (*CHANGES, *self._plugins)
        source = find_source(self._settings, name, kinds, brought=self._plugins)
        where = f"sources.{name}"
        match source.kind:
            case "received":
                return read_received(name, source, self._received), []
            case "changes":
                return read_changes(self._place(name, source))
            case "git":
                options = options_of(name, source, Git)
                folder = self._settings.path(source.path or ".")
                return read_events(read_git(folder, options, at=at, where=where), where=where)
            case "github":
                options_there = options_of(name, source, Github)
                endpoint = find_reading(self._settings, name, source, url=github.PUBLIC)
                there = GithubChanges(endpoint, options_there, at=at)
                events, wrong = read_events(there.read(), where=where)
                return events, [*wrong, *there.unread]
            case "mlflow":
                endpoint = find_reading(self._settings, name, source)
                options_of_it = options_of(name, source, Mlflow)
                told = read_mlflow(endpoint, options_of_it, at=at, history=self._received)
                return read_events(told, where=where)
        return read_events(self._brought(source, where), where=where)

    def _brought(self, source: SourceSettings, where: str) -> list[object]:
        """What a package's own kind of source gives; whatever is wrong with it is one error."""
        try:
            return list(self._plugins[source.kind](source))
        except PlummetError:
            raise
        except Exception as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())
            raise SourceError(
                f"{where}: kind {source.kind!r}, which a package brings, failed ({said})"
            ) from error

    def _place(self, name: str, source: SourceSettings) -> Path | Endpoint:
        if source.url:
            return find_reading(self._settings, name, source)
        where = f"sources.{name}"
        if not source.path:
            raise SourceError(f"{where} needs `path` (a JSON-lines file) or an http(s) `url`")
        try:
            return self._settings.path(resolve(source.path, where=f"{where}.path"))
        except SettingsError as error:
            raise SourceError(str(error)) from error
