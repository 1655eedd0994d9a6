"""What the cards show, and that no value makes a message that Slack refuses or that pings."""

import json
import os
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot import cards
from bot.incident import ActionItem, Finding, Incident, Person, Playbook, Progress, Step
from bot.slack import limits
from bot.slack.blocks import Rendered, render
from tests.slack.samples import (
    DIAGNOSIS,
    FRESH,
    INCIDENT,
    MISSING,
    MITIGATED,
    PLAYBOOK,
    RESOLVED,
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
    "ranking": cards.Ranking(incident=INCIDENT),
    "question": cards.Question(incident=INCIDENT.id, step=ASK, asked="Maria"),
    "question_answered": cards.Question(
        incident=INCIDENT.id, step=ASK, asked="Maria", answer="yes"
    ),
    "task": cards.Task(incident=INCIDENT.id, step=DO),
    "task_done": cards.Task(incident=INCIDENT.id, step=DO, taken_by="Maria", done=True),
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

    assert {element["action_id"] for element in _elements(rendered)} == {
        "press.lead", "open.run", "open.finding", "open.action", "press.severity",
        "open.mitigate", "open.resolve", "press.postmortem",
    }  # fmt: skip


def test_a_resolved_situation_offers_to_reopen() -> None:
    rendered = render(CARDS["situation_resolved"])

    ids = {element["action_id"] for element in _elements(rendered)}
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

    assert _broken(rendered) == []
    text = "\n".join(_texts(rendered))
    assert f"{steps // 2} of {steps} done" in text
    sections = len({step.section for step in playbook.steps})
    more = re.search(r"and (\d+) more sections", text)
    shown = len(set(re.findall(r"\*Part (\d+)\*", text)))
    assert shown + (int(more[1]) if more else 0) == sections


def test_a_checklist_that_is_short_shows_each_step_with_its_state() -> None:
    text = "\n".join(_texts(render(CARDS["checklist"])))

    assert [step.says for step in PLAYBOOK.steps if step.says not in text] == []
    assert "🔴 How deep, since when? — 0.912 → 0.781 since 12:00" in text
    assert "💬 Do users notice? — yes · Maria" in text
    assert "⏳ Missing values?" in text
    assert "⬜ Roll back" in text


def test_what_does_not_fit_is_counted() -> None:
    many = tuple(replace(MISSING, id=f"f{i}") for i in range(27))
    items = tuple(ActionItem(number=i, says="x") for i in range(40))

    found = _texts(render(cards.Findings(title="t", question="q", findings=many)))
    open_ones = _texts(render(cards.IncidentList(incidents=(INCIDENT,) * 30)))
    listed = _texts(render(cards.ActionList(incident="i", actions=items)))
    lines = _texts(render(cards.Notice(says="x", lines=("line",) * 42)))

    assert found[-1] == "… and 12 more findings"
    assert open_ones[-1] == "… and 5 more incidents"
    assert listed[-1] == "… and 15 more action items"
    assert lines[-1].endswith("… and 12 more lines")


def test_the_ranking_keeps_what_speaks_for_and_against_and_the_discounted() -> None:
    best = DIAGNOSIS.hypotheses[0]
    many = tuple(replace(best, cause=f"cause_{i}", confidence=0.01) for i in range(9))
    diagnosis = replace(DIAGNOSIS, hypotheses=(best, *many))

    text = "\n".join(_texts(render(cards.Ranking(incident=replace(INCIDENT, diagnosis=diagnosis)))))

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

    (menu,) = [one for one in _elements(rendered) if one["type"] == "static_select"]
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
        assert _foreign(render(card)) == []
        assert "&lt;!channel&gt;" in "\n".join(_marked(render(card)))


LOUD = ("<!channel>", "<!here|x>", "<@U0EVIL>", "&lt;", "*", "\n", "`", "x" * 4_000, "😀" * 200)
TEXT = st.one_of(st.sampled_from(LOUD), st.text(max_size=60)).flatmap(
    lambda one: st.text(max_size=10).map(lambda two: two + one + two)
)
SHORT = st.text(alphabet="abc_.-", min_size=1, max_size=40)
FIGURE = st.floats(width=32)
TIMES = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)).map(  # noqa: DTZ001 - hypothesis wants naive bounds
    lambda at: at.replace(tzinfo=UTC)
)
PEOPLE = st.builds(Person, name=TEXT, id=TEXT)
STEPS = st.builds(
    Step, key=SHORT, says=TEXT, section=TEXT, args=st.just({}), when=st.none(),
    options=st.lists(TEXT, max_size=40).map(tuple), who=st.none(), check=st.none(),
)  # fmt: skip
FINDINGS = st.builds(
    Finding, check=TEXT, says=TEXT, id=TEXT, subject=st.just({}), doubt=TEXT,
    figures=st.dictionaries(TEXT, FIGURE, max_size=6), since=st.none() | TIMES,
    strength=FIGURE, rows=st.integers(0, 10**12),
)  # fmt: skip


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    findings = tuple(draw(st.lists(FINDINGS, max_size=3)))
    hypothesis = st.builds(
        lambda cause, says, confidence, names, missing: replace(
            DIAGNOSIS.hypotheses[0], cause=cause, says=says, confidence=confidence,
            evidence=names, against=names, missing=missing, change=says,
        ),
        TEXT, TEXT, FIGURE, st.lists(TEXT, max_size=5).map(tuple),
        st.lists(TEXT, max_size=5).map(tuple),
    )  # fmt: skip
    hypotheses = tuple(draw(st.lists(hypothesis, max_size=12)))
    return replace(
        INCIDENT, title=draw(TEXT), status=draw(st.sampled_from(("mitigated", "investigating",
                                                                 "resolved"))),
        roles=draw(st.dictionaries(st.just("lead"), PEOPLE)), room=draw(st.none() | TEXT),
        room_name=draw(st.none() | TEXT), cause=draw(TEXT), resolution=draw(TEXT),
        mitigation=draw(TEXT), key=replace(
            INCIDENT.key, model=draw(st.none() | TEXT), metric=draw(st.none() | TEXT),
            segment=tuple(draw(st.lists(st.tuples(TEXT, TEXT), max_size=3))),
        ),
        diagnosis=draw(st.sampled_from((None, replace(DIAGNOSIS, findings=findings,
                                                      hypotheses=hypotheses)))),
        actions=tuple(
            ActionItem(number=i, says=draw(TEXT), owner=draw(st.none() | PEOPLE),
                       due=draw(st.none() | st.dates()), done_at=draw(st.none() | TIMES))
            for i in range(draw(st.integers(0, 4)))
        ),
        progress=draw(st.dictionaries(SHORT, st.builds(
            Progress, state=st.sampled_from(("suspect", "clear", "done", "waiting")),
            says=TEXT, by=TEXT), max_size=4)),
    )  # fmt: skip


class Drawn:
    """A card whose `repr` stays short: hypothesis warns of long ones."""

    def __init__(self, card: cards.Card) -> None:
        self.card = card

    def __repr__(self) -> str:
        return repr(self.card)[:2_000]


LINK = st.builds(
    cards.Link, says=TEXT, url=st.one_of(TEXT, TEXT.map(lambda tail: f"https://x.org/{tail}"))
)
PLAYBOOKS = st.builds(Playbook, name=TEXT, says=TEXT, steps=st.lists(STEPS, max_size=60).map(tuple))
ANY_CARD = st.one_of(
    st.builds(cards.Situation, incident=incidents(), next_step=TEXT,
              links=st.lists(LINK, max_size=12).map(tuple)),
    st.builds(cards.ChecklistCard, incident=incidents(), playbook=PLAYBOOKS),
    st.builds(cards.Findings, title=TEXT, question=TEXT,
              findings=st.lists(FINDINGS, max_size=30).map(tuple)),
    st.builds(cards.Ranking, incident=incidents()),
    st.builds(cards.Question, incident=st.just("1a2b3c4d"), step=STEPS, asked=TEXT, answer=TEXT),
    st.builds(cards.Task, incident=st.just("1a2b3c4d"), step=STEPS, taken_by=TEXT),
    st.builds(cards.Announcement, incident=incidents()),
    st.builds(cards.IncidentList, incidents=st.lists(incidents(), max_size=4).map(tuple)),
    incidents().map(lambda one: cards.ActionList(incident=one.id, actions=one.actions * 9)),
    st.builds(cards.Notice, says=TEXT, lines=st.lists(TEXT, max_size=60).map(tuple),
              links=st.lists(LINK, max_size=12).map(tuple), mood=TEXT),
)  # fmt: skip


@settings(
    deadline=None, max_examples=200,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(ANY_CARD.map(Drawn))
@example(Drawn(cards.Notice(says="", lines=("",))))
@example(Drawn(cards.Notice(says="&" * 5_000, lines=("&" * 500,) * 40)))
def test_no_value_breaks_a_limit_or_brings_a_bracket_of_its_own(drawn: Drawn) -> None:
    rendered = render(drawn.card)

    assert _broken(rendered) == []
    assert _foreign(rendered) == []


OURS = re.compile(r"<https?://[^<>|\s]+\|[^<>|]*>|<@U0MARIA>|<#C0INC>")


def _foreign(rendered: Rendered) -> list[str]:
    """Texts in which a bracket is left when our own links and mentions are taken out."""
    return [text for text in _marked(rendered) if re.search("[<>]", OURS.sub("", text))]


def _marked(rendered: Rendered) -> list[str]:
    return [rendered.text, *(
        one["text"] for block in rendered.blocks for one in _walk(block)
        if one.get("type") == "mrkdwn"
    )]  # fmt: skip


def _texts(rendered: Rendered) -> list[str]:
    return [
        one["text"] for block in rendered.blocks for one in _walk(block)
        if one.get("type") in {"mrkdwn", "plain_text"}
    ]  # fmt: skip


def _elements(rendered: Rendered) -> list[limits.Block]:
    return [
        element for block in rendered.blocks if block["type"] == "actions"
        for element in block["elements"]
    ]  # fmt: skip


def _walk(value: object) -> list[limits.Block]:
    if isinstance(value, dict):
        return [value, *(one for inner in value.values() for one in _walk(inner))]
    return [one for inner in value for one in _walk(inner)] if isinstance(value, list) else []


MOST = {
    "header": 150, "section": 3_000, "context": 3_000, "button": 75, "option": 75, "field": 2_000,
}  # fmt: skip


def _broken(rendered: Rendered) -> list[str]:
    """Slack's limits that the message breaks, written down a second time from its documentation."""
    blocks = rendered.blocks
    ids = Counter(block["block_id"] for block in blocks)
    faults = [f"block id {name} comes {times} times" for name, times in ids.items() if times > 1]
    faults += [f"block id {name[:20]} is too long" for name in ids if not 1 <= len(name) <= 255]
    if not 1 <= len(blocks) <= 50:
        faults.append(f"{len(blocks)} blocks")
    if sum(len(text) for text in _texts(rendered)) > 13_000:
        faults.append("msg_blocks_too_long")
    for block in blocks:
        most = MOST.get(block["type"], 3_000)
        faults += _text_faults(block["type"], block.get("text"), most)
        faults += [f for one in block.get("fields", []) for f in _text_faults("field", one, 2_000)]
        inner = [*block.get("elements", []), *filter(None, [block.get("accessory")])]
        if block["type"] == "section" and not ("text" in block or block.get("fields")):
            faults.append("empty section")
        if len(block.get("fields", [])) > 10 or len(inner) > (
            10 if block["type"] == "context" else 25
        ):
            faults.append(f"too many parts in {block['block_id']}")
        if block["type"] == "actions" and not inner:
            faults.append("empty actions")
        action_ids = [one["action_id"] for one in inner if "action_id" in one]
        if len(set(action_ids)) != len(action_ids):
            faults.append("action ids repeat")
        faults += [fault for one in inner for fault in _element_faults(one)]
    return faults


def _element_faults(element: limits.Block) -> list[str]:
    if element["type"] == "button":
        faults = _text_faults("button", element["text"], 75)
        return faults + ["value"] * (len(element.get("value", "")) > 2_000)
    if element["type"] == "static_select":
        options = element["options"]
        faults = ["options"] * (not 1 <= len(options) <= 100)
        faults += [f for one in options for f in _text_faults("option", one["text"], 75)]
        return faults + ["option value"] * any(not 1 <= len(one["value"]) <= 150 for one in options)
    return _text_faults("context", element, 3_000)


def _text_faults(where: str, text: limits.Block | None, most: int) -> list[str]:
    if text is None:
        return []
    length = len(text["text"])
    return [] if 1 <= length <= most and text["text"].strip() else [f"{where} text of {length}"]


def test_what_is_cut_ends_in_an_ellipsis_and_never_inside_an_entity() -> None:
    cut = [limits.cut_mrkdwn("ab &amp; <https://x.org|y> cd", length) for length in range(4, 29)]

    assert [text for text in cut if not text.endswith("…")] == []
    assert [text for text in cut if re.search(r"&(?!amp;)|<(?![^>]*>)", text)] == []
    assert limits.cut_mrkdwn("ab &amp; cd", 11) == "ab &amp; cd"


def test_an_incident_without_a_diagnosis_says_what_the_alert_said() -> None:
    incident = replace(INCIDENT, diagnosis=None)

    text = "\n".join(_texts(render(cards.Situation(incident=incident, next_step="Look"))))

    assert "delays accuracy (region=eu) now 0.780" in text
    assert "21 Nov 2026 12:00 UTC" in text
