"""Trying a claim on cases that hypothesis makes up."""

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.profile.logs import Case

Every = Callable[[st.SearchStrategy[Case], Callable[[Case], None], int], None]
"""`every(cases, holds, examples)` tries `holds` on so many cases."""

MANY = 20
"""With --full a claim is tried on so many times more cases."""


def tried(*, full: bool) -> Every:
    """A few cases, the same each time; or many, others each time, and the failing one made small.

    A case costs seconds, and to make it small would take a run without --full for minutes.
    """
    phases = [Phase.explicit, Phase.reuse, Phase.generate, *([Phase.shrink] if full else [])]

    def every(strategy: st.SearchStrategy[Case], holds: Callable[[Case], None], few: int) -> None:
        bounded = settings(
            max_examples=few * (MANY if full else 1), derandomize=not full, deadline=None,
            database=None, phases=phases, suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        bounded(given(strategy)(holds))()

    return every
