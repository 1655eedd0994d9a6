"""From the configuration to the evidence: the scans, and the tables beside the log."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.errors import SourceError
from bot.settings import ModelSettings, Settings
from bot.sources import Sources

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.scan import Scan


def examine(
    settings: Settings,
    model: str,
    *,
    sources: Sources,
    at: datetime | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> "Evidence":
    """Everything the checks may look at, for one model and one moment.

    Raises:
        SettingsError: There is no such model.
        SourceError: The prediction log cannot be read. Tables beside it that cannot be read are
            noted in the evidence as absent, with the reason.
    """
    # The scan brings ibis and numpy: more than a second that a command line must not pay.
    from bot.profile.engine import Engine  # noqa: PLC0415 - as above
    from bot.profile.plan import require  # noqa: PLC0415 - as above
    from bot.profile.scan import scan  # noqa: PLC0415 - as above

    found = settings.model(model)
    absent: dict[str, str] = {}
    log = sources.table(found.predictions)
    require(log, found, where=f"table {found.predictions.table!r} of {found.predictions.source}")
    reference = _optional(sources, found, "reference", absent)
    with sources.hold(*sources_of(found)):
        engine = Engine(sources.engine(found.predictions.source))
        with engine.settled():
            result = scan(
                log, found, engine, at=at, since=since, until=until, reference=reference,
                files=sources.files(found.predictions),
            )  # fmt: skip
            evidence = _evidence(
                result, model=model, sources=sources, reference=reference, absent=absent
            )
    return told(evidence, found, sources, absent)


def told(
    evidence: "Evidence", found: ModelSettings, sources: Sources, absent: dict[str, str]
) -> "Evidence":
    """The same with what others tell: with no table held, for a slow network must not hold it."""
    from bot.diagnosis import beside  # noqa: PLC0415 - numpy, as above
    from bot.diagnosis.machines import system  # noqa: PLC0415 - likewise

    changes, unread = beside.changes(sources, found, evidence.at, absent)
    registered = beside.registered(sources, found, evidence.at, absent)
    return replace(
        evidence, changes=changes, unread_changes=unread, registered=registered,
        system=system(sources, found, evidence, absent), absent=absent,
    )  # fmt: skip


def sources_of(found: ModelSettings) -> Iterator[str]:
    """The sources of tables that a scan of this model asks."""
    tables = (found.predictions, found.reference, found.offline, found.reported)
    yield from (table.source for table in tables if table is not None)


def _optional(sources: Sources, found: ModelSettings, part: str, absent: dict[str, str]) -> Any:
    """A table that may be absent, with a note where it is."""
    table = getattr(found, part)
    if table is None:
        absent[part] = f"no {part} table is configured"
        return None
    try:
        return sources.table(table)
    except SourceError as error:
        absent[part] = str(error)
        return None


def _evidence(
    result: "Scan", *, model: str, sources: Sources, reference: Any, absent: dict[str, str]
) -> "Evidence":  # fmt: skip
    from bot.diagnosis import beside  # noqa: PLC0415 - numpy, as above
    from bot.diagnosis.beyond import beyond_counts  # noqa: PLC0415 - likewise
    from bot.diagnosis.training import training_labels  # noqa: PLC0415 - likewise
    from bot.profile import Evidence  # noqa: PLC0415 - likewise
    from bot.profile.dashboard import compare  # noqa: PLC0415 - likewise

    log, windows, grid = result.log, result.windows, result.grid
    found = log.settings
    schema = {name: str(kind) for name, kind in log.table.schema().items()}
    for role, name in found.predictions.columns.model_dump().items():
        if name is None:
            absent[role] = f"no column is configured for {role}"
        elif name not in schema:
            absent[role] = f"the log has no column {name!r} (columns.{role})"
    reported = beside.reported(sources, found, log.at, absent)
    skew, differing = beside.skew(sources, found, result, absent) or (None, None)
    return Evidence(
        model=model, settings=found, at=log.at, grid=grid, windows=windows,
        tallies=result.tallies, columns=result.columns, label=result.survey.label,
        prediction=result.survey.prediction, cells=result.cells, pairs=result.pairs,
        crossed=result.crossed, within=result.within, joint=result.joint,
        arrivals=result.arrivals, schema=schema,
        reference_schema=None if reference is None
        else {name: str(kind) for name, kind in reference.schema().items()},
        reference_labels=training_labels(sources, result, reference),
        skipped=result.survey.plan.skipped, rows=result.rows, ids=result.ids,
        undated=log.undated, absent=absent,
        reported=reported,
        dashboard=None if reported is None else compare(reported, result.tallies, grid),
        skew=skew, differing=differing,
        lines=beside.lines(sources, found, result),
        **beyond_counts(result, sources, absent),
    )  # fmt: skip
