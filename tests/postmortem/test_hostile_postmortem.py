"""No text from outside, and no order of facts, breaks a post-mortem."""

from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.incident import Call, Fact, Person, fold
from bot.incident import timeline as t
from bot.postmortem import Postmortem, write_postmortem
from bot.render import Renderer, one_line
from bot.shipped import shipped

from .conftest import (
    FINDINGS,
    LI,
    MARIA,
    Story,
    alert,
    diagnosis,
    opening,
    reading,
)

RENDERER = Renderer([shipped("templates")])
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ATTACKS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>',
    "<!channel>", "| a | b |\n|---|---|", "[x](javascript:alert(1))", "![x](https://evil.example)",
    "{{ 7 * 7 }}{% raw %}", "# Heading", "\n\n## Root cause\n\n- nobody", "</table></main>", "```",
    "&lt;b&gt;", "\\", "--- | ---", "<https://evil.example>", "\u202eevil", "a\0b", "' onclick='x",
]  # fmt: skip
TEXT = (st.sampled_from(ATTACKS) | st.text(max_size=30)).filter(one_line)
LINKS = ["javascript:alert(1)", 'https://x.example/)(<>" a=b', "data:text/html,x", "//x", ""]


class Page(HTMLParser):
    """Collects tags and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def hostile(text: str, link: str) -> Story:
    """A story with the text everywhere a text can come from outside."""
    person = Person(name=text)
    finding = replace(
        FINDINGS[1], says=text, doubt=text, subject={text: text}, figures={text: 0.5}, id=text
    )
    found = diagnosis()
    told = replace(
        found,
        metric=text,
        findings=(finding, replace(finding, verdict="clear"), replace(finding, verdict="unknown")),
        hypotheses=tuple(
            replace(
                each, says=text, cause=text, change=text, evidence=(text,), against=(text,),
                missing=(text,), segments=({text: text},),
            )
            for each in found.hypotheses
        ),
    )  # fmt: skip
    given = alert(title=text, sender=text, link=link, model=text, metric=text)
    story = Story()
    facts: list[Fact] = [
        opening(given, says=text), t.RoomOpened(id="C1", name=text), t.AlertJoined(alert=given),
        t.StepMoved(step=text, title=text, state="suspect", says=text, findings=(finding,)),
        t.StepMoved(step="b", title=text, state="answered", says=text),
        t.StepMoved(step="c", title=text, state="running"),
        t.Diagnosed(diagnosis=told), t.FindingRecorded(says=text, link=link),
        t.FindingRecorded(says=f"well: {text}"), t.RoleTaken(role=text, person=person),
        t.ActionAdded(number=1, says=text, owner=person, due=date(2026, 3, 9)),
        t.ActionAdded(number=2, says=text),
        t.RollbackAsked(id="r", call=Call(method="POST", url=link, body=text, says=text),
                        until=datetime(2026, 3, 9, tzinfo=UTC), why=text),
        t.RollbackEnded(id="r", state="failed", says=text), t.Mitigated(says=text),
        t.Watched(reading=reading(60, 0.9)), t.Recovered(reading=reading(60, 0.9), windows=1),
        t.Resolved(cause=text, says=text),
    ]  # fmt: skip
    for place, fact in enumerate(facts):
        story.tell(36 + place, fact, person, link)
    return story


def write(story: Story) -> Postmortem:
    return write_postmortem(fold(story.entries), story.timeline, renderer=RENDERER)


QUIET = write(hostile("x", "https://x.example/"))


@given(text=TEXT, link=st.sampled_from(LINKS))
@settings(max_examples=30, deadline=None)
def test_hostile_text_adds_no_tag_to_the_page(text: str, link: str) -> None:
    page = Page()

    page.feed(write(hostile(text, link)).html)

    expected = Page()
    expected.feed(QUIET.html)
    assert set(page.tags) <= set(expected.tags)
    assert {name for name, _ in page.attributes} <= {name for name, _ in expected.attributes}
    for name, value in page.attributes:
        if name == "href":
            assert (value or "").startswith(("https://x.example/", "#open-points"))


@given(text=TEXT, link=st.sampled_from(LINKS))
@settings(max_examples=30, deadline=None)
def test_hostile_text_adds_no_structure_to_the_markdown(text: str, link: str) -> None:
    tokens = MARKDOWN.parse(write(hostile(text, link)).markdown)

    flat = [*tokens, *(child for token in tokens for child in token.children or ())]
    assert not [
        token for token in flat if token.type.startswith(("html", "code", "fence", "image"))
    ]
    links = [str(token.attrGet("href")) for token in flat if token.type == "link_open"]
    assert all(href.startswith("https://x.example/") for href in links)
    assert headings(tokens)[1:] == headings(MARKDOWN.parse(QUIET.markdown))[1:]
    assert cells(tokens) == cells(MARKDOWN.parse(QUIET.markdown))


def headings(tokens: list[Token]) -> list[str]:
    return [
        tokens[place + 1].content
        for place, token in enumerate(tokens)
        if token.type == "heading_open"
    ]


def cells(tokens: list[Token]) -> int:
    return sum(token.type == "td_open" for token in tokens)


FACTS: list[Fact] = [
    t.AlertJoined(alert=alert(40, id="a2")), t.AlertCleared(alert=alert(status="resolved")),
    t.ModelNamed(model="delays", metric="accuracy", playbook="accuracy-drop"),
    t.StepMoved(step="a", title="A?", state="running"),
    t.StepMoved(step="a", title="A?", state="suspect", findings=FINDINGS[:1]),
    t.StepMoved(step="b", title="B?", state="answered", says="yes"),
    t.StepMoved(step="c", title="C", state="skipped"), t.CheckRun(check="x", findings=FINDINGS),
    t.CheckRun(check="x", findings=()), t.Diagnosed(diagnosis=diagnosis()),
    t.Diagnosed(diagnosis=diagnosis(verdict="healthy", onset=None, hypotheses=(), findings=())),
    t.Diagnosed(diagnosis=diagnosis(verdict="no_labels", onset=None)),
    t.FindingRecorded(says="so"), t.SeveritySet(severity="sev3"),
    t.RoleTaken(role="lead", person=MARIA), t.ActionAdded(number=1, says="do"),
    t.ActionDone(number=1), t.Mitigated(says="fixed"), t.Watched(reading=reading(60, 0.9)),
    t.Watched(reading=reading(0, 0.7)), t.Watched(reading=reading(120, None, rows=0)),
    t.Recovered(reading=reading(60, 0.9), windows=3), t.Resolved(), t.Resolved(cause="join_break"),
    t.Reopened(), t.PostmortemWritten(path="x.md"),
]  # fmt: skip


@given(
    told=st.lists(st.tuples(st.floats(0, 2_000), st.sampled_from(FACTS)), max_size=12),
    first=st.sampled_from([alert(), alert(model=None, metric=None, value=None, link=None), None]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_order_of_facts_makes_a_document_and_makes_it_again(
    told: list[tuple[float, Fact]], first: object
) -> None:
    story = Story()
    story.tell(0, opening(first))  # type: ignore[arg-type]  # an alert or none
    minutes = 0.0
    for waited, fact in told:
        minutes += waited
        story.tell(minutes, fact, LI)

    document = write(story)

    assert document == write(story)
    assert document.markdown.count("\n## ") == 11
    assert "None" not in document.markdown.replace("\nNone.", "").replace("\nNone is", "")
