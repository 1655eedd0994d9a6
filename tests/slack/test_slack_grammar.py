"""What people type after `/incident`."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import RequestError
from bot.slack.forms import ALIASES, FORMS, help_on
from bot.slack.grammar import Command, Form, Help, parse
from bot.sockets import Argument, Check

CHECKS = {
    "data.missing": Check(
        name="data.missing", question="Is a feature missing?", run=lambda _: (),
        arguments={
            "floor": Argument(kind=float, default=0.05), "rows": Argument(kind=int, default=10),
            "strict": Argument(kind=bool, default=False),
            "feature": Argument(kind=str, default=""),
        },
    ),
    "data.schema": Check(name="data.schema", question="?", run=lambda _: (), arguments={}),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "verb", "args"),
    [
        ("list", "list", {}),
        ("  STATUS ", "status", {}),
        ("checklist", "checklist", {}),
        ("postmortem", "postmortem", {}),
        ("post-mortem", "postmortem", {}),
        ("new delays is worse since noon", "new", {"title": "delays is worse since noon"}),
        ("declare delays is worse", "new", {"title": "delays is worse"}),
        (
            'new "odd scores" today model=delays severity=2 metric=auc',
            "new",
            {"title": '"odd scores" today', "model": "delays", "severity": "sev2", "metric": "auc"},
        ),
        ("new model=delays playbook=data-pipeline", "new",
         {"title": "delays", "model": "delays", "playbook": "data-pipeline"}),
        ("new f1=0.3 is low", "new", {"title": "f1=0.3 is low"}),
        ("new model=delays metric=auc", "new",
         {"title": "delays auc", "model": "delays", "metric": "auc"}),
        ("run data.missing", "run", {"check": "data.missing"}),
        ("run data.missing floor=0.1 strict=yes", "run",
         {"check": "data.missing", "floor": "0.1", "strict": "yes"}),
        ("run data.missing feature=“air time”", "run",
         {"check": "data.missing", "feature": "air time"}),
        ("finding nulls &lt;50% &amp; rising", "finding", {"says": "nulls <50% & rising"}),
        ("rollback", "rollback", {}),
        ("rollback to=12 worse since &lt;noon&gt;", "rollback",
         {"to": "12", "says": "worse since <noon>"}),
        ("finding\nthe join broke", "finding", {"says": "the join broke"}),
        ("finding ask <@U123|maria> in <#C1|general>", "finding",
         {"says": "ask @maria in #general"}),
        ("finding see <https://x.org/a|the board>", "finding",
         {"says": "see the board (https://x.org/a)"}),
        ("action add fix the join @bob by 2026-12-01", "action.add",
         {"says": "fix the join", "owner": "bob", "due": "2026-12-01"}),
        ("action add fix the join by 2026-12-1 <@U0BOB|bob>", "action.add",
         {"says": "fix the join", "owner": "U0BOB", "due": "2026-12-01"}),
        ("action add fix it by hand", "action.add", {"says": "fix it by hand"}),
        ("action add tell <@U1> and <@U2> off", "action.add",
         {"says": "tell @U1 and off", "owner": "U2"}),
        ("action done #3", "action.done", {"number": "3"}),
        ("action done 03", "action.done", {"number": "3"}),
        ("action list", "action.list", {}),
        ("action", "action.list", {}),
        ("actions", "action.list", {}),
        ("severity SEV-1", "severity", {"level": "sev1"}),
        ("sev 4", "severity", {"level": "sev4"}),
        ("role lead @maria", "role", {"role": "lead", "person": "maria"}),
        ("role lead <@U123|maria>", "role", {"role": "lead", "person": "U123"}),
        ("role lead", "role", {"role": "lead"}),
        ("lead", "role", {"role": "lead"}),
        ("mitigate rolled back to v12", "mitigate", {"says": "rolled back to v12"}),
        ('resolve cause="the join broke" fixed it', "resolve",
         {"cause": "the join broke", "says": "fixed it"}),
        ("resolve cause=join_break", "resolve", {"cause": "join_break"}),
        ("close it healed", "resolve", {"says": "it healed"}),
        ("reopen", "reopen", {}),
        ("reopen it is back", "reopen", {"says": "it is back"}),
        ("model delays", "model", {"model": "delays"}),
    ],
)  # fmt: skip
def test_a_line_becomes_a_verb_with_its_arguments(
    text: str, verb: str, args: dict[str, str]
) -> None:
    said = parse(text, checks=CHECKS)

    assert isinstance(said, Command)
    assert (said.verb, said.args) == (verb, args)


@pytest.mark.parametrize(
    ("text", "verb"),
    [("new", "new"), ("finding", "finding"), ("action add", "action.add"), ("run", "run"),
     ("mitigate", "mitigate"), ("resolve", "resolve")],
)  # fmt: skip
def test_a_verb_that_wants_words_and_has_none_asks_by_a_form(text: str, verb: str) -> None:
    said = parse(text, checks=CHECKS)

    assert said == Form(verb=verb)  # type: ignore[arg-type]  # the table above is of verbs


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sevrity sev1", ["did you mean “severity”", "/incident help"]),
        ("frobnicate", ["no “frobnicate”", "/incident help"]),
        ("<!channel>", ["no “@channel”"]),
        ("run data.mising", ["did you mean “data.missing”", "/incident run CHECK"]),
        ("run data.missing flor=0.1", ["did you mean “floor”"]),
        ("run data.missing floor=much", ["floor is a number", "default 0.05"]),
        ("run data.missing rows=1.5", ["rows is a whole number"]),
        ("run data.missing strict=perhaps", ["strict is true or false"]),
        ("run data.missing floor=1 floor=2", ["twice"]),
        ("run data.missing quickly", ["“quickly” is no argument", "name=value"]),
        ("severity 5", ["no severity", "sev1|sev2|sev3|sev4"]),
        ("severity", ["Which severity", "/incident severity"]),
        ("role", ["/incident role lead"]),
        ("action done", ["/incident action done NUMBER"]),
        ("action done all", ["/incident action done NUMBER"]),
        ("action ad fix it", ["did you mean “add”", "/incident action add"]),
        ("action add fix it by 2026-02-30", ["2026-02-30 is no day", "YYYY-MM-DD"]),
        ("action add @bob", ["What is to be done"]),
        ("new modle=delays is worse", ["did you mean “model”", "/incident new"]),
        ("new severity=9 worse", ["no severity"]),
        ("model", ["/incident model NAME"]),
    ],
)
def test_what_cannot_be_understood_comes_back_with_the_right_form(
    text: str, words: list[str]
) -> None:
    with pytest.raises(RequestError) as refused:
        parse(text, checks=CHECKS)

    assert [word for word in words if word not in str(refused.value)] == []


@pytest.mark.parametrize("text", ["", "help", "  ", "?"])
def test_nothing_or_help_shows_every_form(text: str) -> None:
    said = parse(text, checks=CHECKS)

    assert said == Help()
    assert len(help_on("").lines) == len(FORMS)


def test_help_on_a_verb_shows_its_forms_alone() -> None:
    said = parse("help action", checks=CHECKS)

    assert said == Help(topic="action")
    assert [line for line in help_on("action").lines if "action" not in line] == []
    assert len(help_on("action").lines) == 3


def test_every_form_of_the_help_is_understood() -> None:
    verbs = {form for form in FORMS if form != "help"}

    filled = {"severity": "severity sev1", "role": "role lead", "model": "model delays",
              "action done": "action done 1"}  # fmt: skip
    said = {verb: parse(filled.get(verb, verb), checks=CHECKS) for verb in verbs}

    assert {
        verb.replace(" ", "."): one.verb for verb, one in said.items() if not isinstance(one, Help)
    } == {verb.replace(" ", "."): verb.replace(" ", ".") for verb in verbs}


def test_every_alias_means_a_verb_of_the_table() -> None:
    firsts = {form.partition(" ")[0] for form in FORMS}

    assert set(ALIASES.values()) <= firsts
    assert not set(ALIASES) & firsts


WORDS = st.sampled_from(
    [*(form.partition(" ")[0] for form in FORMS), *ALIASES, "action add", "action done",
     "data.missing", "floor=", "@", "<@U1|m>", "by", "2026-12-01", '"', "“", "=", "<", "|", "&lt;",
     "cause=", "model=", "٣", "9" * 5000]
)  # fmt: skip


@given(
    st.one_of(st.text(), st.lists(st.one_of(WORDS, st.text(max_size=8)), max_size=8).map(" ".join))
)
@example("action done ٣")
@example("run data.missing rows=" + "9" * 5000)
@example("new model= ")
@example("action add x by 0000-00-00")
def test_whatever_is_typed_the_parser_refuses_in_words_or_understands(text: str) -> None:
    with suppress(RequestError):
        said = parse(text, checks=CHECKS)

        assert isinstance(said, Command | Form | Help)
