"""Models that score rows again: behind an HTTP address, or loaded by MLflow."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.errors import SourceError
from bot.settings import Scoring, Settings, resolve

if TYPE_CHECKING:
    from bot.profile.single_rows import Scorer

LARGEST = 10_000_000
"""Bytes of an answer that are read; a row's answer is a number or a word."""

Rows = Sequence[Mapping[str, object]]


class HttpScorer:
    """POST `{"rows": [{column: value}]}`; the answer is `{"predictions": [...]}` or the list alone.

    Only the configured address is asked: no redirect is followed, and no proxy of the environment.
    """

    def __init__(self, url: str, *, scoring: Scoring, where: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise SourceError(f"{where}: {url!r} is no http(s) address")
        self._url, self._where, self._scoring = url, where, scoring
        self._headers = {}
        if scoring.bearer:
            secret = resolve(scoring.bearer, where=f"{where}.bearer")
            self._headers["Authorization"] = f"Bearer {secret}"

    def score(self, rows: Rows) -> list[object]:
        """One answer a row.

        Raises:
            SourceError: The endpoint cannot be reached, is too slow, or answers something else.
        """
        import httpx  # noqa: PLC0415 - only a scoring hook needs it

        found: list[object] = []
        with httpx.Client(
            timeout=self._scoring.timeout_seconds, follow_redirects=False, trust_env=False,
            headers=self._headers,
        ) as client:  # fmt: skip
            for part in _batches(rows, self._scoring.batch):
                try:
                    found += self._answers(client, part)
                except (httpx.HTTPError, ValueError) as error:
                    raise SourceError(
                        f"{self._where}: {self._url} does not score rows"
                        f" ({type(error).__name__}: {error})", permanent=False,
                    ) from error  # fmt: skip
        return found

    def _answers(self, client: Any, part: Rows) -> list[object]:
        body = json.dumps({"rows": [_plain(row) for row in part]}, allow_nan=False)
        kind = {"Content-Type": "application/json"}
        with client.stream("POST", self._url, content=body, headers=kind) as response:
            if response.status_code != 200:
                raise ValueError(f"it answered {response.status_code} instead of 200")
            read = b""
            for piece in response.iter_bytes():
                read += piece
                if len(read) > LARGEST:
                    raise ValueError(f"its answer is longer than {LARGEST:,} bytes")
        found = json.loads(read)
        answers = found.get("predictions") if isinstance(found, dict) else found
        if not isinstance(answers, list) or len(answers) != len(part):
            raise ValueError(f"it did not answer a list of {len(part)} predictions")
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
        SourceError: The target is no address.
        SettingsError: The bearer names a variable that is not set.
    """
    if scoring.kind == "http":
        return HttpScorer(resolve(target, where=where), scoring=scoring, where=where)
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
