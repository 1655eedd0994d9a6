"""A diagnosis from the rollup: any window of a known model, without reading its log."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.checks.words import figure, when
from bot.diagnosis import beside
from bot.diagnosis.conclude import conclude
from bot.diagnosis.diagnose import every_finding
from bot.diagnosis.examine import sources_of, told
from bot.diagnosis.training import training_labels
from bot.errors import SourceError
from bot.incident import Diagnosis
from bot.profile import Evidence
from bot.profile.coded_log import Coding
from bot.profile.dashboard import compare
from bot.profile.distance import drift_of
from bot.profile.engine import Engine
from bot.profile.log import Log
from bot.profile.plan import require
from bot.profile.rolling import Rolled, roll
from bot.profile.rollup import RolledLog
from bot.profile.scan import Scan, count
from bot.settings import ModelSettings, Settings
from bot.sources import Sources
from bot.store.rollups import Rollups

if TYPE_CHECKING:
    from pathlib import Path

    import ibis.expr.types as ir

_MOVED = 3.0
"""A column whose distance is fewer robust spreads above its usual one has not moved."""

NEED_ROWS = frozenset({
    "data.clock", "data.constants", "data.joins", "data.noise", "data.rows", "data.units",
    "errors.examples", "model.skew",
})  # fmt: skip
"""Checks that look at rows, or at features counted together: what a rollup does not hold."""

_NEEDS_ROWS = (
    "the rollup holds no rows and no features counted together: the whole log has to be read"
)


def update_rollup(
    settings: Settings, model: str, *, sources: Sources, at: datetime | None = None,
    rebuild: bool = False, told: Callable[[str], object] = lambda _: None,
) -> Rolled:  # fmt: skip
    """Bring the rollup of a model up to its log.

    Raises:
        SettingsError: There is no such model.
        SourceError: The prediction log cannot be read.
        StoreError: The rollup's file cannot be written.
    """
    found = settings.model(model)
    table, reference = _tables(found, sources)
    names = [found.predictions.source, *([found.reference.source] if found.reference else [])]
    with closing(Rollups.beside(_store(settings), model)) as shelf, sources.hold(*names):
        engine = Engine(sources.engine(found.predictions.source))
        with engine.settled():
            return roll(
                table, found, engine, shelf=shelf, at=at, reference=reference, rebuild=rebuild,
                told=told,
            )  # fmt: skip


def diagnose_rollup(
    settings: Settings, model: str, *, sources: Sources, since: datetime | None = None,
    until: datetime | None = None,
) -> Diagnosis:  # fmt: skip
    """The diagnosis as far as the rollup goes; checks that need rows answer `unknown`.

    Raises:
        SettingsError: There is no such model.
        SourceError: There is no rollup of it; says how to make one.
    """
    evidence = examine_rollup(settings, model, sources=sources, since=since, until=until)
    findings = every_finding(evidence, cannot=dict.fromkeys(NEED_ROWS, _NEEDS_ROWS))
    return conclude(evidence, findings)


def examine_rollup(
    settings: Settings, model: str, *, sources: Sources, since: datetime | None = None,
    until: datetime | None = None,
) -> Evidence:  # fmt: skip
    """What the checks may look at, as the rollup has it: hours, and no features counted together.

    Raises:
        SettingsError: There is no such model.
        SourceError: There is no rollup of it; says how to make one.
    """
    found = settings.model(model)
    table, reference = _tables(found, sources)
    result = read_rollup(settings, model, table=table, since=since, until=until)
    with sources.hold(*sources_of(found)):
        evidence = _counted(result, model, sources=sources, reference=reference)
    return told(evidence, found, sources, dict(evidence.absent))


def _counted(result: Scan, model: str, *, sources: Sources, reference: Any) -> Evidence:
    found, schema = result.log.settings, result.log.table.schema()
    elsewhere = "the rollup does not hold it; a diagnosis of the whole log does"
    absent = dict.fromkeys(("offline", "id"), elsewhere)
    reported = beside.reported(sources, found, result.log.at, absent)
    return Evidence(
        model=model, settings=found, at=result.log.at, grid=result.grid, windows=result.windows,
        tallies=result.tallies, columns=result.columns, label=result.survey.label,
        prediction=result.survey.prediction, cells=result.cells, pairs=result.pairs,
        crossed=result.crossed, joint=None, arrivals=result.arrivals,
        schema={name: str(kind) for name, kind in schema.items()},
        reference_schema=None if reference is None
        else {name: str(kind) for name, kind in reference.schema().items()},
        skipped=result.survey.plan.skipped, rows=result.rows, ids=result.ids,
        undated=result.log.undated, absent=absent, reported=reported,
        dashboard=None if reported is None else compare(reported, result.tallies, result.grid),
        reference_labels=training_labels(sources, result, reference),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RollupLook:
    """What all rows of the log said when the rollup was last counted, at `at`."""

    at: datetime
    says: str

    def __str__(self) -> str:
        return self.says


def look_at_rollup(settings: Settings, model: str, *, sources: Sources) -> RollupLook:
    """The metric before and now, and the column that moved the most, in a sentence.

    Raises:
        SettingsError: There is no such model.
        SourceError: There is no rollup of it.
    """
    found = settings.model(model)
    scan = read_rollup(settings, model, table=_log(found, sources))
    windows, tallies = scan.windows, scan.tallies
    levels = " → ".join(
        figure(found.metric, tallies.value(mask)) for mask in (windows.before, windows.during)
    )
    since = f" since {when(scan.grid.time(windows.start))}" if windows.change else ""
    drifts = [(drift_of(column, windows), name) for name, column in scan.columns.items()]
    drift, name = max(drifts, key=lambda one: (one[0].z, one[1]), default=(None, ""))
    moved = ""
    if drift is not None and drift.z >= _MOVED:
        moved = f"; largest movement: {name} (PSI {drift.psi:.2f})"
    counted = f"all {scan.log.rows:,} rows up to {when(scan.log.at)}"
    says = f"first look (from the rollup, {counted}): {found.metric} {levels}{since}{moved}"
    return RollupLook(at=scan.log.at, says=says)


def read_rollup(
    settings: Settings, model: str, *, table: "ir.Table", since: datetime | None = None,
    until: datetime | None = None,
) -> Scan:  # fmt: skip
    """The counts of the windows, out of the hours that are kept.

    Raises:
        SourceError: There is no rollup of this model; says how to make one.
    """
    store = _store(settings)
    none = f"there is no rollup of {model}: make one with `plummet rollup {model}`"
    if not Rollups.there(store):
        raise SourceError(none)
    with closing(Rollups.beside(store, model)) as shelf:
        frame, counted, hours = shelf.frame(), shelf.counted(), list(shelf.hours())
    if frame is None or counted is None or not hours:
        raise SourceError(none)
    rolled = RolledLog(frame.found, hours)
    log = Log(
        table=table, settings=settings.model(model), at=counted.at, rows=counted.rows,
        undated=counted.undated, first=counted.first, last=counted.last,
    )  # fmt: skip
    known = {name: np.array(rows, dtype=np.int64) for name, rows in frame.reference.items()}
    coding = Coding(log=log, found=frame.found, grid=rolled.grid)
    return count(coding, rolled, known=known, since=since, until=until, jointly=False)


def _tables(found: ModelSettings, sources: Sources) -> "tuple[ir.Table, ir.Table | None]":
    table = _log(found, sources)
    try:
        return table, None if found.reference is None else sources.table(found.reference)
    except SourceError:
        return table, None  # it sharpens the answer; the whole diagnosis says that it is gone


def _log(found: ModelSettings, sources: Sources) -> "ir.Table":
    log = found.predictions
    table = sources.table(log)
    require(table, found, where=f"table {log.table!r} of {log.source}")
    return table


def _store(settings: Settings) -> "Path":
    return settings.path(settings.store.path)
