"""A model registry of MLflow, asked by its REST interface; MLflow itself is not installed.

Source: mlflow.org, "REST API" (2.0), the same in MLflow 2 and 3. The signature stands in the file
`MLmodel` beside the model.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import yaml

from bot.errors import SourceError
from bot.outgoing import Endpoint
from bot.profile.registered import Dataset, Version

_API = "api/2.0/mlflow"
_MOST_PAGES = 10
_PAGE = "100"

Raw = Mapping[str, Any]


class MlflowRegistry:
    """One registered model behind one endpoint; every method raises `SourceError`."""

    def __init__(self, endpoint: Endpoint, *, model: str) -> None:
        self._endpoint, self._model = endpoint, model

    def aliases(self) -> dict[str, str]:
        """Alias = version, as they stand now."""
        found = self._get("registered-models/get", {"name": self._model})
        model = _inside(found, "registered_model")
        return {
            str(each.get("alias")): str(each.get("version"))
            for each in _objects(model.get("aliases"))
        }

    def versions(self, *, since: datetime | None = None) -> Iterator[Version]:
        """The registered versions, the newest first, back to `since`."""
        name = self._model.replace("'", "''")
        query = {"filter": f"name='{name}'", "order_by": "creation_timestamp DESC",
                 "max_results": _PAGE}  # fmt: skip
        for _ in range(_MOST_PAGES):
            found = self._get("model-versions/search", query)
            for raw in _objects(found.get("model_versions")):
                version = _version(raw)
                if since is not None and version.created < since:
                    return
                yield version
            token = found.get("next_page_token")
            if not token:
                return
            query = {**query, "page_token": str(token)}

    def version(self, name: str) -> Version:
        """One version with its run, its data sets and its signature."""
        asked = {"name": self._model, "version": name}
        found = _version(_inside(self._get("model-versions/get", asked), "model_version"))
        found = replace(found, inputs=self._inputs(asked))
        if not found.run:
            return found
        run = _inside(self._get("runs/get", {"run_id": found.run}), "run")
        return replace(
            found,
            run_name=str(_part(run, "info").get("run_name") or ""),
            commit=_tags(_part(run, "data").get("tags")).get("mlflow.source.git.commit", ""),
            datasets=tuple(_datasets(run)),
        )

    def _inputs(self, asked: Mapping[str, str]) -> Mapping[str, str] | None:
        """The columns of the signature; None where there is none, or the files lie elsewhere."""
        try:
            body = self._endpoint.get(
                "model-versions/get-artifact", query={**asked, "path": "MLmodel"}
            ).body
        except SourceError as error:
            if error.permanent:
                return None  # An artifact store that the server does not serve.
            raise
        try:
            said = yaml.safe_load(body)
            listed = json.loads(said["signature"]["inputs"])
        except (yaml.YAMLError, ValueError, KeyError, TypeError):
            return None
        return _columns(listed)

    def _get(self, path: str, query: Mapping[str, str]) -> Raw:
        found = self._endpoint.get(f"{_API}/{path}", query=query).json(where=self._endpoint.where)
        if not isinstance(found, dict):
            raise SourceError(f"{self._endpoint.where} answered {path} with no JSON object")
        return found


def _version(raw: Raw) -> Version:
    try:
        created = datetime.fromtimestamp(int(raw["creation_timestamp"]) / 1000, UTC)
        return Version(
            version=str(raw["version"]), created=created, run=str(raw.get("run_id") or ""),
            status=str(raw.get("status") or ""),
        )  # fmt: skip
    except (KeyError, ValueError, TypeError, OverflowError) as error:
        raise SourceError(f"MLflow answered with a version that is none: {error}") from error


def _datasets(run: Raw) -> Iterator[Dataset]:
    for one in _objects(_part(run, "inputs").get("dataset_inputs")):
        dataset = _part(one, "dataset")
        profile = _loaded(dataset.get("profile"))
        rows = profile.get("num_rows")
        yield Dataset(
            name=str(dataset.get("name") or ""), digest=str(dataset.get("digest") or ""),
            context=_tags(one.get("tags")).get("mlflow.data.context", ""),
            columns=_columns(_loaded(dataset.get("schema")).get("mlflow_colspec")) or {},
            rows=rows if isinstance(rows, int) else None,
        )  # fmt: skip


def _columns(listed: object) -> dict[str, str] | None:
    """Column = type; None where there are no named columns, as of a tensor."""
    named = [each for each in _objects(listed) if each.get("name")]
    return {str(each["name"]): str(each.get("type")) for each in named} or None


def _tags(listed: object) -> dict[str, str]:
    return {str(tag.get("key")): str(tag.get("value") or "") for tag in _objects(listed)}


def _objects(found: object) -> list[Raw]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _part(found: Raw, key: str) -> Raw:
    part = found.get(key)
    return part if isinstance(part, dict) else {}


def _inside(found: Raw, key: str) -> Raw:
    if not isinstance(found.get(key), dict):
        raise SourceError(f"MLflow answered without {key}")
    return _part(found, key)


def _loaded(text: object) -> Raw:
    try:
        found = json.loads(text) if isinstance(text, str) else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
