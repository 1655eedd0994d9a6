"""The bench in its tiny form: every contender that needs no environment of its own answers."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click import ClickException

from tests.bench.lineup import CHECKOUT, LIMIT, OURS, PEERS, PORTABLE
from tests.bench.logs import count, ensure_log
from tests.bench.measured import LateError, measure
from tests.bench.rounds import Outcome
from tests.bench.tables import ratio

README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
ROWS = 5_000
LASTING = {
    "set-up": "downloads the peers",
    "engines": "starts a database and Spark, minutes each",
}


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="session")
def log(cache: Path) -> Path:
    return ensure_log(rows=ROWS, features=6, cache=cache)


def test_the_log_has_the_asked_shape(log: Path) -> None:
    found = pq.read_table(log / "log.parquet")

    assert found.num_rows == ROWS
    assert len([name for name in found.column_names if name.startswith("number_")]) == 4
    assert len([name for name in found.column_names if name.startswith("word_")]) == 2
    times = found["event_time"].to_pylist()
    assert times == sorted(times)
    assert 0 < found["number_1"].null_count < 0.05 * ROWS


@pytest.mark.parametrize(
    "contender",
    [
        *(each for each in (LIMIT, *OURS, *PEERS) if not each.environment),
        *(pytest.param(each, marks=pytest.mark.slow) for each in PORTABLE),
    ],
    ids=lambda each: each.module,
)
def test_a_contender_counts_every_row_and_sees_what_moved(
    contender: object, log: Path, cache: Path
) -> None:
    assert isinstance(contender, type(LIMIT))

    run = measure(contender.command(log, cache=cache), timeout=300, folder=CHECKOUT)

    assert sum(run.answer["rows"]) == ROWS
    assert run.answer["moved"] == (None if contender is LIMIT else "number_0")
    assert run.cpu > 0
    assert run.memory > 10


def test_a_ratio_is_taken_within_a_round() -> None:
    slow, fast = (
        measure([sys.executable, "-c", f"sum(range({size}))"], timeout=60)
        for size in (10_000_000, 1_000)
    )

    outcome = Outcome(contender=OURS[0], runs=(slow, slow), limits=(fast, slow))

    assert outcome.ratios == [1, slow.cpu / fast.cpu]
    assert ratio(outcome).endswith(f"(1.00–{slow.cpu / fast.cpu:.2f})")


def test_a_contender_that_is_late_is_ended() -> None:
    with pytest.raises(LateError, match=r"not done in 1 s"):
        measure([sys.executable, "-c", "import time; time.sleep(60)"], timeout=1)


def test_a_process_that_fails_is_named_with_what_it_said() -> None:
    with pytest.raises(ClickException, match=r"ended with 1:[\s\S]*no such thing"):
        measure([sys.executable, "-c", "raise OSError('no such thing')"], timeout=60)


def test_rows_are_named_as_people_name_them() -> None:
    assert [count(text) for text in ("300", "20k", "1M", "50m")] == [
        300, 20_000, 1_000_000, 50_000_000,
    ]  # fmt: skip


@pytest.mark.slow
def test_the_commands_of_the_readme_run_in_their_tiny_form(cache: Path) -> None:
    commands = re.findall(r"^python -m (tests\.bench .*)$", README, flags=re.MULTILINE)

    assert commands
    for words in map(shlex.split, commands):
        if words[1] in LASTING:
            continue
        words += ["--tiny", "--cache", str(cache)]
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=CHECKOUT, capture_output=True, text=True,
            timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "| --- |" in done.stdout
