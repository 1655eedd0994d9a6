import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.incident import Measure, Playbook, Step
from bot.incident import timeline as t
from bot.postmortem import Postmortem, compose, write_postmortem
from bot.render import Renderer
from bot.shipped import shipped

from .conftest import (
    FINDINGS,
    LI,
    MARIA,
    ONSET,
    Story,
    after,
    alert,
    checks_ran,
    diagnosis,
    opening,
    reading,
)

GOLDEN = Path(__file__).parent / "golden"

Written = Callable[[Story], Postmortem]


def section(markdown: str, heading: str) -> str:
    """What stands under a heading."""
    return markdown.partition(f"\n## {heading}\n")[2].partition("\n## ")[0].strip()


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_a_full_incident_reads_as_it_always_did(full: Story, written: Written, form: str) -> None:
    """`PLUMMET_GOLDEN=write pytest tests/postmortem` writes it anew; read the difference."""
    text = getattr(written(full), form)
    path = GOLDEN / f"full.{form}"
    if os.environ.get("PLUMMET_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    assert text == path.read_text(encoding="utf-8")


def test_the_same_entries_give_the_same_bytes(full: Story, written: Written) -> None:
    assert written(full) == written(full)


def test_that_it_was_written_before_changes_nothing(full: Story, written: Written) -> None:
    first = written(full)

    full.tell(310, t.PostmortemWritten(path="post-mortems/7.md"))

    assert written(full) == first


def test_durations_start_at_the_onset_and_not_at_the_alert(full: Story) -> None:
    values = compose(full.incident, full.timeline)

    impact = {row["name"]: row["value"] for row in (*values["impact"], *values["times"])}  # type: ignore[misc]  # lists of rows
    assert impact == {
        "accuracy": "0.912 → 0.781 (−0.131)",
        "Degraded for": "2 hours",
        "Rows served while degraded": "about 6,000",
        "More errors than usual": "about 786",
        "Where": "region eu",
        "Time to detect": "35 minutes",
        "Time to mitigate": "25 minutes",
        "Time to recover": "4 hours",
    }


def test_checks_share_a_row_of_the_timeline_and_links_stay(full: Story) -> None:
    rows = compose(full.incident, full.timeline)["timeline"]

    assert isinstance(rows, list)
    told = [row["what"] for row in rows]
    assert sum(1 for what in told if what.startswith("Ran 5 checks: 2 suspect, 2 clear, 1")) == 1
    assert not any("Began" in what for what in told)
    assert [row["link"] for row in rows if row["link"]] == [
        "https://chat.example/p48", "https://chat.example/p60",
    ]  # fmt: skip


def test_an_incident_that_was_only_opened_lists_everything_it_lacks(written: Written) -> None:
    story = Story()
    story.tell(35, opening(alert()))

    found = written(story)

    assert found.open_points == (
        "No root cause is stated, and no causes were ranked.",
        "The incident is not resolved; its status is investigating.",
        "Since when the metric was degraded is not known; durations start at the alert.",
        "No mitigation is recorded.",
        "That the metric recovered was not shown by readings.",
        "Nobody took the lead.",
        "No action item is written down.",
    )
    assert section(found.markdown, "Open points").splitlines() == [
        f"- {point}" for point in found.open_points
    ]
    assert "<svg" not in found.html


def test_an_unknown_model_is_an_open_point(written: Written) -> None:
    story = Story()
    story.tell(35, opening(alert(model=None, metric=None, title="Something is off")))

    found = written(story)

    assert found.open_points[0] == "Nobody said which model it is."
    assert "| Model | not known |" in found.markdown


def test_a_complete_incident_has_no_open_points(full: Story, written: Written) -> None:
    known = tuple(finding for finding in FINDINGS if finding.verdict != "unknown")
    story = Story()
    for entry in full.entries:
        fact = entry.fact
        if isinstance(fact, t.Diagnosed):
            fact = t.Diagnosed(diagnosis=diagnosis(findings=known))
        if not (isinstance(fact, t.StepMoved) and fact.step == "system-metrics"):
            story.tell((entry.at - ONSET).total_seconds() / 60, fact, entry.by, entry.link)

    found = written(story)

    assert found.open_points == ()
    assert section(found.markdown, "Open points") == "None."
    assert "Not finished" not in found.markdown


def test_predictions_that_were_counted_go_before_labelled_rows(
    full: Story, written: Written
) -> None:
    served = replace(
        FINDINGS[0], check="metric.extent", id="f6", figures={"served": 2_500.0, "low": 1.7725e9}
    )
    full.tell(59, t.Diagnosed(diagnosis=diagnosis(findings=(*FINDINGS, served))))
    story = Story()
    for entry in sorted(full.entries, key=lambda each: each.at):
        story.tell((entry.at - ONSET).total_seconds() / 60, entry.fact, entry.by, entry.link)

    found = written(story)

    basis = "2,500 predictions in the 40 minutes before the diagnosis, carried on at that rate"
    assert f"| Rows served while degraded | about 7,500 | {basis} |" in found.markdown
    assert "low 2026-03-03 01:06 UTC" in found.markdown


def test_evidence_that_fits_nothing_is_said_in_words(written: Written) -> None:
    unknown = replace(diagnosis().hypotheses[2], confidence=0.6)
    story = Story()
    story.tell(36, opening(alert()))
    story.tell(37, t.Diagnosed(diagnosis=diagnosis(hypotheses=(unknown,))))

    found = written(story)

    assert "The evidence fits no known cause well." in section(found.markdown, "Summary")
    assert found.open_points[0] == (
        "No root cause is stated, and the evidence fits no known cause well."
    )


def test_a_check_that_is_suspect_is_not_listed_as_clear(written: Written) -> None:
    again = replace(FINDINGS[2], says="nor fewer by region", id="f7")
    both = replace(FINDINGS[1], verdict="clear", says="the other features are fine", id="f8")
    story = Story()
    story.tell(36, opening(alert()))
    story.tell(37, t.Diagnosed(diagnosis=diagnosis(findings=(*FINDINGS, again, both))))

    findings = section(written(story).markdown, "Findings")

    assert "Clear: data.volume, model.version." in findings


def test_an_action_without_owner_or_date_is_an_open_point_until_it_is_done(
    full: Story, written: Written
) -> None:
    full.tell(400, t.ActionAdded(number=3, says="Do something"), MARIA)
    before = written(full).open_points
    full.tell(401, t.ActionDone(number=3), MARIA)

    assert "Action item 3 has no owner: Do something" in before
    assert "Action item 3 has no due date: Do something" in before
    assert not any("item 3" in point for point in written(full).open_points)


def test_without_labels_nothing_is_claimed_of_the_metric(written: Written) -> None:
    nothing = Measure(value=None, rows=0, start=ONSET, end=after(40))
    story = Story()
    story.tell(36, opening(alert()))
    story.tell(
        37, t.Diagnosed(diagnosis=diagnosis(verdict="no_labels", onset=None, current=nothing))
    )

    found = written(story)

    assert section(found.markdown, "Summary").startswith(
        "There were too few labels to tell whether the accuracy of delays dropped."
    )
    assert "Rows served" not in found.markdown
    assert "More errors" not in found.markdown
    assert "<svg" not in found.html


def test_a_false_alarm_claims_no_harm_and_asks_for_no_mitigation(written: Written) -> None:
    healthy = diagnosis(verdict="healthy", onset=None, findings=FINDINGS[2:4])
    story = Story()
    story.tell(36, opening(alert()))
    story.tell(37, t.Diagnosed(diagnosis=healthy))
    story.tell(38, t.ActionAdded(number=1, says="Widen the alert", owner=LI, due=ONSET.date()), LI)
    story.tell(39, t.Resolved(cause="seasonality"), LI)

    found = written(story)

    assert found.open_points == ()
    assert section(found.markdown, "Summary").startswith(
        "The accuracy of delays did not drop beyond what its history shows."
    )
    assert "Degraded for" not in found.markdown


def test_what_somebody_mended_is_no_false_alarm(written: Written) -> None:
    story = Story()
    story.tell(36, opening(alert()))
    story.tell(37, t.Diagnosed(diagnosis=diagnosis(verdict="healthy", onset=None)))
    story.tell(60, t.Mitigated(says="rolled back all the same"), LI)

    found = written(story)

    assert "That the metric recovered was not shown by readings." in found.open_points
    assert "| Degraded for |" in found.markdown


def test_a_reopened_incident_counts_to_its_second_recovery(full: Story, written: Written) -> None:
    full.tell(400, t.Reopened(says="it fell again"), LI)
    while_open = written(full)
    full.tell(410, t.Mitigated(says="Rolled back as well"), LI)
    full.tell(530, t.Watched(reading=reading(410, 0.80)))
    full.tell(600, t.Watched(reading=reading(470, 0.91)))
    full.tell(601, t.Recovered(reading=reading(470, 0.91), windows=1))
    full.tell(610, t.Resolved(cause="the feed, and v13 with it"), LI)

    found = written(full)

    assert "That the metric recovered was not shown by readings." in while_open.open_points
    badly = section(found.markdown, "What went badly")
    assert "- It took 2 mitigations" in badly
    assert "- It was reopened once" in badly
    assert "| Degraded for | 7 hours 50 minutes |" in found.markdown
    assert section(found.markdown, "Root cause").startswith("the feed, and v13 with it")


def test_an_incident_of_two_days_dates_its_rows(full: Story, written: Written) -> None:
    full.tell(24 * 60, t.FindingRecorded(says="Still fine"), LI)

    timeline = section(written(full).markdown, "Timeline")

    assert "| Date | Time | Who | What |" in timeline
    assert "| 2026-03-03 | 14:36 | Plummet |" in timeline
    assert "| 2026-03-04 | 14:00 | li | Found: Still fine |" in timeline


def test_a_diagnosis_made_after_the_fix_does_not_erase_the_harm(
    full: Story, written: Written
) -> None:
    before = section(written(full).markdown, "Impact")

    full.tell(306, t.Diagnosed(diagnosis=diagnosis(306, verdict="healthy", onset=None)))

    assert section(written(full).markdown, "Impact") == before


def test_a_cause_that_was_not_ranked_first_says_its_place(full: Story, written: Written) -> None:
    full.tell(400, t.Reopened())
    full.tell(401, t.Resolved(cause="model version"), MARIA)

    root = section(written(full).markdown, "Root cause")

    assert root.startswith("model version (another model version serves)")
    assert "Ranked 2 by the evidence: **model version** (3 %)" in root
    assert "| missing values | 93 % | less probable |" in root


def test_an_alert_before_the_onset_is_no_negative_time(written: Written) -> None:
    story = Story()
    story.tell(-20, opening(alert(-20)))
    story.tell(0, t.Diagnosed(diagnosis=diagnosis()))

    assert "| Time to detect | 20 minutes before the onset |" in written(story).markdown


def test_nobodys_alert_is_a_persons_credit_and_a_monitors_failure(written: Written) -> None:
    story = Story()
    story.tell(35, opening(None), LI)
    checks_ran(story, 36)

    found = written(story)

    assert "- li noticed it; no monitor did" in section(found.markdown, "What went badly")
    assert section(found.markdown, "Detection").startswith("li opened the incident; no monitor")


def test_unanswered_questions_of_the_playbook_are_open_points(
    full: Story, renderer: Renderer
) -> None:
    playbook = Playbook(
        name="p",
        says="",
        steps=(
            Step(key="harm", kind="ask", says="Who is hurt?", section="s"),
            Step(key="else", kind="ask", says="Anything else?", section="s"),
            Step(key="do", kind="do", says="Do it.", section="s"),
        ),
    )

    found = write_postmortem(full.incident, full.timeline, renderer=renderer, playbook=playbook)

    assert "Nobody answered: Anything else?" in found.open_points
    assert not any("Who is hurt" in point for point in found.open_points)


def test_a_team_can_put_its_own_template_before_the_shipped_one(
    full: Story, tmp_path: Path
) -> None:
    (tmp_path / "post-mortem.md.j2").write_text("{{ title }}: {{ summary }}", encoding="utf-8")
    renderer = Renderer([tmp_path, shipped("templates")])

    found = write_postmortem(full.incident, full.timeline, renderer=renderer)

    assert found.markdown.startswith("Accuracy of delays below 0.85: The accuracy of delays went")
    assert found.html.startswith("<!doctype html>")


def test_the_document_stands_alone(full: Story, written: Written) -> None:
    html = written(full).html

    assert "<svg" in html
    for outside in ("<script", "<link", "<img", "@import", "url("):
        assert outside not in html
