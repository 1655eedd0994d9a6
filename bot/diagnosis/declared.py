"""What a cause is declared by: its prior, its signs, and what to do first."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A finding that speaks for a cause, or with a negative `most` against it."""

    check: str
    most: float
    subject: Mapping[str, str] = field(default_factory=dict)
    """What the finding's subject has to say for it to count."""
    without: Mapping[str, str] = field(default_factory=dict)
    """What it must not say."""
    clear: float = 0.0
    timed: bool = True
    """Whether its `since` has to fit the onset."""
    reads: str = "accounts"
    """The figure that says how much of the extra errors it accounts for, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One cause: how likely beforehand, what speaks for it, and what to do first."""

    cause: str
    prior: float
    action: str
    advice: str
    signs: tuple[Sign, ...]
    twins: Mapping[str, str] = field(default_factory=dict)
    """What it cannot be told from, and the input that would settle it."""
    kinds: tuple[str, ...] = ()
    """Kinds of change events that bring it about."""
    by_feature: bool = False
