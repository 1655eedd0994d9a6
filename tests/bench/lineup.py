"""Who is measured, and what each of them does."""

from dataclasses import dataclass
from pathlib import Path

from tests.bench.environments import interpreter
from tests.bench.logs import INCIDENT

CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A module below `contenders`, in our own environment or in a peer's."""

    name: str
    module: str
    does: str
    environment: str = ""

    def command(self, log: Path, *, cache: Path) -> list[str | Path]:
        """The process that is measured; it runs in the checkout."""
        python = interpreter(self.environment, cache=cache)
        module = f"tests.bench.contenders.{self.module}"
        return [python, "-m", module, log, INCIDENT.isoformat()]


LIMIT = Contender(
    name="limit: DuckDB scan", module="limit",
    does="count, min, max of every column, two windows",
)  # fmt: skip

OURS = (
    Contender(
        name="Plummet, drift part",
        module="plummet_drift",
        does="bins by window and outcome; range, mean; four distances; minutes",
    ),
    Contender(
        name="Plummet, whole",
        module="plummet_whole",
        does="every count, every check, the ranking",
    ),
)

PORTABLE = (
    Contender(
        name="Plummet, drift part, portable road",
        module="plummet_drift_portable",
        does="the same through ibis alone, as any engine can",
    ),
    Contender(
        name="Plummet, whole, portable road",
        module="plummet_portable",
        does="the same through ibis alone, as any engine can",
    ),
)  # fmt: skip

PEERS = (
    Contender(
        name="plain pandas", module="plain_pandas",
        does="the drift part only",
    ),
    Contender(
        name="Evidently 0.7", module="evidently_drift", environment="evidently",
        does="data-drift preset, no right/wrong, slices or series",
    ),
    Contender(
        name="NannyML 0.13", module="nannyml_drift", environment="nannyml",
        does="Jensen-Shannon only, by day",
    ),
    Contender(
        name="whylogs 1.6", module="whylogs_profiles", environment="whylogs",
        does="two profiles, quantiles compared",
    ),
)  # fmt: skip
