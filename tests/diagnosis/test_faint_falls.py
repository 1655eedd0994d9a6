"""A fall that is too faint to be seen by itself."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis.conclude import conclude
from bot.diagnosis.onset import faint_fall
from bot.incident import Finding
from bot.profile import Evidence
from tests.checks.checks_log import examined_log, late

EMPTY = Finding(
    check="data.missing", verdict="suspect", strength=40.0, subject={"feature": "distance"},
    says="distance is missing", figures={"before": 0.0, "during": 0.2, "accounts": 0.9},
)  # fmt: skip
GREW = Finding(
    check="drift.mix", verdict="suspect", strength=20.0, says="a hard segment grew",
    subject={"segment": "region", "value": "eu", "kind": "grew"}, figures={"harm": 1.0},
)  # fmt: skip
FEW = 0.065
"""The part of the late rows that is wrong in addition."""


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    def fall(log: pd.DataFrame) -> None:
        wrong = late(log) & (np.random.default_rng(8).uniform(size=len(log)) < FEW)
        log.loc[wrong, "label"] = 1 - log.loc[wrong, "prediction"]

    return examined_log(tmp_path, fall)


@pytest.mark.parametrize(("finding", "verdict"), [(EMPTY, "degraded"), (GREW, "healthy")])
def test_a_faint_fall_is_harm_beside_a_defect_and_not_beside_a_world_that_moves(
    evidence: Evidence, finding: Finding, verdict: str
) -> None:
    assert faint_fall(evidence) is not None

    found = conclude(evidence, [replace(finding, since=evidence.start)])

    assert found.verdict == verdict
