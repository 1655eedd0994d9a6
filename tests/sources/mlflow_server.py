"""A real MLflow on loopback, with two versions of a model in it; recorded by `record_mlflow`."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

MODEL = "fraud"
ALIAS = "champion"
API = "/api/2.0/mlflow"
STARTS_IN = 180
"""Seconds; on two busy cores it took a minute and a half."""

SIGNATURE = """signature:
  inputs: '[{"type": "double", "name": "distance", "required": true}, {"type": "long",
    "name": "carrier", "required": true}]'
  outputs: '[{"type": "long"}]'
"""
SCHEMA = '{"mlflow_colspec": [{"type": "double", "name": "distance", "required": true}]}'


@contextmanager
def started(executable: str, folder: Path) -> Iterator[str]:
    """The server, with its database and its artifacts below the folder."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [
        executable, "server", "--backend-store-uri", f"sqlite:///{folder / 'm.db'}",
        "--artifacts-destination", str(folder / "artifacts"), "--host", "127.0.0.1",
        "--port", str(port), "--workers", "1",
    ]  # fmt: skip
    with (folder / "mlflow.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, start_new_session=True, cwd=folder
        )
        url = f"http://127.0.0.1:{port}"
        try:
            deadline = time.monotonic() + STARTS_IN
            while not answers(url):
                assert process.poll() is None, (folder / "mlflow.log").read_text()[-2000:]
                assert time.monotonic() < deadline, "MLflow did not start in time"
                time.sleep(0.5)
            yield url
        finally:
            os.killpg(process.pid, 15)
            process.wait(30)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=5).is_success
    except httpx.TransportError:
        return False


@contextmanager
def seeded(url: str) -> Iterator[None]:
    """For the while, the model with its versions; nothing stays of it."""
    seed(url)
    try:
        yield
    finally:
        clear(url)


def seed(url: str) -> None:
    """Two runs, each with its data set and its model; the alias means the first."""
    with httpx.Client(base_url=url, timeout=30) as client:
        name = f"e{time.monotonic_ns()}"
        experiment = told(client, "experiments/create", name=name)["experiment_id"]
        told(client, "registered-models/create", name=MODEL)
        for number in ("1", "2"):
            run = told(
                client, "runs/create", experiment_id=experiment, run_name=f"train{number}",
                start_time=int(time.time() * 1000),
                tags=[{"key": "mlflow.source.git.commit", "value": f"abc{number}"}],
            )["run"]["info"]  # fmt: skip
            dataset = {
                "name": "flights", "digest": f"digest{number}", "source_type": "local",
                "source": "{}", "schema": SCHEMA, "profile": '{"num_rows": 200}',
            }  # fmt: skip
            context = [{"key": "mlflow.data.context", "value": "training"}]
            told(
                client, "runs/log-inputs", run_id=run["run_id"],
                datasets=[{"dataset": dataset, "tags": context}],
            )  # fmt: skip
            place = run["artifact_uri"].removeprefix("mlflow-artifacts:/")
            client.put(
                f"/api/2.0/mlflow-artifacts/artifacts/{place}/model/MLmodel", content=SIGNATURE
            ).raise_for_status()
            told(
                client, "model-versions/create", name=MODEL, run_id=run["run_id"],
                source=f"{run['artifact_uri']}/model",
            )  # fmt: skip
    point(url, "1")


def point(url: str, version: str) -> None:
    """Move the alias."""
    with httpx.Client(base_url=url, timeout=30) as client:
        told(client, "registered-models/alias", name=MODEL, alias=ALIAS, version=version)


def clear(url: str) -> None:
    """Take the model away, with its versions."""
    body = {"name": MODEL}
    httpx.request(
        "DELETE", f"{url}{API}/registered-models/delete", json=body, timeout=30
    ).raise_for_status()


def told(client: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"{API}/{path}", json=body)
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found
