"""What the cards show, and that no value makes a message that Slack refuses or that pings."""

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot import cards
from bot.incident import ActionItem, Person, Playbook, Progress, Step
from bot.slack.blocks import render
from tests.slack.reading import broken, elements_of, foreign, marked, texts_of
from tests.slack.samples import (
    DIAGNOSIS,
    FRESH,
    INCIDENT,
    LI,
    MISSING,
    MITIGATED,
    PLAYBOOK,
    RESOLVED,
    ROLLBACK,
)

GOLDEN = Path(__file__).parent / "golden"
LINKS = (cards.Link(says="Dashboard", url="https://grafana.example/d/1?a=b&c=d"),)
ASK, DO = PLAYBOOK.steps[1], PLAYBOOK.steps[4]
CARDS: dict[str, cards.Card] = {
    "situation": cards.Situation(incident=INCIDENT, next_step="Roll back", links=LINKS),
    "situation_fresh": cards.Situation(incident=FRESH, next_step="Checks are running"),
    "situation_mitigated": cards.Situation(incident=MITIGATED, next_step="Wait"),
    "situation_resolved": cards.Situation(incident=RESOLVED, next_step=""),
    "checklist": cards.ChecklistCard(incident=INCIDENT, playbook=PLAYBOOK),
    "findings": cards.Findings(
        title="data.missing", question="Is a feature missing?", findings=DIAGNOSIS.findings
    ),
    "details": cards.Details(
        section="Verify the data",
        parts=(
            cards.Findings(
                title="Is a feature missing?", question="…", findings=DIAGNOSIS.findings
            ),
            cards.Findings(title="Nothing here", question="…", findings=()),
        ),
    ),
    "ranking": cards.Ranking(incident=INCIDENT),
    "question": cards.Question(incident=INCIDENT.id, step=ASK, asked="Maria"),
    "question_answered": cards.Question(
        incident=INCIDENT.id, step=ASK, asked="Maria", answer="yes"
    ),
    "task": cards.Task(incident=INCIDENT.id, step=DO),
    "task_done": cards.Task(incident=INCIDENT.id, step=DO, taken_by="Maria", done=True),
    "ranking_with_rollback": cards.Ranking(incident=INCIDENT, rollback=True),
    "approval": cards.Approval(incident=INCIDENT.id, rollback=ROLLBACK),
    "approval_of_some": cards.Approval(
        incident=INCIDENT.id, rollback=ROLLBACK, approvers=("@li", "@ben")
    ),
    "approval_approved": cards.Approval(
        incident=INCIDENT.id, rollback=replace(ROLLBACK, state="approved", decided_by=LI)
    ),
    "approval_done": cards.Approval(
        incident=INCIDENT.id, rollback=replace(ROLLBACK, state="done", decided_by=LI)
    ),
    "approval_failed": cards.Approval(
        incident=INCIDENT.id,
        rollback=replace(ROLLBACK, state="failed", decided_by=LI, outcome="403 <!here>"),
    ),
    "announcement": cards.Announcement(incident=INCIDENT),
    "incident_list": cards.IncidentList(incidents=(INCIDENT, FRESH)),
    "action_list": cards.ActionList(incident=INCIDENT.id, actions=INCIDENT.actions),
    "notice": cards.Notice(says="The metric recovered", lines=("a", "b"), links=LINKS, mood="good"),
}


@pytest.mark.parametrize("name", CARDS)
def test_a_card_looks_as_it_did(name: str) -> None:
    """Set `GOLDEN=write` to accept a change on purpose."""
    rendered = render(CARDS[name])

    shown = json.dumps(
        {"text": rendered.text, "blocks": rendered.blocks}, ensure_ascii=False, indent=1
    )
    kept = GOLDEN / f"{name}.json"
    if os.environ.get("GOLDEN") == "write":
        kept.write_text(shown + "\n", encoding="utf-8")
    assert shown + "\n" == kept.read_text(encoding="utf-8")


def test_the_situation_says_the_essential_in_its_first_three_lines() -> None:
    rendered = render(CARDS["situation"])

    head, story = rendered.blocks[:2]
    lines = [head["text"]["text"], *story["text"]["text"].split("\n")]
    assert lines == [
        "🔴 SEV2 · delays accuracy (region=eu) 0.912 → 0.781",
        "*Likely:* missing values (almost certain, 93%): " + DIAGNOSIS.hypotheses[0].says,
        "*Next:* Roll back",
    ]


def test_an_open_situation_has_a_control_for_every_verb() -> None:
    rendered = render(CARDS["situation"])

    assert {element["action_id"] for element in elements_of(rendered)} == {
        "press.lead", "open.run", "open.finding", "open.action", "press.severity",
        "open.mitigate", "open.resolve", "press.postmortem",
    }  # fmt: skip


def test_a_resolved_situation_offers_to_reopen() -> None:
    rendered = render(CARDS["situation_resolved"])

    ids = {element["action_id"] for element in elements_of(rendered)}
    assert "press.reopen" in ids
    assert "open.mitigate" not in ids


@pytest.mark.parametrize("steps", [40, 120, 400, 3_000])
@pytest.mark.parametrize("words", [20, 400])
def test_a_checklist_of_any_length_fits_and_counts_every_step(steps: int, words: int) -> None:
    playbook = Playbook(
        name="long", says="",
        steps=tuple(
            Step(key=f"s{i}", kind="check", says=f"{i} " + "why " * (words // 4),
                 section=f"Part {i // 8}")
            for i in range(steps)
        ),
    )  # fmt: skip
    progress = {f"s{i}": Progress(state="clear", says="nothing " * 30) for i in range(steps // 2)}
    incident = replace(INCIDENT, progress=progress)

    rendered = render(cards.ChecklistCard(incident=incident, playbook=playbook))

    assert broken(rendered) == []
    text = "\n".join(texts_of(rendered))
    assert f"{steps // 2} of {steps} done" in text
    sections = len({step.section for step in playbook.steps})
    more = re.search(r"and (\d+) more sections", text)
    shown = len(set(re.findall(r"\*Part (\d+)\*", text)))
    assert shown + (int(more[1]) if more else 0) == sections


def test_a_checklist_that_is_short_shows_each_step_with_its_state() -> None:
    text = "\n".join(texts_of(render(CARDS["checklist"])))

    assert [step.says for step in PLAYBOOK.steps if step.says not in text] == []
    assert "🔴 How deep, since when? — 0.912 → 0.781 since 12:00" in text
    assert "💬 Do users notice? — yes · Maria" in text
    assert "⏳ Missing values?" in text
    assert "⬜ Roll back" in text


def test_what_does_not_fit_is_counted() -> None:
    many = tuple(replace(MISSING, id=f"f{i}") for i in range(27))
    items = tuple(ActionItem(number=i, says="x") for i in range(40))

    found = texts_of(render(cards.Findings(title="t", question="q", findings=many)))
    open_ones = texts_of(render(cards.IncidentList(incidents=(INCIDENT,) * 30)))
    listed = texts_of(render(cards.ActionList(incident="i", actions=items)))
    lines = texts_of(render(cards.Notice(says="x", lines=("line",) * 42)))

    assert found[-1] == "… and 12 more findings"
    assert open_ones[-1] == "… and 5 more incidents"
    assert listed[-1] == "… and 15 more action items"
    assert lines[-1].endswith("… and 12 more lines")


def test_the_ranking_keeps_what_speaks_for_and_against_and_the_discounted() -> None:
    best = DIAGNOSIS.hypotheses[0]
    many = tuple(replace(best, cause=f"cause_{i}", confidence=0.01) for i in range(9))
    diagnosis = replace(DIAGNOSIS, hypotheses=(best, *many))

    text = "\n".join(
        texts_of(render(cards.Ranking(incident=replace(INCIDENT, diagnosis=diagnosis))))
    )

    assert "*1. missing values* — almost certain, 93%" in text
    assert f"*For:* {MISSING.says}" in text
    assert "*Against:* the schema has not changed" in text
    assert "*Missing:* an offline recomputation" in text
    assert "*First:* Serve without distance" in text
    assert [i for i in range(9) if f"cause {i}" not in text] == []


def test_a_question_of_many_answers_carries_each_answer_whole() -> None:
    options = tuple(f"model-{i}" + "-x" * 20 for i in range(30))
    step = replace(ASK, options=options)

    rendered = render(cards.Question(incident="1a2b3c4d", step=step, asked=""))

    (menu,) = [one for one in elements_of(rendered) if one["type"] == "static_select"]
    assert [one["value"].split("\n")[2] for one in menu["options"]] == list(options)


def test_a_name_with_brackets_pings_nobody() -> None:
    loud = "<!channel> <@U0EVIL> @here & <https://evil|x>"
    incident = replace(
        INCIDENT, title=loud, roles={"lead": Person(name=loud, id=loud)}, room=loud,
        room_name=loud, diagnosis=replace(
            DIAGNOSIS, findings=(replace(MISSING, says=loud, subject={loud: loud}),),
            hypotheses=(replace(DIAGNOSIS.hypotheses[0], cause=loud, says=loud, change=loud),),
        ),
    )  # fmt: skip

    for card in (
        cards.Situation(
            incident=incident, next_step=loud, links=(cards.Link(says=loud, url=loud),)
        ),
        cards.Ranking(incident=incident),
        cards.Announcement(incident=incident),
        cards.Notice(says=loud, lines=(loud,)),
    ):
        assert foreign(render(card)) == []
        assert "&lt;!channel&gt;" in "\n".join(marked(render(card)))


def test_an_incident_without_a_diagnosis_says_what_the_alert_said() -> None:
    incident = replace(INCIDENT, diagnosis=None)

    text = "\n".join(texts_of(render(cards.Situation(incident=incident, next_step="Look"))))

    assert "delays accuracy (region=eu) now 0.780" in text
    assert "21 Nov 2026 12:00 UTC" in text
