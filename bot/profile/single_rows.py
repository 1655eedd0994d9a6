"""Single rows of the log, a few at a time: the narrow door for examples and for scoring again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

REDACTED = "•••"
"""What stands in the place of a value that is not to be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which rows are wanted: wrong ones since the onset, in these codes of these columns.

    `surest` puts those first that the model was surest of (for regression the largest errors),
    else the newest come first. `columns` are the columns to bring along, `most` how many rows.
    """

    columns: Sequence[str]
    most: int
    among: Mapping[str, int]
    surest: bool = False


class SingleRows(Protocol):
    """Rows of one model's log; every call is one bounded query. Raises `SourceError`."""

    def wrong(self, asked: Asked) -> Sequence[Mapping[str, object]]:
        """Wrong rows to show, by column; a redacted column is `REDACTED` and is not even read."""
        ...

    def sample(
        self, columns: Sequence[str], *, during: bool, most: int
    ) -> Sequence[Mapping[str, object]]:
        """Labelled rows, evenly spread over the incident or the baseline; not to be shown."""
        ...


class Scorer(Protocol):
    """A model that answers rows again. Raises `SourceError`."""

    def score(self, rows: Sequence[Mapping[str, object]]) -> Sequence[object]:
        """One answer a row, in their order: a prediction, or a score where that is configured."""
        ...
