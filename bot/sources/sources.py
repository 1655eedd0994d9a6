"""The configured sources, by name; nothing is opened before it is read."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from bot.plugins import plugged
from bot.settings import Scoring, Settings, SourceSettings, Table
from bot.sources.changes import ChangesReader
from bot.sources.histories import Histories
from bot.sources.named import KINDS, find_reading, find_source
from bot.sources.options import Prometheus, options_of
from bot.sources.pieces import Pieces
from bot.sources.prometheus import LARGEST, PrometheusMetrics
from bot.sources.received import Received
from bot.sources.scorers import open_scorer
from bot.sources.system import System, read_system
from bot.sources.tables import TableSource

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bot.profile.single_rows import Scorer
    from bot.sources.slices import Slices

    Parts = Pieces | Slices

_NONE: Mapping[str, ChangesReader] = MappingProxyType({})

_METRICS = ("metrics", "prometheus")


class Sources:
    """Every source of a configuration, opened when first asked and kept until `close`."""

    def __init__(
        self,
        settings: Settings,
        *,
        received: Received | None = None,
        plugins: Mapping[str, ChangesReader] = _NONE,
    ) -> None:
        self._settings = settings
        self._plugins = plugins
        self.histories = Histories(settings, received=received, plugins=plugins)
        """What changed, and what a registry says."""
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

    def engine(self, source: str) -> Any:
        """The ibis connection of a source of tables."""
        return self._tables(source).connection

    @contextmanager
    def hold(self, *names: str) -> Iterator[None]:
        """Keep other threads from these sources while a scan of several queries runs.

        Always in the same order, so that two scans never wait for each other.
        """
        with ExitStack() as held:
            for name in sorted(set(names)):
                held.enter_context(self._lock_of(name))
            yield

    def changes(
        self, names: Iterable[str], *, at: datetime | None = None
    ) -> "tuple[list[dict[str, Any]], list[str]]":
        """Change events of these sources, oldest first, and what could not be read of them.

        Raises:
            SourceError: None of the sources can be read.
        """
        return self.histories.read(names, at=at)

    @contextmanager
    def system(self, name: str, *, start: datetime, end: datetime) -> Iterator[System]:
        """System metrics in long format (time, metric, value, perhaps host), held for the while.

        A Prometheus is asked for these times, and keeps nobody waiting who needs no metrics; a
        table may hold others.

        Raises:
            SourceError: The source cannot be read; says where and what to do.
        """
        source = self._found(name, _METRICS)
        if source.kind == "prometheus":
            endpoint = find_reading(self._settings, name, source, largest=LARGEST)
            metrics = PrometheusMetrics(endpoint, options_of(name, source, Prometheus))
            with metrics.table(start, end) as read:
                yield read
            return
        with self.hold(name):
            yield read_system(self._opened(name, source))

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

    def _tables(self, name: str) -> TableSource:
        return self._opened(name, self._found(name, ("table",)))

    def _found(self, name: str, kinds: tuple[str, ...]) -> SourceSettings:
        # Also of one that is open: it may be wanted for what it cannot do.
        return find_source(self._settings, name, kinds, brought=self._plugins)

    def _opened(self, name: str, source: SourceSettings) -> TableSource:
        lock = self._lock_of(name)
        with self._lock:
            if name not in self._open:
                self._open[name] = TableSource(name, source, self._settings, lock=lock)
            return self._open[name]


def open_sources(
    settings: Settings,
    *,
    received: Received | None = None,
) -> Sources:
    """The sources of a configuration; nothing is read or connected yet.

    `received` gives what senders told a running bot, where there is one.

    Raises:
        SettingsError: A package brings a kind of source that cannot be loaded; names the package.
    """
    plugins = plugged("bot.sources", shipped=KINDS)
    return Sources(settings, received=received, plugins=plugins)
