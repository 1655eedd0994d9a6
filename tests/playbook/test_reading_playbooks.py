from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent, indent

import pytest

from bot.errors import PlaybookError
from bot.incident import AllOf, AnyOf, Cause, Is, Not, Playbook, Step, WatchRule
from bot.playbook import parse_playbook, read_playbook
from bot.playbook.marked import SIZE_LIMIT
from bot.sockets import Check

Parse = Callable[[str], Playbook]
Fault = Callable[[str], str]

HEAD = "says: Something dropped.\nsections:\n  - title: First\n    steps:\n"


def steps(text: str) -> str:
    """A playbook of these steps; the first of them stands at line 5."""
    return HEAD + indent(dedent(text), "      ")


def test_a_playbook_keeps_its_steps_in_their_order_with_their_sections(parse: Parse) -> None:
    playbook = parse(
        dedent("""\
        says: A model's accuracy dropped.
        watch: {every: 30 s, window: 2 hours, good_windows: 4, rows: 250, share: 0.9}
        sections:
          - title: Look
            steps:
              - {key: missing, check: data.missing, with: {limit: 0.1, only: 'no'}}
              - {key: sure, ask: Are you sure, options: [yes, no], who: '@li'}
          - title: Act
            steps:
              - {key: back, do: Roll back., action: rollback, when: {step: sure, is: yes}}
        """)
    )

    assert playbook == Playbook(
        name="test",
        says="A model's accuracy dropped.",
        watch=WatchRule(every_seconds=30, window_seconds=7200, good_windows=4, rows=250, share=0.9),
        steps=(
            Step(
                key="missing", kind="check", says="Is a feature missing more often than before?",
                section="Look", check="data.missing", args={"limit": 0.1, "only": "no"},
            ),
            Step(
                key="sure", kind="ask", says="Are you sure", section="Look",
                options=("yes", "no"), who="@li",
            ),
            Step(
                key="back", kind="do", says="Roll back.", section="Act", who="owner",
                action="rollback", when=Is(step="sure", word="yes"),
            ),
        ),
    )  # fmt: skip


def test_conditions_join_and_turn_round(parse: Parse) -> None:
    playbook = parse(
        steps("""\
        - {key: a, check: data.missing}
        - {key: b, check: model.version}
        - key: c
          do: Something.
          when:
            any:
              - {step: a, is: [suspect, unknown]}
              - all:
                  - {not: {step: b, is: clear}}
                  - {cause: [model_version, threshold_change], at_least: 0.5}
                  - {cause: any, at_least: 1}
        """)
    )

    assert playbook.steps[-1].when == AnyOf(
        parts=(
            AnyOf(parts=(Is(step="a", word="suspect"), Is(step="a", word="unknown"))),
            AllOf(
                parts=(
                    Not(part=Is(step="b", word="clear")),
                    Cause(causes=("model_version", "threshold_change"), at_least=0.5),
                    Cause(causes=(), at_least=1.0),
                )
            ),
        )
    )


WRONG = {
    "an unknown key of a step": (
        "- {key: a, check: data.missing}\n- key: b\n  ask: Well\n  optoins: [x]",
        "8: unknown key 'optoins'; did you mean 'options'?",
    ),
    "an unknown check": (
        "- key: a\n  check: data.mising",
        "6: no check 'data.mising'; did you mean 'data.missing'?",
    ),
    "an unknown argument": (
        "- key: a\n  check: data.missing\n  with:\n    limt: 3",
        "8: data.missing has no argument 'limt'; did you mean 'limit'?",
    ),
    "an argument of a check that takes none": (
        "- key: a\n  check: model.version\n  with: {limit: 3}",
        "7: model.version has no argument 'limit'; it takes none",
    ),
    "text for a number": (
        "- key: a\n  check: data.missing\n  with: {limit: many}",
        "7: data.missing: limit should be a number, is 'many'",
    ),
    "a fraction for a whole number": (
        "- {key: a, check: data.missing, with: {top: 2.5}}",
        "5: data.missing: top should be a whole number, is 2.5",
    ),
    "true for a number": (
        "- {key: a, check: data.missing, with: {top: true}}",
        "5: data.missing: top should be a whole number, is True",
    ),
    "a word for true or false": (
        "- {key: a, check: data.missing, with: {strict: yes}}",
        "5: data.missing: strict should be true or false, is 'yes'",
    ),
    "nothing for an argument": (
        "- {key: a, check: data.missing, with: {only: }}",
        "5: data.missing: only should be text, is empty",
    ),
    "a missing key": ("- check: data.missing", "5: the key 'key' is missing"),
    "a step of no kind": ("- key: a", "5: a step has one of check, ask and do; this has none"),
    "a step of two kinds": (
        "- {key: a, ask: Well, do: It.}",
        "5: a step has one of check, ask and do; this has ask and do",
    ),
    "a step that is a word": ("- recompute", "5: a step is a list of keys"),
    "the same key twice": (
        "- {key: a, do: It.}\n- {key: b, do: It.}\n- key: a\n  do: It.",
        "7: the step 'a' exists at line 5 already",
    ),
    "a key that is no name": ("- {key: A b, do: It.}", "5: key: 'A b' is no name"),
    "a number for text": ("- {key: a, do: 5}", "5: do: should be text; put it in quotes, is 5"),
    "nobody": (
        "- {key: a, do: It., who: boss}",
        "5: who: 'boss' is nobody; write owner, experts, lead, or '@handle' in quotes",
    ),
    "a handle without quotes": (
        "- key: a\n  do: It.\n  who: @maria",
        "7: not valid YAML: found character '@' that cannot start any token; put the text in",
    ),
    "a question mark in braces": (
        "- {key: a, ask: Well?, who: lead}",
        "5: not valid YAML: expected ',' or '}', but got '?'; put the text in quotes",
    ),
    "an unknown action": (
        "- {key: a, do: It., action: roll_back}",
        "5: no action 'roll_back'; did you mean 'rollback'?",
    ),
    "an option twice": (
        "- key: a\n  ask: Well\n  options:\n    - x\n    - x",
        "9: the option 'x' is twice",
    ),
    "an option that is a number": (
        "- {key: a, ask: Well, options: [1, 2]}",
        "5: options: should be text; put it in quotes, is 1",
    ),
    "a condition on an unknown step": (
        "- {key: missing, check: data.missing}\n- {key: b, do: It., when: {step: mising, is: a}}",
        "6: no step 'mising'; did you mean 'missing'?",
    ),
    "a condition on a later step": (
        "- {key: a, do: It., when: {step: b, is: done}}\n- {key: b, do: It.}",
        "5: the step 'b' comes later; conditions look back",
    ),
    "a condition on itself": (
        "- {key: a, do: It., when: {step: a, is: done}}",
        "5: the conditions go round in a loop: a → a",
    ),
    "a loop of conditions": (
        (
            "- {key: z, do: It., when: {not: {step: b, is: done}}}\n"
            "- {key: a, do: It., when: {step: c, is: done}}\n"
            "- {key: b, do: It., when: {any: [{step: a, is: done}, {step: z, is: done}]}}\n"
            "- {key: c, do: It., when: {step: b, is: done}}"
        ),
        "7: the conditions go round in a loop: b → a → c → b",
    ),
    "a word that a step never ends in": (
        "- {key: a, check: data.missing}\n- {key: b, do: It., when: {step: a, is: suspicious}}",
        "6: 'a' never ends in 'suspicious'; did you mean 'suspect'?",
    ),
    "an answer that is not offered": (
        "- {key: a, ask: Well, options: [yes, no]}\n- {key: b, do: It., when: {step: a, is: nope}}",
        "6: 'a' never ends in 'nope'; did you mean 'no'?",
    ),
    "an unknown cause": (
        "- {key: a, do: It., when: {cause: model_versoin}}",
        "5: no cause 'model_versoin'; did you mean 'model_version'?",
    ),
    "a confidence in percent": (
        "- {key: a, do: It., when: {cause: any, at_least: 50}}",
        "5: at_least is 50; it is between 0 and 1",
    ),
    "a confidence in words": (
        "- {key: a, do: It., when: {cause: any, at_least: half}}",
        "5: at_least should be a number between 0 and 1",
    ),
    "a confidence of no cause": (
        "- {key: a, do: It., when: {at_least: 0.5}}",
        "5: the condition's key 'cause' is missing",
    ),
    "half a condition": (
        "- {key: a, do: It., when: {step: b}}",
        "5: the condition's key 'is' is missing",
    ),
    "two conditions in one": (
        "- key: a\n  do: It.\n  when:\n    cause: any\n    step: b",
        "9: 'cause' and 'step' are two conditions; put them under all:",
    ),
    "a wrong key in a condition": (
        "- {key: a, do: It., when: {steps: b, is: done}}",
        "5: a condition has no key 'steps'; did you mean 'step'?",
    ),
    "a bare list of conditions": (
        "- {key: a, do: It., when: [{step: b, is: done}]}",
        "5: a list of conditions goes under any: or all:",
    ),
    "any of nothing": ("- {key: a, do: It., when: {any: []}}", "5: any takes a list of conditions"),
    "an empty condition": ("- {key: a, do: It., when: }", "5: a condition has step and is"),
    "a condition on true": (
        "- {key: a, do: It.}\n- {key: b, do: It., when: {step: a, is: true}}",
        "6: is: should be text; put it in quotes",
    ),
    "a list of steps": (
        "- {key: a, do: It., when: {step: [b, c], is: done}}",
        "5: step takes one step; use any: or all: for more",
    ),
}


@pytest.mark.parametrize(("text", "says"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_step_is_named_with_its_line(fault: Fault, text: str, says: str) -> None:
    assert fault(steps(text)).startswith(says)


WRONG_FILES = {
    "an empty file": ("", "1: the file is empty"),
    "only a comment": ("# nothing\n", "1: the file is empty"),
    "a list": ("- a\n", "1: a playbook has the keys says, watch and sections"),
    "an unknown key": ("say: x\n" + HEAD, "1: unknown key 'say'; did you mean 'says'?"),
    "no sections": ("says: x\n", "1: the key 'sections' is missing"),
    "no steps": ("says: x\nsections:\n- title: y\n", "3: the key 'steps' is missing"),
    "an empty section": ("says: x\nsections:\n- title: y\n  steps: []\n", "4: steps: list should"),
    "an unknown key of a section": (
        "says: x\nsections:\n- titel: y\n  steps: [{key: a, do: b}]\n",
        "3: the key 'title' is missing",
    ),
    "an unknown key of the watch": (
        "says: x\nwatch:\n  every: 5m\n  windows: 1h\nsections:\n- {title: y, steps: [{}]}\n",
        "4: unknown key 'windows'; did you mean 'window'?",
    ),
    "a span without a unit": (
        "says: x\nwatch:\n  every: 300\nsections:\n- {title: y, steps: [{}]}\n",
        "3: every: 300 is no span of time; write it as 5 minutes or 1 hour",
    ),
    "a row count of none": (
        "says: x\nwatch: {rows: 0}\nsections:\n- {title: y, steps: [{}]}\n",
        "2: rows: input should be greater than or equal to 1",
    ),
    "a share above all": (
        "says: x\nwatch:\n  share: 1.5\nsections:\n- {title: y, steps: [{}]}\n",
        "3: share: input should be less than or equal to 1",
    ),
    "broken syntax": ("says: [x\n", "2: not valid YAML"),
    "a tab": (
        "says: x\nsections:\n\t- a\n",
        "3: not valid YAML: found character '\\t' that cannot",
    ),
    "a colon in text": ("says: a: b\n", "1: not valid YAML: mapping values are not allowed here; "),
    "a key twice": ("says: x\nsays: y\n", "2: the key 'says' stands here and at line 1"),
    "an anchor": ("says: &a x\n", "1: the anchor or alias 'a' is not allowed; write it out"),
    "an alias": ("says: *a\n", "1: the anchor or alias 'a' is not allowed; write it out"),
    "a merge of an alias": ("<<: *a\n", "1: the anchor or alias 'a' is not allowed"),
    "a tag": ("says: !!python/object:os.system {}\n", "1: the tag 'tag:yaml.org,2002:python"),
    "a key that is a list": ("? [a]\n: b\n", "1: a key has to be a plain word"),
    "two documents": ("says: x\n---\nsays: y\n", "2: a second document begins"),
    "a bomb of brackets": ("[" * 9_000, "1: nested deeper than 20 levels"),
    "a bomb of dashes": ("- " * 9_000, "1: nested deeper than 20 levels"),
    "an absurd escape": ('says: "\\U99999999"\n', "1: not valid YAML"),
    "an absurd version": ("%YAML 1." + "1" * 5_000 + "\n--- a\n", "1: not valid YAML"),
    "half a surrogate": ('says: "\\uD800"\n', "1: half of a surrogate pair is no text"),
    "a control character": ("says: x\nsections: \x00\n", "2: a control character"),
}


@pytest.mark.parametrize(("text", "says"), WRONG_FILES.values(), ids=WRONG_FILES.keys())
def test_a_wrong_file_is_named_with_its_line(fault: Fault, text: str, says: str) -> None:
    assert fault(text).startswith(says)


def test_many_faults_name_the_first_by_its_line(fault: Fault) -> None:
    text = steps("- {key: a, do: It., colour: red}\n- {key: b}\n- nonsense")

    assert fault(text).startswith("5: unknown key 'colour'")


def test_words_stay_words_and_numbers_become_numbers(parse: Parse) -> None:
    playbook = parse(
        steps("- {key: a, check: data.missing, with: {limit: 1, top: 3, only: 2026-01-01}}\n")
    )

    assert playbook.steps[0].args == {"limit": 1, "top": 3, "only": "2026-01-01"}


def test_a_file_that_is_not_there_is_named(tmp_path: Path, checks: Mapping[str, Check]) -> None:
    with pytest.raises(PlaybookError, match=r"cannot read .*gone\.yaml: No such file"):
        read_playbook(tmp_path / "gone.yaml", checks=checks)


def test_a_huge_file_is_refused_before_it_is_parsed(
    tmp_path: Path, checks: Mapping[str, Check]
) -> None:
    path = tmp_path / "huge.yaml"
    path.write_bytes(b"#" * (SIZE_LIMIT + 1))

    with pytest.raises(PlaybookError, match=r"huge\.yaml:1: larger than 100,000 bytes"):
        read_playbook(path, checks=checks)


def test_bytes_that_are_no_text_are_named_with_their_line(
    tmp_path: Path, checks: Mapping[str, Check]
) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"says: x\nsections: \xe9\n")

    with pytest.raises(PlaybookError, match=r"latin\.yaml:2: not UTF-8 text"):
        read_playbook(path, checks=checks)


def test_the_name_of_a_playbook_is_its_file(tmp_path: Path, checks: Mapping[str, Check]) -> None:
    path = tmp_path / "bad-deploy.yaml"
    path.write_text(steps("- {key: a, do: It.}"), encoding="utf-8")

    playbook = read_playbook(path, checks=checks)

    assert playbook.name == "bad-deploy"
    assert playbook == parse_playbook(
        path.read_text(encoding="utf-8"), name="bad-deploy", where="", checks=checks
    )
