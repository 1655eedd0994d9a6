"""The model's server: a request in, a row of the prediction log out."""

from collections.abc import Mapping

import numpy as np

from bot.demo.faults import Fault, Serving
from bot.demo.flights import FEATURES, Frame, size
from bot.demo.model import Model

FALLBACK_SCORE = 0.2
"""What a request gets that times out: the rate of late flights, so the answer `on time`."""
_TIMEOUT_MS = 2000.0
_LOG_SECONDS = 2
_OFFLINE_EVERY = 10


def serve(
    requests: Frame,
    *,
    models: Mapping[str, Model],
    fault: Fault | None,
    chance: np.random.Generator,
) -> tuple[Frame, Frame]:
    """Answer the requests; returns the rows of the log and a sample recomputed offline.

    The offline features are those of the source, so they carry what is broken there.
    """
    serving = fault.serving if fault else Serving()
    if fault and fault.at_source:
        requests = fault.at_source(requests, chance)
    sample = slice(None, None, _OFFLINE_EVERY)
    offline = {name: requests[name][sample] for name in ("request_id", "event_time", *FEATURES)}
    if fault and fault.at_server:
        requests = fault.at_server(requests, chance)
    answered = _answer(requests, model=models[serving.version], serving=serving)
    if fault and fault.labels:
        answered = fault.labels(answered, chance)
    return answered, offline


def _answer(requests: Frame, *, model: Model, serving: Serving) -> Frame:
    late = requests["patience"] < serving.timeouts
    score = np.where(late, FALLBACK_SCORE, model.score(requests))
    warned = np.where(late, False, score >= serving.threshold)  # noqa: FBT003 - a value of an array
    latency = np.where(late, _TIMEOUT_MS, requests["latency_ms"] * serving.slowness)
    arrival = requests["event_time"] + (latency * 1000).astype(np.int64)
    return {
        "request_id": requests["request_id"],
        "event_time": requests["event_time"],
        "arrival_time": arrival + np.int64(_LOG_SECONDS * 1_000_000),
        "model_version": np.full(size(requests), model.version, dtype=object),
        **{name: requests[name] for name in FEATURES},
        "region": requests["region"],
        "client": requests["client"],
        "host": requests["host"],
        "score": np.round(score, 5),
        "prediction": warned.astype(np.int8),
        "latency_ms": latency,
        "fallback": late,
        "label": requests["label"],
        "label_time": requests["label_time"],
    }
