"""The figures of a set of marks, with intervals that are drawn by data set."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tests.faultbench.marks import Mark

Figure = Callable[[Sequence[Mark]], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One figure: its value, its 95 % interval, over how many cases, and the goal."""

    name: str
    value: float
    low: float
    high: float
    cases: int
    goal: str


def mean(values: Iterable[float | bool | None]) -> float:
    """Of what there is; NaN of nothing."""
    present = [float(v) for v in values if v is not None]
    return sum(present) / len(present) if present else float("nan")


def macro(marks: Sequence[Mark], *, by: Callable[[Mark], bool]) -> float:
    """The mean over causes of the share that `by` holds for; `unknown` and pairs stand apart."""
    causes: dict[str, list[bool]] = defaultdict(list)
    for mark in marks:
        if mark.cause not in {"unknown", "compound"}:
            causes[mark.cause].append(by(mark))
    return mean(mean(held) for held in causes.values())


def calibration_error(marks: Sequence[Mark]) -> float:
    """Expected calibration error of the first hypothesis' confidence."""
    return error_of([(mark.confidence, mark.right) for mark in marks])


def error_of(believed: Sequence[tuple[float, float]], *, bins: int = 10) -> float:
    """Of beliefs and whether they were right, in equal bins (Naeini et al. 2015)."""
    binned: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for belief, right in believed:
        binned[min(int(belief * bins), bins - 1)].append((belief, right))
    gaps = [
        len(part) * abs(mean(belief for belief, _ in part) - mean(right for _, right in part))
        for part in binned.values()
    ]
    return sum(gaps) / len(believed) if believed else float("nan")


JOINS = {"join_break"}
FIGURES: tuple[tuple[str, str, Figure], ...] = (
    ("macro top-1 cause", "≥ 0.90", lambda ms: macro(ms, by=lambda m: m.right)),
    ("macro top-3", "≥ 0.98", lambda ms: macro(ms, by=lambda m: m.top3)),
    ("top-1, all cases", "", lambda ms: mean(m.right for m in ms)),
    ("culprit feature", "≥ 0.95", lambda ms: mean(m.culprit for m in ms)),
    ("culprit, join breaks", "≥ 0.90", lambda ms: mean(m.culprit for m in ms if m.cause in JOINS)),
    ("a feature blamed falsely", "≤ 0.02", lambda ms: mean(m.blamed for m in ms)),
    ("onset within a bucket (steps)", "≥ 0.97", lambda ms: mean(m.onset for m in ms)),
    ("slice F1 (predicates)", "≥ 0.90", lambda ms: mean(m.slice_f1 for m in ms)),
    ("all traffic kept whole", "", lambda ms: mean(m.whole_kept for m in ms)),
    ("a fault claimed without harm", "≤ 0.01", lambda ms: mean(m.false_alarm for m in ms)),
    ("unknown recall", "≥ 0.80", lambda ms: mean(m.unknown_found for m in ms)),
    ("false unknown", "≤ 0.05", lambda ms: mean(m.false_unknown for m in ms)),
    ("first action", "≥ 0.97", lambda ms: mean(m.action for m in ms)),
    ("the change that did it", "", lambda ms: mean(m.change for m in ms)),
    ("calibration error (ECE)", "≤ 0.05", calibration_error),
    ("compound: both in the top 3", "≥ 0.75", lambda ms: mean(m.both for m in ms)),
    ("median seconds a case", "≤ 1", lambda ms: float(np.median([m.seconds for m in ms]))),
    ("ended in an error", "0", lambda ms: mean(m.error for m in ms)),
)
"""Name, goal, and how each figure is computed; NaN where no case asks for it."""

ASKED: dict[str, Callable[[Mark], bool]] = {
    "culprit feature": lambda m: m.culprit is not None,
    "culprit, join breaks": lambda m: m.culprit is not None and m.cause in JOINS,
    "a feature blamed falsely": lambda m: m.blamed is not None,
    "onset within a bucket (steps)": lambda m: m.onset is not None,
    "slice F1 (predicates)": lambda m: m.slice_f1 is not None,
    "all traffic kept whole": lambda m: m.whole_kept is not None,
    "a fault claimed without harm": lambda m: m.false_alarm is not None,
    "unknown recall": lambda m: m.unknown_found is not None,
    "false unknown": lambda m: m.false_unknown is not None,
    "the change that did it": lambda m: m.change is not None,
    "compound: both in the top 3": lambda m: m.both is not None,
    "macro top-1 cause": lambda m: m.cause not in {"unknown", "compound"},
    "macro top-3": lambda m: m.cause not in {"unknown", "compound"},
}


def score(marks: Sequence[Mark], *, draws: int = 400, seed: int = 1) -> list[Score]:
    """Every figure; intervals from `draws` bootstraps that draw whole data sets."""
    rng = np.random.default_rng(seed)
    grouped: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        grouped[mark.data].append(mark)
    names = sorted(grouped)
    samples = [
        [m for i in rng.integers(0, len(names), len(names)) for m in grouped[names[i]]]
        for _ in range(draws)
    ]
    found = []
    for name, goal, figure in FIGURES:
        asked = ASKED.get(name)
        drawn = [figure(sample) for sample in samples] if names else []
        known = [value for value in drawn if not np.isnan(value)]
        low, high = np.quantile(known, [0.025, 0.975]) if known else (float("nan"),) * 2
        found.append(
            Score(
                name=name, value=figure(marks), low=float(low), high=float(high),
                cases=sum(asked is None or asked(m) for m in marks), goal=goal,
            )
        )  # fmt: skip
    return found


def confusions(marks: Sequence[Mark]) -> list[tuple[str, str, int]]:
    """Wrong answers: truth, what was said, how often; the worst first."""
    counted = Counter((m.cause, m.said) for m in marks if not m.right)
    return [(truth, said, count) for (truth, said), count in counted.most_common()]


def by_cause(marks: Sequence[Mark]) -> list[tuple[str, int, float, float]]:
    """Of each cause: cases, top-1, top-3; the worst first."""
    grouped: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        grouped[mark.cause].append(mark)
    rows = [
        (cause, len(ms), mean(m.right for m in ms), mean(m.top3 for m in ms))
        for cause, ms in grouped.items()
    ]
    return sorted(rows, key=lambda row: (row[2], row[3], row[0]))
