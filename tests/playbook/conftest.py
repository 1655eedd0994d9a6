"""A catalogue of checks small enough to read, and incidents to hold playbooks against."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

import pytest

from bot.errors import PlaybookError
from bot.incident import Finding, Incident, IncidentKey, Person, Playbook, Progress, State
from bot.playbook import parse_playbook
from bot.sockets import Check, check


@check("data.missing")
def _missing(
    evidence: object, *, limit: float = 0.05, top: int = 3, strict: bool = False, only: str = ""
) -> Iterable[Finding]:
    """Is a feature missing more often than before?"""
    del evidence, limit, top, strict, only
    return ()


@check("model.version")
def _version(evidence: object) -> Iterable[Finding]:
    """Does the right version answer?"""
    del evidence
    return ()


@pytest.fixture(scope="session")
def checks() -> Mapping[str, Check]:
    return {each.name: each for each in (_missing, _version)}


@pytest.fixture
def parse(checks: Mapping[str, Check]) -> Callable[[str], Playbook]:
    def parsed(text: str) -> Playbook:
        return parse_playbook(text, name="test", where="test.yaml", checks=checks)

    return parsed


@pytest.fixture
def fault(parse: Callable[[str], Playbook]) -> Callable[[str], str]:
    """What is wrong with a text, without the name of its file."""

    def said(text: str) -> str:
        with pytest.raises(PlaybookError) as caught:
            parse(text)
        words = str(caught.value)
        assert words.startswith("test.yaml:")
        return words.removeprefix("test.yaml:")

    return said


@pytest.fixture
def incident() -> Callable[..., Incident]:
    def made(**states: State | tuple[State, str]) -> Incident:
        at = datetime(2026, 3, 1, 12, tzinfo=UTC)
        progress = {
            key.replace("_", "-"): Progress(state=state)
            if isinstance(state, str)
            else Progress(state=state[0], says=state[1])
            for key, state in states.items()
        }
        return Incident(
            id="0a0b0c0d", number=1, key=IncidentKey(model="delays", metric="accuracy"),
            title="Accuracy dropped", severity="sev2", playbook="test", opened_at=at,
            opened_by=Person(name="maria"), updated_at=at, progress=progress,
        )  # fmt: skip

    return made
