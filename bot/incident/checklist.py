"""A playbook and how far an incident has come with it."""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["check", "ask", "do"]
State = Literal["waiting", "running", "suspect", "clear", "unknown", "answered", "done", "skipped"]
"""`waiting` until its turn; checks end in their verdict, questions `answered`, actions `done`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Is:
    """True when the step `step` ended in the state, verdict or answer `word`."""

    step: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """True when one of `causes` leads the ranking and together they reach this confidence.

    No causes stand for whichever leads, by itself.
    """

    causes: tuple[str, ...]
    at_least: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """True when every part is."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """True when a part is."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """True when the part is not."""

    part: "Condition"


Condition = Is | Cause | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a checklist: a `check` to run, a person to `ask`, or something to `do`."""

    key: str
    kind: Kind
    says: str
    section: str
    check: str | None = None
    args: dict[str, object] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    """For `ask`: the answers offered as buttons; none means free text in a modal."""
    who: str | None = None
    """For `ask` and `do`: `owner`, `experts`, `lead`, or a handle."""
    action: str | None = None
    """For `do`: the contract's action it carries out."""
    when: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRule:
    """Recovered after `good_windows` good windows in a row of at least `rows` labelled rows.

    A window is good when at least `share` of the drop from baseline is made up again.
    """

    every_seconds: int = 300
    window_seconds: int = 3600
    good_windows: int = 3
    rows: int = 100
    share: float = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """A readable checklist, in the order of a good responder."""

    name: str
    says: str
    steps: tuple[Step, ...]
    watch: WatchRule = WatchRule()

    def step(self, key: str) -> Step | None:
        """The step of that key, if there is one."""
        return next((step for step in self.steps if step.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where one step of one incident stands."""

    state: State
    says: str = ""
    by: str = ""
