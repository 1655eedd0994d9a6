"""Rows scored again by a real model behind HTTP, and by one that MLflow loads."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis import ask
from bot.incident import Finding
from bot.profile.restoring import restore
from tests.checks.checks_log import Examined, late
from tests.loopback import Answer, Asked, answering

FLOOR = 1100


def decide(rows: list[Mapping[str, Any]], floor: float = FLOOR) -> list[int]:
    """The model of these tests: a distance, or nothing, above the floor."""
    return [int((row["distance"] or 0) > floor) for row in rows]


class Endpoint:
    """A scoring server on loopback; what it was sent, and how it answers."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.headers: list[str | None] = []
        self.answer: Any = lambda rows: {"predictions": decide(rows)}
        self.status = 200


@contextmanager
def scoring(endpoint: Endpoint) -> Iterator[str]:
    def answer(asked: Asked) -> Answer:
        rows = json.loads(asked.body)["rows"]
        endpoint.batches.append(len(rows))
        endpoint.headers.append(asked.headers.get("authorization"))
        elsewhere = {"Location": "http://127.0.0.1:9/elsewhere"}
        return Answer.of(
            endpoint.answer(rows), status=endpoint.status,
            headers=elsewhere if endpoint.status == 307 else None,
        )  # fmt: skip

    with answering(answer) as url:
        yield f"{url}/score"


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


def hook(url: str, **more: Any) -> dict[str, Any]:
    return {"scoring": {"kind": "http", "target": url, "rows": 300} | more}


def served(log: pd.DataFrame) -> None:
    """What the model answers to the rows as they are."""
    log["prediction"] = (log["distance"].fillna(0) > FLOOR).astype(int)


def convert(log: pd.DataFrame) -> None:
    log.loc[late(log), "distance"] /= 2.54
    served(log)


def of(findings: tuple[Finding, ...], **subject: str) -> Finding:
    (found,) = [f for f in findings if f.subject == subject]
    return found


def test_a_restored_feature_brings_the_drop_back(examined: Examined, endpoint: Endpoint) -> None:
    with scoring(endpoint) as url:
        evidence = examined(convert, without=("score",), **hook(url))
        findings = ask(evidence, "counterfactual.restore")

    found = of(findings, part="feature", feature="distance")
    assert found.verdict == "suspect"
    assert found.figures["recovered"] == pytest.approx(1.0, abs=0.15)
    assert found.figures["low"] > 0.7
    assert not [f for f in findings if f.subject.get("feature") == "carrier"]
    assert max(endpoint.batches) <= 100


def test_a_feature_that_is_innocent_recovers_nothing(
    examined: Examined, endpoint: Endpoint
) -> None:
    def flip(log: pd.DataFrame) -> None:
        log.loc[late(log), "label"] = 1 - log.loc[late(log), "label"]

    with scoring(endpoint) as url:
        (found,) = ask(examined(flip, without=("score",), **hook(url)), "counterfactual.restore")

    assert found.verdict == "clear"
    assert "distance" in found.says


def test_a_default_is_replaced_by_values_of_the_history(
    examined: Examined, endpoint: Endpoint
) -> None:
    endpoint.answer = lambda rows: decide(rows, floor=2000)

    def default(log: pd.DataFrame) -> None:
        log["label"] = (log["distance"] > 2000).astype(float)
        log.loc[late(log) & (np.arange(len(log)) % 2 == 0), "distance"] = 9999.0
        log["prediction"] = (log["distance"] > 2000).astype(int)

    with scoring(endpoint) as url:
        evidence = examined(default, without=("score",), **hook(url))
        found = of(ask(evidence, "counterfactual.restore"), part="feature", feature="distance")

    # Nothing says which value was lost: what is drawn instead is right for most, not for all.
    assert 0.5 < found.figures["recovered"] < 0.98
    assert found.figures["high"] - found.figures["low"] > 0.02


def test_rows_that_another_version_answered_come_out_right_again(
    examined: Examined, endpoint: Endpoint
) -> None:
    def release(log: pd.DataFrame) -> None:
        served(log)
        log.loc[late(log), "prediction"] = (log.loc[late(log), "distance"] > 700).astype(int)

    with scoring(endpoint) as url:
        evidence = examined(release, without=("score",), **hook(url))
        found = of(ask(evidence, "counterfactual.restore"), part="version")

    assert found.figures["recovered"] == pytest.approx(1.0, abs=0.15)
    assert "scored again by the configured model" in found.says


def test_the_former_version_is_asked_where_it_is_configured(
    examined: Examined, endpoint: Endpoint
) -> None:
    newer = Endpoint()
    newer.answer = lambda rows: decide(rows, floor=700)

    def release(log: pd.DataFrame) -> None:
        served(log)
        log.loc[late(log), "prediction"] = (log.loc[late(log), "distance"] > 700).astype(int)

    with scoring(endpoint) as old, scoring(newer) as new:
        evidence = examined(release, without=("score",), **hook(new, former=old))
        findings = ask(evidence, "counterfactual.restore")

    assert of(findings, part="former").figures["recovered"] == pytest.approx(1.0, abs=0.15)
    assert not [f for f in findings if f.subject.get("part") == "version"]


def test_scores_are_turned_into_decisions_by_the_threshold(
    examined: Examined, endpoint: Endpoint
) -> None:
    endpoint.answer = lambda rows: [0.9 * one for one in decide(rows)]

    with scoring(endpoint) as url:
        evidence = examined(
            convert, without=("score",), threshold=0.8, **hook(url, returns="score")
        )
        found = of(ask(evidence, "counterfactual.restore"), part="feature", feature="distance")

    assert found.figures["recovered"] > 0.8


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        ([1], 200, "list of"),
        ({"oops": 1}, 200, "list of"),
        ([], 500, "500"),
        ([], 307, "307"),
    ],
)
def test_an_endpoint_that_does_not_score_costs_one_finding(
    examined: Examined, endpoint: Endpoint, answer: object, status: int, words: str
) -> None:
    endpoint.answer, endpoint.status = lambda _: answer, status

    with scoring(endpoint) as url:
        (found,) = ask(examined(convert, without=("score",), **hook(url)), "counterfactual.restore")

    assert found.verdict == "unknown"
    assert words in found.says


def test_the_bearer_is_sent_and_never_said(
    examined: Examined, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCORING_TOKEN", "s3cret-token")

    with scoring(endpoint) as url:
        evidence = examined(convert, without=("score",), **hook(url, bearer="${SCORING_TOKEN}"))
        findings = ask(evidence, "counterfactual.restore")

    assert set(endpoint.headers) == {"Bearer s3cret-token"}
    assert not [f for f in findings if "s3cret" in f.says]


def test_a_hook_nobody_listens_at_costs_one_finding(examined: Examined) -> None:
    evidence = examined(convert, without=("score",), **hook("http://127.0.0.1:9/score"))

    (found,) = ask(evidence, "counterfactual.restore")

    assert found.verdict == "unknown"
    assert "http://127.0.0.1:9/score" in found.says


def test_without_a_hook_the_check_says_so(examined: Examined) -> None:
    (found,) = ask(examined(convert), "counterfactual.restore")

    assert found.verdict == "unknown"
    assert "no scoring hook is configured" in found.says


def test_a_model_that_mlflow_loads_scores_rows_as_well(examined: Examined, tmp_path: Path) -> None:
    pyfunc = pytest.importorskip(
        "mlflow.pyfunc", reason="MLflow comes with the extra: pip install 'plummet-bot[mlflow]'"
    )

    class Floor(pyfunc.PythonModel):  # type: ignore[misc, name-defined]  # no stubs without MLflow
        def predict(self, context: object, model_input: Any, params: Any = None) -> Any:
            del context, params
            return (model_input["distance"].fillna(0) > 1100).astype(int)

    pyfunc.save_model(tmp_path / "model", python_model=Floor())
    hooked = {"scoring": {"kind": "mlflow", "target": "model", "rows": 300}}

    evidence = examined(convert, without=("score",), **hooked)
    found = of(ask(evidence, "counterfactual.restore"), part="feature", feature="distance")

    assert found.figures["recovered"] == pytest.approx(1.0, abs=0.15)


def test_numbers_go_to_the_quantiles_that_plain_pandas_gives() -> None:
    random = np.random.default_rng(0)
    usual = random.gamma(2.0, 10.0, 400).tolist()
    values = (random.gamma(2.0, 10.0, 300) * 3.6 + 5).tolist()

    found = pd.Series(restore(values, usual), dtype="float64")

    levels = np.arange(0.05, 1.0, 0.05)
    plain = pd.Series(usual).quantile(levels)
    assert found.quantile(levels).to_numpy() == pytest.approx(plain.to_numpy(), rel=0.06)
    assert list(found.rank(method="average")) == pytest.approx(
        list(pd.Series(values).rank()), abs=1.0
    )


def test_renamed_categories_go_back_to_those_of_their_size() -> None:
    usual = ["a"] * 50 + ["b"] * 30 + ["c"] * 20
    values = ["X"] * 50 + ["Y"] * 30 + ["Z"] * 20

    assert restore(values, usual) == usual


def test_absent_numbers_are_drawn_from_the_usual_ones() -> None:
    usual: list[object] = [1, 2, 3, 4] * 25
    values: list[object] = [None, 1] * 50

    found = restore(values, usual)

    assert None not in found
    assert set(found) <= {1, 2, 3, 4}


def test_a_column_that_did_not_move_stays_as_it_is() -> None:
    values: list[object] = [3.0, 1.0, 2.0, None] * 20

    assert Counter(restore(values, values)) == Counter(values)
    assert restore(["b", "a"], ["a", "b"]) == ["b", "a"]
