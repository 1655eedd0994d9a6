"""What a cause is declared by: its prior, its signs, its neighbours, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A finding that speaks for a cause, or with a negative `most` against it.

    A `suspect` finding adds up to `most` to the log-odds; `clear` takes that much away when the
    same check says that there is nothing. `why` is the reason, for whoever asks.
    """

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
    """The figure that says how much of the extra errors it accounts for, where there is one. What
    speaks against a cause counts in full, but where it reads another figure."""
    elsewhere: bool = False
    """Whether it counts only where the finding is about another column than the cause."""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A cause that looks alike, and the input that tells the two apart.

    Where any input of `needs` (a role or a table of the configuration) is absent the two cannot be
    told apart; with `needs` empty the input is never in the data, and a person has to be asked.
    `twins` says that without it the evidence for both is the same, so that they share their belief.
    """

    cause: str
    by: str
    needs: tuple[str, ...] = ()
    asks: str = ""
    """The question to a person that would settle it."""
    twins: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """Something to do: an action of the contract, in words; `{what}` is the culprit."""

    kind: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One cause: how likely beforehand, what speaks for it, what is like it, and what to do."""

    cause: str
    prior: float
    first: Remedy
    """The quick win."""
    then: tuple[Remedy, ...]
    """What makes it last."""
    signs: tuple[Sign, ...]
    neighbours: tuple[Neighbour, ...] = ()
    kinds: tuple[str, ...] = ()
    """Kinds of change events that bring it about, the likeliest first."""
    also: tuple[str, ...] = ()
    """Kinds that may bring it about, though seldom; they say nothing for it."""
    by_feature: bool = False
