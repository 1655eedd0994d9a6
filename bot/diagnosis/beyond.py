"""What counts do not hold: single rows, their order, their age, and a model to score them again."""

from typing import TYPE_CHECKING, Any

from bot.errors import PlummetError
from bot.profile.engine import Engine
from bot.profile.stamps import ages_of
from bot.profile.stretches import runs_of
from bot.sources import LogRows, Sources

if TYPE_CHECKING:
    from bot.profile.scan import Scan
    from bot.profile.single_rows import Scorer


def beyond_counts(result: "Scan", sources: Sources, absent: dict[str, str]) -> dict[str, Any]:
    """The parts of the evidence, by name; rows and models are asked for by the checks alone."""
    log, grid, windows = result.log, result.grid, result.windows
    engine = Engine(sources.engine(log.settings.predictions.source))
    scorer, former = _scorers(result, sources, absent)
    return {
        "single_rows": _single_rows(result, sources), "scorer": scorer, "former": former,
        "repeats": runs_of(
            log, engine, windows=windows, rows=result.rows, start=grid.origin, width=grid.width,
            columns=result.columns,
        ),
        "stamps": ages_of(log, engine, windows=windows, grid=grid, columns=result.columns),
    }  # fmt: skip


def _single_rows(result: "Scan", sources: Sources) -> LogRows:
    """The door to single rows; none is read before a check asks."""
    log, grid, windows = result.log, result.grid, result.windows
    columns = log.settings.predictions.columns
    bins = {name: column.bins for name, column in result.columns.items()}
    bins |= {columns.label: result.survey.label, columns.prediction: result.survey.prediction}
    return LogRows(
        sources=sources, settings=log.settings, at=log.at, first=grid.origin,
        start=int(grid.time(windows.start).timestamp()),
        last=int(grid.time(windows.end).timestamp()), tolerance=result.survey.tolerance, bins=bins,
    )  # fmt: skip


def _scorers(
    result: "Scan", sources: Sources, absent: dict[str, str]
) -> "tuple[Scorer | None, Scorer | None]":
    """The scoring hook and that of the former version; a wrong one costs no diagnosis."""
    scoring = result.log.settings.scoring
    if scoring is None:
        absent["scoring"] = "no scoring hook is configured"
        return None, None
    try:
        scorer = sources.scorer(scoring, scoring.target, where="scoring.target")
        if scoring.former is None:
            return scorer, None
        return scorer, sources.scorer(scoring, scoring.former, where="scoring.former")
    except PlummetError as error:
        absent["scoring"] = str(error)
        return None, None
