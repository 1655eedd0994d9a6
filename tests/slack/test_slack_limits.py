"""No value makes a message or a modal that Slack refuses, or that pings."""

import re
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot import cards
from bot.incident import ActionItem, Finding, Incident, Person, Playbook, Progress, Step
from bot.slack import limits
from bot.slack.blocks import render
from bot.slack.limits import Block
from bot.slack.modals import (
    answer_modal,
    finding_modal,
    home_view,
    new_modal,
    resolve_modal,
    run_modal,
)
from bot.slack.origin import Origin, unpacked_origin
from bot.sockets import Check
from bot.workspace.blockkit.blocks import check_blocks
from bot.workspace.blockkit.views import check_view
from tests.slack.reading import broken, foreign
from tests.slack.samples import DIAGNOSIS, INCIDENT

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

    assert broken(rendered) == []
    assert foreign(rendered) == []
    assert check_blocks(rendered.blocks, surface="message") == []


def _numbered(found: list[Incident]) -> list[Incident]:
    return [replace(one, id=f"{place:08x}") for place, one in enumerate(found * 40)]


MODALS = st.one_of(
    st.builds(new_modal, st.just(Origin()), models=st.lists(SHORT | TEXT, max_size=120)),
    st.builds(finding_modal, st.just(Origin()), text=TEXT,
              incidents=st.none() | st.lists(incidents(), min_size=1, max_size=4).map(_numbered)),
    st.builds(resolve_modal, st.just(Origin()), cause=TEXT),
    st.builds(answer_modal, st.just(Origin()), question=TEXT),
    st.lists(SHORT, max_size=120).map(lambda names: run_modal(Origin(), checks={
        name: Check(name=name, question=name * 5, arguments={}, run=lambda _: ())
        for name in names
    })),
)  # fmt: skip


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(MODALS)
def test_no_value_makes_a_modal_that_slack_refuses(view: Block) -> None:
    assert check_view(view, surface="modal") == []


def test_a_home_of_many_incidents_counts_those_it_leaves_out() -> None:
    lines = [f"incident {i}" for i in range(300)]
    button = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "New"}}

    view = home_view((INCIDENT,) * 300, lines=lines, new=button)

    assert check_view(view, surface="home") == []
    assert view["blocks"][-1]["text"]["text"] == "… and 203 more"


@given(st.builds(Origin, incident=SHORT, step=SHORT, room=SHORT, reply_to=TEXT, message=SHORT))
def test_a_modal_remembers_where_it_was_opened(origin: Origin) -> None:
    packed = origin.packed()

    whole = len(packed) > 0 and unpacked_origin(packed) == origin
    assert len(packed) <= limits.PRIVATE_METADATA
    assert whole or (len(origin.reply_to) > 2_000 and unpacked_origin(packed).step == origin.step)


def test_what_is_cut_ends_in_an_ellipsis_and_never_inside_an_entity() -> None:
    cut = [limits.cut_mrkdwn("ab &amp; <https://x.org|y> cd", length) for length in range(4, 29)]

    assert [text for text in cut if not text.endswith("…")] == []
    assert [text for text in cut if re.search(r"&(?!amp;)|<(?![^>]*>)", text)] == []
    assert limits.cut_mrkdwn("ab &amp; cd", 11) == "ab &amp; cd"
