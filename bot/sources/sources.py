"""The configured sources, by name; nothing is opened before it is read."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from bot.errors import SourceError
from bot.plugins import plugged
from bot.settings import Scoring, Settings, SourceSettings, Table, nearest, resolve
from bot.sources.changes import ChangesReader, read_changes, read_events
from bot.sources.pieces import Pieces
from bot.sources.received import Received, read_received
from bot.sources.scorers import open_scorer
from bot.sources.system import read_system
from bot.sources.tables import TableSource

if TYPE_CHECKING:
    import httpx
    import ibis.expr.types as ir

    from bot.profile.single_rows import Scorer
    from bot.sources.slices import Slices

    Parts = Pieces | Slices

KINDS = ("table", "changes", "metrics", "received")
"""The kinds of source that Plummet brings along."""

_NONE: Mapping[str, ChangesReader] = MappingProxyType({})


class Sources:
    """Every source of a configuration, opened when first asked and kept until `close`."""

    def __init__(
        self,
        settings: Settings,
        *,
        client: "httpx.Client | None" = None,
        received: Received | None = None,
        plugins: Mapping[str, ChangesReader] = _NONE,
    ) -> None:
        self._settings = settings
        self._client = client
        self._received = received
        self._plugins = plugins
        self._open: dict[str, TableSource] = {}
        self._locks: dict[str, threading.RLock] = {}
        self._lock = threading.RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def table(self, table: Table) -> "ir.Table":
        """The table as an ibis expression; no row is read yet.

        Raises:
            SourceError: The source or the table cannot be opened; says where and what to do.
        """
        return self._tables(table.source).table(table.table)

    def parts(self, table: Table, *, time: str, at: datetime | None) -> "Parts":
        """A door to small parts of a log up to `at`, for a look that must not read it all.

        Raises:
            SourceError: The source or the table cannot be opened; says where and what to do.
        """
        files = self._tables(table.source).parquet(table.table)
        if files is not None:
            return Pieces(files, time=time, at=at)
        from bot.sources.slices import Slices  # noqa: PLC0415 - brings ibis, a second to import

        log = self.table(table)
        with self.hold(table.source):
            return Slices(log, self.engine(table.source), time=time, at=at)

    def files(self, table: Table) -> list[Path] | None:
        """The local Parquet files that are the table; None where it is anything else."""
        return self._tables(table.source).parquet(table.table)

    def engine(self, source: str, *, kind: str = "table") -> Any:
        """The ibis connection of a source of tables."""
        return self._tables(source, kind=kind).connection

    @contextmanager
    def hold(self, *names: str) -> Iterator[None]:
        """Keep other threads from these sources while a scan of several queries runs.

        Always in the same order, so that two scans never wait for each other.
        """
        with ExitStack() as held:
            for name in sorted(set(names)):
                held.enter_context(self._lock_of(name))
            yield

    def changes(self, names: Iterable[str]) -> "tuple[list[dict[str, Any]], list[str]]":
        """Change events of these sources, oldest first, and what could not be read of them."""
        events: list[dict[str, Any]] = []
        wrong: list[str] = []
        for name in names:
            found, bad = self._changes(name)
            events += found
            wrong += bad
        return sorted(events, key=lambda event: (event["time"], str(event["id"]))), wrong

    def _changes(self, name: str) -> tuple[list[dict[str, Any]], list[str]]:
        source = self._settings.sources.get(name)
        if source and source.kind == "received":
            return read_received(name, source, self._received), []
        if source and source.kind in self._plugins:
            return read_events(self._plugins[source.kind](source), where=f"sources.{name}")
        return read_changes(self._location(name, "changes"), client=self._client)

    def system(self, names: Iterable[str]) -> "list[ir.Table]":
        """System metrics of these sources in long format: time, metric, value, perhaps host."""
        return [read_system(self._tables(name, kind="metrics")) for name in names]

    def scorer(self, scoring: Scoring, target: str, *, where: str) -> "Scorer":
        """A model that scores rows again; nothing is loaded or reached yet.

        Raises:
            PlummetError: The target or the bearer is wrong.
        """
        return open_scorer(self._settings, scoring, target, where=where)

    def close(self) -> None:
        """Close what was opened."""
        with self._lock:
            opened = list(self._open.values())
            self._open.clear()
        for source in opened:  # not under the lock: each waits for the scan that holds it
            source.close()

    def _lock_of(self, name: str) -> threading.RLock:
        with self._lock:
            return self._locks.setdefault(name, threading.RLock())

    def _tables(self, name: str, *, kind: str = "table") -> TableSource:
        lock = self._lock_of(name)
        with self._lock:
            if name not in self._open:
                source = self._of_kind(name, kind)
                self._open[name] = TableSource(name, source, self._settings, lock=lock)
            return self._open[name]

    def _location(self, name: str, kind: str) -> str:
        source = self._of_kind(name, kind)
        where = f"sources.{name}"
        if source.url and source.url.startswith(("http://", "https://")):
            return resolve(source.url, where=f"{where}.url")
        if not source.path:
            raise SourceError(f"{where} needs `path` (a JSON-lines file) or an http(s) `url`")
        return str(self._settings.path(resolve(source.path, where=f"{where}.path")))

    def _of_kind(self, name: str, kind: str) -> SourceSettings:
        known: Mapping[str, SourceSettings] = self._settings.sources
        if name not in known:
            raise SourceError(f"no source {name!r} is configured{nearest(name, known)}")
        source = known[name]
        if source.kind not in KINDS and source.kind not in self._plugins:
            hint = nearest(source.kind, {*KINDS, *self._plugins})
            raise SourceError(f"sources.{name}: there is no kind {source.kind!r}{hint}")
        if source.kind != kind:
            raise SourceError(
                f"sources.{name} is of kind {source.kind!r}, but is used where {kind!r} is wanted"
            )
        return source


def open_sources(
    settings: Settings,
    *,
    client: "httpx.Client | None" = None,
    received: Received | None = None,
) -> Sources:
    """The sources of a configuration; nothing is read or connected yet.

    `received` gives what senders told a running bot, where there is one.

    Raises:
        SettingsError: A package brings a kind of source that cannot be loaded; names the package.
    """
    plugins = plugged("bot.sources", shipped=KINDS)
    return Sources(settings, client=client, received=received, plugins=plugins)
