"""Models that score rows again: behind an HTTP address, or loaded by MLflow."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from bot.errors import SourceError
from bot.outgoing import Endpoint, access
from bot.settings import Scoring, Settings

if TYPE_CHECKING:
    from bot.profile.single_rows import Scorer

LARGEST = 10_000_000
"""Bytes of an answer that are read; a row's answer is a number or a word."""

Rows = Sequence[Mapping[str, object]]


class HttpScorer:
    """POST `{"rows": [{column: value}]}`; the answer is `{"predictions": [...]}` or the list alone.

    Only the configured address is asked. Rows may be scored twice: that changes nothing.
    """

    def __init__(self, endpoint: Endpoint, *, batch: int) -> None:
        self._endpoint, self._batch = endpoint, batch

    def score(self, rows: Rows) -> list[object]:
        """One answer a row.

        Raises:
            SourceError: The endpoint cannot be reached, is too slow, or answers something else.
        """
        return [answer for part in _batches(rows, self._batch) for answer in self._answers(part)]

    def _answers(self, part: Rows) -> list[object]:
        wanted = {"rows": [_plain(row) for row in part]}
        where = f"{self._endpoint.where}: {self._endpoint.shown}"
        answer = self._endpoint.call("POST", body=wanted, idempotent=True)
        found = answer.json(where=where)
        answers = found.get("predictions") if isinstance(found, dict) else found
        if not isinstance(answers, list) or len(answers) != len(part):
            raise SourceError(f"{where} did not answer a list of {len(part)} predictions")
        return answers


class MlflowScorer:
    """A model as MLflow's `pyfunc` loads it. Loading a model runs its code: name only your own."""

    def __init__(self, target: str, *, settings: Settings, scoring: Scoring, where: str) -> None:
        local = "://" not in target and not target.startswith(("models:/", "runs:/"))
        self._target = str(settings.path(target)) if local else target
        self._scoring, self._where = scoring, where
        self._model: Any = None

    def score(self, rows: Rows) -> list[object]:
        """One answer a row.

        Raises:
            SourceError: MLflow is not installed, or the model cannot be loaded or cannot predict.
        """
        import pandas as pd  # noqa: PLC0415 - a second to import, wanted once rows are scored

        found: list[object] = []
        for part in _batches(rows, self._scoring.batch):
            try:
                answers = self._loaded().predict(pd.DataFrame([dict(row) for row in part]))
                listed = answers.tolist() if hasattr(answers, "tolist") else list(answers)
            except SourceError:
                raise
            except Exception as error:
                # A model raises what it likes: all of it means that it cannot score these rows.
                raise SourceError(
                    f"{self._where}: {self._target} cannot score the rows"
                    f" ({type(error).__name__}: {str(error)[:200]})"
                ) from error
            if len(listed) != len(part):
                raise SourceError(f"{self._where}: {self._target} did not answer every row")
            found += listed
        return found

    def _loaded(self) -> Any:
        if self._model is None:
            try:
                from mlflow import pyfunc  # noqa: PLC0415 - an extra, loaded where it is used
            except ImportError as error:
                raise SourceError(
                    f"{self._where} needs MLflow: pip install 'plummet-bot[mlflow]'"
                ) from error
            self._model = pyfunc.load_model(self._target)
        return self._model


def open_scorer(settings: Settings, scoring: Scoring, target: str, *, where: str) -> "Scorer":
    """The scoring hook of a model; nothing is loaded or reached before rows are scored.

    Raises:
        SettingsError: The target is no address, or a proof cannot be given; names the key.
    """
    if scoring.kind == "http":
        proofs = access(settings, scoring, where=where.rpartition(".")[0])
        endpoint = Endpoint.of(
            settings, target, where=where, access=proofs, seconds=scoring.timeout_seconds,
            largest=LARGEST,
        )  # fmt: skip
        return HttpScorer(endpoint, batch=scoring.batch)
    return MlflowScorer(target, settings=settings, scoring=scoring, where=where)


def _batches(rows: Rows, size: int) -> Iterator[Rows]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _plain(row: Mapping[str, object]) -> dict[str, object]:
    """A row in JSON's own types: a number that is none, or endless, is null; times are ISO 8601."""
    return {name: _json(value) for name, value in row.items()}


def _json(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | str) else str(value)
