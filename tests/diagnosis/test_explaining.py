"""Why the first is first, and what each cause is: in words that match what is computed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.diagnosis import every_finding, examine, explain, page
from bot.diagnosis.calibration import calibration
from bot.diagnosis.candidate import BASE, CAP
from bot.diagnosis.causes import BY_NAME, CAUSES
from bot.diagnosis.conclude import conclude
from bot.diagnosis.rank import candidates
from bot.errors import RequestError
from bot.incident import Finding
from bot.incident.causes import CAUSES as KINDS
from bot.incident.causes import in_words
from bot.profile import Evidence
from bot.settings import read_settings
from bot.sources import open_sources

LookedAt = tuple[Evidence, list[Finding]]


@pytest.fixture(scope="module")
def looked_at(case: Path) -> LookedAt:
    settings = read_settings(case / "plummet.toml")
    with open_sources(settings) as sources:
        evidence = examine(settings, "delays", sources=sources)
        return evidence, every_finding(evidence)


def test_the_log_odds_of_a_cause_are_what_its_lines_add_up_to(looked_at: LookedAt) -> None:
    evidence, findings = looked_at

    for one in candidates(evidence, conclude(evidence, findings).findings):
        counted = [c for c in one.contributions if c.counted]
        pieces = sum(c.weight for c in counted if c.finding.check != "changes.recent")
        change = sum(c.weight for c in counted if c.finding.check == "changes.recent")
        expected = BASE + one.declared.prior + max(-CAP, min(CAP, pieces)) + change
        assert one.odds == pytest.approx(expected, abs=1e-9)
        for piece in one.contributions:
            assert abs(piece.weight) <= abs(piece.most) + 1e-9


def test_a_ranking_is_told_on_one_screen_with_figures_that_add_up(looked_at: LookedAt) -> None:
    said = explain(*looked_at)

    lines = said.splitlines()
    first = lines[lines.index("") + 1 :]
    block = first[: first.index("")]
    assert len(lines) <= 50
    assert block[0].startswith("1. missing values of distance: ")
    figures = [float(found[1]) for line in block if (found := re.match(r" +([+-]\d+\.\d) ", line))]
    assert figures[0] == pytest.approx(BASE, abs=0.05)
    assert figures[-1] == pytest.approx(sum(figures[:-1]), abs=0.2)
    assert "data.missing" in block[2]
    assert "chg-17" in "\n".join(block)


def test_one_cause_can_be_asked_for(looked_at: LookedAt) -> None:
    said = explain(*looked_at, cause="duplicate_rows")

    assert re.search(r"^\d+\. duplicate rows", said, re.MULTILINE)
    assert "missing values" not in said
    with pytest.raises(RequestError, match="did you mean 'duplicate_rows'"):
        explain(*looked_at, cause="duplicate_row")


@pytest.mark.parametrize("cause", sorted(KINDS))
def test_every_cause_has_a_page_that_says_what_is_declared(cause: str) -> None:
    text = " ".join(page(cause).split())
    kind, declared = KINDS[cause], BY_NAME.get(cause)

    assert text.startswith(f"# {in_words(cause).capitalize()} ")
    assert f"{kind.happened[1:]}.*" in text
    for part in ("What it is", "How it looks", "What it is confused with", "What to do"):
        assert f"## {part} " in text
    assert f"1. **{in_words(kind.action)}**: " in text
    if declared is None:
        return
    looks = text.partition("## How it looks ")[2].partition("## What it is confused with")[0]
    assert {sign.check for sign in declared.signs} <= set(re.findall(r"`([a-z.]+)`", looks))
    for neighbour in declared.neighbours:
        assert f"**{in_words(neighbour.cause)}**: told apart by {neighbour.by}." in text
        assert neighbour.asks in text
    for remedy in (declared.first, *declared.then):
        assert f"**{in_words(remedy.kind)}**: {remedy.says.format(what='the culprit')}." in text


def test_every_neighbour_is_a_cause_and_twins_are_so_both_ways() -> None:
    for declared in CAUSES:
        for neighbour in declared.neighbours:
            assert neighbour.cause in KINDS
            if neighbour.twins:
                back = {other.cause for other in BY_NAME[neighbour.cause].neighbours if other.twins}
                assert declared.cause in back


def test_no_cause_of_the_data_is_ever_answered_with_retraining() -> None:
    for declared in CAUSES:
        kinds = [remedy.kind for remedy in (declared.first, *declared.then)]
        assert KINDS[declared.cause].group == "world" or "retrain" not in kinds


def test_confidences_are_those_of_the_kept_calibration(looked_at: LookedAt) -> None:
    evidence, findings = looked_at
    diagnosis = conclude(evidence, findings)
    ranked = candidates(evidence, diagnosis.findings)

    shares, left = calibration().shares([one.odds for one in ranked])

    assert diagnosis.hypotheses[0].confidence == pytest.approx(shares[0], abs=1e-3)
    assert sum(shares) + left == pytest.approx(calibration().surest)


def test_the_command_explains_a_cause_and_a_case(case: Path) -> None:
    def asked(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bot", "explain", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    assert asked("join_break").stdout == page("join_break")
    told = asked(str(case), "--quiet")
    assert told.returncode == 0
    assert "1. missing values of distance" in told.stdout
    wrong = asked("joinbreak")
    assert wrong.returncode == 2
    assert "did you mean 'join_break'" in wrong.stderr
