"""Spark counts what DuckDB counts, and answers a diagnosis; one session for all of it."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli import main
from tests.profile.engines import assert_equal, counted, in_duckdb, in_spark
from tests.profile.logs import Case, cases
from tests.profile.trying import Every

pytestmark = [
    pytest.mark.slow,
    # pyspark and its Java gateway leave sockets open and warn of what pandas will change.
    pytest.mark.filterwarnings("ignore"),
]
MASTER = "local[2]"
OPTIONS = {
    "spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2",
    "spark.driver.memory": "1g", "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1", "spark.ui.showConsoleProgress": "false",
}  # fmt: skip


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    pytest.importorskip("pyspark", reason="no pyspark here: the scan is NOT held to Spark")
    if not _has_java():
        pytest.skip("no Java here: the scan is NOT held to Spark")
    from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra

    builder = SparkSession.builder.master(MASTER)
    for key, value in OPTIONS.items():
        builder = builder.config(key, value)
    warehouse = tmp_path_factory.mktemp("warehouse")
    made = builder.config("spark.sql.warehouse.dir", str(warehouse)).getOrCreate()
    yield made
    made.stop()


def _has_java() -> bool:
    found = shutil.which("java")
    return (
        found is not None
        and subprocess.run([found, "-version"], capture_output=True).returncode == 0
    )


def test_spark_counts_what_duckdb_counts(every: Every, session: Any, tmp_path: Path) -> None:
    def holds(case: Case) -> None:
        there = counted(in_spark(case, session, tmp_path), case)

        assert_equal(counted(in_duckdb(case), case), there)

    every(cases(), holds, 1)
    every(cases(busy=True), holds, 1)


def test_a_diagnosis_of_files_that_spark_reads_is_the_one_that_duckdb_makes(
    session: Any, own_case: Path
) -> None:
    assert session is not None
    by_duckdb = diagnosed(own_case)
    settings = own_case / "plummet.toml"
    settings.write_text(
        settings.read_text().replace('url = "duckdb://"', f'url = "pyspark://{MASTER}"')
    )

    by_spark = diagnosed(own_case)

    assert by_spark["verdict"] == by_duckdb["verdict"] == "degraded"
    assert by_spark["onset"] == by_duckdb["onset"]
    assert by_spark["hypotheses"][0] == by_duckdb["hypotheses"][0]


def diagnosed(case: Path) -> dict[str, Any]:
    asked = ["diagnose", "delays", "--config", str(case / "plummet.toml"), "--format", "json"]
    at = (case / "at.txt").read_text()
    done = CliRunner().invoke(main, [*asked, "--at", at], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    document: dict[str, Any] = json.loads(done.stdout)
    return document
