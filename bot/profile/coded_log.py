"""A log as codes: the door behind which one engine or the other counts its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.profile.bins import Bins
from bot.profile.windows import HISTORY, INCIDENT

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from bot.profile.binning import Survey
    from bot.profile.extent import Extent
    from bot.profile.grid import Grid
    from bot.profile.log import Log

    Counts = npt.NDArray[np.int64]
    Sums = dict[str, npt.NDArray[np.float64]]

EPOCHS = HISTORY + INCIDENT
OUTCOMES = 3
BUCKET, EPOCH, OUTCOME, LABEL, PREDICTION = "bucket", "epoch", "outcome", "label", "prediction"

Key = tuple[str, ...]
"""Names of columns that are counted jointly; none for all rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is counted of which rows: their columns with their bins, and the buckets of time."""

    log: "Extent"
    found: "Survey"
    grid: "Grid"

    @property
    def columns(self) -> Mapping[str, Bins]:
        """The columns by name."""
        return {bins.name: bins for bins in self.found.plan.columns}

    def sizes(self, by: Sequence[str]) -> tuple[int, ...]:
        """How many groups each of these has."""
        known = {
            BUCKET: self.grid.size, EPOCH: EPOCHS, OUTCOME: OUTCOMES,
            LABEL: self.found.label.size, PREDICTION: self.found.prediction.size,
        }  # fmt: skip
        return tuple(known[name] for name in by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding(Reading):
    """The same of a log that a database answers for."""

    log: "Log"


class CodedLog(Protocol):
    """The rows of a log as codes. Every engine gives the same counts."""

    @property
    def sums(self) -> "Sums":
        """Each of `measures.SUMS` as [bucket, outcome]."""

    @property
    def arrivals(self) -> "Counts | None":
        """[bucket, label class, delay] of the rows with a label; None without a label's time."""

    @property
    def ids(self) -> "Counts | None":
        """Distinct ids in each bucket; None without an id column."""

    def counted(
        self, keys: Sequence[Key], by: Sequence[str], *, epochs: "Counts | None" = None,
        among: Mapping[str, int] | None = None,
    ) -> "list[Counts]":  # fmt: skip
        """Rows of each key as [*by, *codes of the key]; `among` only rows with these codes.

        `by` are of the groups above; `epochs` is the epoch of each bucket, of which rows with -1
        are left out, and is wanted where `by` names the epoch.
        """
