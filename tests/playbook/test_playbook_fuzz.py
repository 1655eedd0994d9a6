"""Whatever a file holds, reading it ends in a playbook or in a `PlaybookError`."""

from collections.abc import Callable, Mapping
from pathlib import Path

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import PlaybookError
from bot.incident import Playbook
from bot.playbook import parse_playbook, read_playbook
from bot.shipped import shipped
from bot.sockets import Check

KEYS = st.sampled_from(
    [
        "says",
        "watch",
        "sections",
        "title",
        "steps",
        "key",
        "check",
        "ask",
        "do",
        "with",
        "when",
        "options",
        "who",
        "action",
        "every",
        "window",
        "good_windows",
        "rows",
        "step",
        "is",
        "cause",
        "at_least",
        "any",
        "all",
        "not",
        "limit",
        "data.missing",
        "a",
        "b",
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | KEYS
    | st.sampled_from(["5 minutes", "suspect", "done", "@li", "owner", "rollback", "any"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=25,
)
STEPS = st.fixed_dictionaries(
    {"key": st.sampled_from(["a", "b", "c"])},
    optional={
        "check": st.just("data.missing") | VALUES,
        "ask": VALUES,
        "do": st.just("It.") | VALUES,
        "with": VALUES,
        "when": VALUES,
        "options": VALUES,
        "who": VALUES,
        "action": VALUES,
    },
)
NEARLY = st.fixed_dictionaries(
    {
        "says": st.just("x"),
        "sections": st.lists(
            st.fixed_dictionaries({"title": st.just("y"), "steps": st.lists(STEPS, max_size=4)}),
            max_size=3,
        ),
    },
    optional={"watch": VALUES},
)
YAMLISH = st.text(alphabet="abk: -[]{}?&*!|>'\"%@`#,\n\t\\0.~<", max_size=80)


def attempt(read: Callable[[], Playbook], *, where: str) -> None:
    wrong = where
    try:
        read()
    except PlaybookError as error:
        wrong = str(error)
    assert where in wrong
    assert wrong.encode("utf-8")


def attempt_text(text: str, checks: Mapping[str, Check]) -> None:
    attempt(lambda: parse_playbook(text, name="t", where="t.yaml", checks=checks), where="t.yaml")


@given(text=st.text(max_size=200) | YAMLISH)
def test_any_text_ends_well(text: str, checks: Mapping[str, Check]) -> None:
    attempt_text(text, checks)


@given(value=VALUES | NEARLY)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_value_ends_well(value: object, checks: Mapping[str, Check]) -> None:
    attempt_text(yaml.safe_dump(value, allow_unicode=True), checks)


@given(data=st.data())
def test_a_shipped_playbook_with_a_piece_torn_out_ends_well(
    data: st.DataObject, checks: Mapping[str, Check]
) -> None:
    text = (shipped("playbooks") / "accuracy-drop.yaml").read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 200)))

    attempt_text(text[:start] + data.draw(YAMLISH) + text[end:], checks)


@given(body=st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_end_well(body: bytes, tmp_path: Path, checks: Mapping[str, Check]) -> None:
    path = tmp_path / "t.yaml"
    path.write_bytes(body)

    attempt(lambda: read_playbook(path, checks=checks), where=str(path))
