"""From log-odds to confidences that hold: 0.8 is right eight times in ten.

A temperature divides the log-odds, since checks look at the same rows and what they say together
is not worth its sum (Guo, Pleiss, Sun and Weinberger, ICML 2017, "On calibration of modern neural
networks"); `unknown` has log-odds of its own. Both are fitted on development cases by the Brier
score of the first answer (Brier, Monthly Weather Review 1950) and kept in `calibration.json`, with
the command that wrote them. The Brier score is bounded: a case whose fault no check saw does not
make every other answer timid, as it does to a likelihood.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

KEPT = Path(__file__).with_name("calibration.json")

TEMPERATURES = tuple(0.5 + 0.05 * step for step in range(71))
UNKNOWNS = tuple(-1.0 + 0.1 * step for step in range(31))
"""What is tried: the score is flat about its best, so that a grid is fine enough. Below its range
`unknown` would hardly ever be said, and faults that no check knows would go under a wrong name."""


FLAT = 0.01
"""Scores that differ by less than this part of the least are as good: some tens of cases more or
less move the score by more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How log-odds become confidences; `cases` and `command` say where it comes from."""

    temperature: float
    unknown: float
    """Log-odds of `unknown`, in the units of the causes."""
    surest: float
    """No ranking is surer: something that no check asks about may be the cause."""
    cases: int = 0
    command: str = ""

    def shares(self, odds: Sequence[float], *, outside: float = 0.0) -> tuple[list[float], float]:
        """The confidence of each cause and that of `unknown`; together they are `surest`.

        `outside` is added to the log-odds of `unknown`: what speaks for no cause of the contract.
        """
        unknown = self.unknown + outside
        top = max([unknown, *odds])
        weights = [math.exp((one - top) / self.temperature) for one in odds]
        left = math.exp((unknown - top) / self.temperature)
        whole = sum(weights) + left
        return [self.surest * one / whole for one in weights], self.surest * left / whole

    def first(self, case: "Weighed") -> tuple[float, bool]:
        """The belief in the first answer of a case, and whether it is right."""
        shares, left = self.shares(list(case.odds.values()), outside=case.outside)
        named = dict(zip(case.odds, shares, strict=True)) | {"unknown": left}
        best = max(named, key=lambda cause: named[cause])
        return named[best], best in case.right


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """One development case: the log-odds of every cause, and which of them are right."""

    odds: Mapping[str, float]
    right: frozenset[str]
    """Every answer that counts as right in first place; `unknown` may be one."""
    outside: float = 0.0
    """What speaks for `unknown`, beyond that nothing else fits."""


@cache
def calibration() -> Calibration:
    """The calibration that is shipped."""
    return Calibration(**json.loads(KEPT.read_text("utf-8")))


def fit(cases: Iterable[Weighed], *, surest: float = 0.97, command: str = "") -> Calibration:
    """The temperature and the log-odds of `unknown` with the least Brier score of the first answer.

    Of those that are as good but for `FLAT`, the one whose first answers are right most often.

    Raises:
        ValueError: There are no cases.
    """
    known = list(cases)
    if not known:
        raise ValueError("a calibration needs cases; there are none")
    tried = (
        Calibration(
            temperature=round(temperature, 4), unknown=round(unknown, 4), surest=surest,
            cases=len(known), command=command,
        )
        for temperature in TEMPERATURES
        for unknown in UNKNOWNS
    )  # fmt: skip
    losses = {one: sum(_loss(one, case) for case in known) for one in tried}
    near = (1 + FLAT) * min(losses.values())
    return min(
        (one for one, loss in losses.items() if loss <= near),
        key=lambda one: (-sum(one.first(case)[1] for case in known), losses[one]),
    )


def write(found: Calibration, path: Path = KEPT) -> None:
    """Keep a calibration as data."""
    path.write_text(json.dumps(asdict(found), indent=2) + "\n", encoding="utf-8")


def _loss(one: Calibration, case: Weighed) -> float:
    """The squared distance of the belief in the first answer from whether it is right."""
    belief, right = one.first(case)
    return (belief - right) ** 2
