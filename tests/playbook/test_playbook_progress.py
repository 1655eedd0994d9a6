from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from textwrap import dedent

import pytest

from bot.incident import (
    AllOf,
    AnyOf,
    Cause,
    Condition,
    Diagnosis,
    Hypothesis,
    Incident,
    Is,
    Measure,
    Not,
    Playbook,
)
from bot.playbook import condition_words, has_ended, holds, is_due, next_step, words

Made = Callable[..., Incident]

DONE, OPEN, NOT_DONE = (
    Is(step="a", word="done"),
    Is(step="b", word="done"),
    Is(step="c", word="done"),
)
"""Under `abc`: one that holds, one still to come, one that does not hold."""


def ranked(incident: Incident, **confidences: float) -> Incident:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    measure = Measure(value=0.9, rows=100, start=at, end=at)
    return replace(
        incident,
        diagnosis=Diagnosis(
            model="delays", metric="accuracy", at=at, verdict="degraded", baseline=measure,
            current=measure, onset=None, findings=(),
            hypotheses=tuple(
                Hypothesis(cause=cause, confidence=confidence, says="")
                for cause, confidence in confidences.items()
            ),
        ),
    )  # fmt: skip


@pytest.fixture
def abc(incident: Made) -> Incident:
    return incident(a="done", b="running", c="skipped")


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (DONE, True),
        (OPEN, None),
        (NOT_DONE, False),
        (Is(step="c", word="skipped"), True),
        (Is(step="never-begun", word="done"), None),
        (Not(part=DONE), False),
        (Not(part=OPEN), None),
        (Not(part=NOT_DONE), True),
        (AllOf(parts=(DONE, DONE)), True),
        (AllOf(parts=(DONE, OPEN)), None),
        (AllOf(parts=(OPEN, NOT_DONE)), False),
        (AnyOf(parts=(OPEN, DONE)), True),
        (AnyOf(parts=(OPEN, NOT_DONE)), None),
        (AnyOf(parts=(NOT_DONE, NOT_DONE)), False),
    ],
)
def test_a_condition_is_open_only_while_its_answer_could_still_change(
    condition: Condition,
    found: bool | None,  # noqa: FBT001 - the expected value
    abc: Incident,
) -> None:
    assert holds(condition, abc) is found


def test_an_answer_is_compared_as_people_write(incident: Made) -> None:
    answered = incident(sure=("answered", "Yes"))

    assert holds(Is(step="sure", word="yes"), answered) is True
    assert holds(Is(step="sure", word="no"), answered) is False
    assert holds(Is(step="sure", word="answered"), answered) is True


def test_the_words_of_a_check_are_no_answer(incident: Made) -> None:
    said = incident(missing=("suspect", "clear"))

    assert holds(Is(step="missing", word="clear"), said) is False


def test_a_condition_on_the_cause_waits_for_the_ranking(incident: Made) -> None:
    cause = Cause(causes=("model_version",), at_least=0.5)

    assert holds(cause, incident()) is None
    assert holds(cause, ranked(incident())) is False
    assert holds(cause, ranked(incident(), model_version=0.5, join_break=0.2)) is True
    assert holds(cause, ranked(incident(), model_version=0.49)) is False
    assert holds(cause, ranked(incident(), join_break=0.5, model_version=0.5)) is False


def test_causes_that_share_their_confidence_count_together(incident: Made) -> None:
    cause = Cause(causes=("model_version", "dependency_upgrade"), at_least=0.5)

    shared = ranked(incident(), model_version=0.3, dependency_upgrade=0.2, unknown=0.1)

    assert holds(cause, shared) is True


def test_any_cause_is_whichever_leads_by_itself(incident: Made) -> None:
    leads = Cause(causes=(), at_least=0.5)

    assert holds(leads, ranked(incident(), concept_drift=0.5)) is True
    assert holds(leads, ranked(incident(), concept_drift=0.3, join_break=0.3)) is False


@pytest.fixture
def playbook(parse: Callable[[str], Playbook]) -> Playbook:
    return parse(
        dedent("""\
        says: x
        sections:
          - title: y
            steps:
              - {key: missing, check: data.missing}
              - {key: ask, ask: Who is hurt, options: [us, them]}
              - {key: fix, do: Fix the feed., when: {step: missing, is: suspect}}
              - {key: tell, do: Tell them., who: '@li', when: {step: ask, is: them}}
        """)
    )


def test_the_next_step_is_the_first_whose_turn_it_is(playbook: Playbook, incident: Made) -> None:
    def following(**states: object) -> str | None:
        step = next_step(playbook, incident(**states))
        return step.key if step else None

    assert following() == "missing"
    assert following(missing="running") == "missing"
    assert following(missing="suspect") == "ask"
    assert following(missing="suspect", ask=("answered", "us")) == "fix"
    assert following(missing="clear", ask=("answered", "them")) == "tell"
    assert following(missing="clear", ask=("answered", "us")) is None
    assert following(missing="suspect", ask="skipped", fix="done") is None


def test_a_step_is_due_only_while_its_condition_holds(playbook: Playbook, incident: Made) -> None:
    fix = playbook.step("fix")
    assert fix is not None

    assert not is_due(fix, incident())
    assert is_due(fix, incident(missing="suspect"))
    assert not is_due(fix, incident(missing="suspect", fix="done"))
    assert has_ended(fix, incident(fix="skipped"))


def test_a_step_says_what_it_is_and_whose(playbook: Playbook) -> None:
    assert [words(step) for step in playbook.steps] == [
        "Check: Is a feature missing more often than before?",
        "Ask (the lead): Who is hurt",
        "Do (the owner): Fix the feed.",
        "Do (@li): Tell them.",
    ]


def test_a_condition_can_be_said() -> None:
    condition = AllOf(
        parts=(
            AnyOf(parts=(Is(step="a", word="suspect"), Is(step="b", word="unknown"))),
            Not(part=Cause(causes=("concept_drift", "join_break"), at_least=0.5)),
            Cause(causes=()),
        )
    )

    assert condition_words(condition) == (
        "(a is suspect or b is unknown) and not (the leading cause is concept drift or join break"
        " with 50% or more) and a cause leads"
    )
