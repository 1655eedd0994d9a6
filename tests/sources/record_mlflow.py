"""Record what a real MLflow answers: `python -m tests.sources.record_mlflow PATH/TO/mlflow`."""

import json
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode

import httpx

from tests.sources.mlflow_server import API, MODEL, point, seed, started
from tests.sources.recording import key_of

FILE = Path(__file__).parent / "recorded" / "mlflow.json"


def recorded(url: str) -> dict[str, object]:
    """The answers to everything that our client asks, as they stand now."""
    search = {"filter": f"name='{MODEL}'", "order_by": "creation_timestamp DESC",
              "max_results": "100"}  # fmt: skip
    asked = [
        f"{API}/registered-models/get?name={MODEL}",
        f"{API}/model-versions/search?{urlencode(search)}",
    ]
    for version in ("1", "2"):
        named = f"name={MODEL}&version={version}"
        asked += [
            f"{API}/model-versions/get?{named}",
            f"/model-versions/get-artifact?{named}&path=MLmodel",
        ]
        run = httpx.get(f"{url}{API}/model-versions/get?{named}").json()["model_version"]["run_id"]
        asked.append(f"{API}/runs/get?run_id={run}")
    answers: dict[str, object] = {}
    for path in asked:
        answer = httpx.get(f"{url}{path}", timeout=30)
        is_json = "json" in answer.headers["content-type"]
        answers[key_of(path)] = answer.json() if is_json else answer.text
    return answers


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, started(sys.argv[1], Path(folder)) as url:
        seed(url)
        version = httpx.get(f"{url}/version").text
        before = recorded(url)
        point(url, "2")
        found = {"mlflow": version, "before": before, "after": recorded(url)}
    FILE.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
