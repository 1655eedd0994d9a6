"""The table of a run: figures with intervals, each cause, confusions, and trivial rules."""

import json
from collections.abc import Sequence
from pathlib import Path

from tests.faultbench.marks import Mark, mark, marks
from tests.faultbench.packages.ranked import PACKAGES, kept
from tests.faultbench.rules import RULES, answer, named, read
from tests.faultbench.run import ANSWERS, cases
from tests.faultbench.score import Score, by_cause, confusions, macro, mean, score


def report(folders: Sequence[Path], *, figures: Path | None = None, wrong: bool = False) -> str:
    """Markdown; `figures` gets the numbers as JSON, `wrong` lists the cases that went wrong."""
    found = [m for folder in folders for m in marks(folder)]
    scores = score(found)
    parts = [f"{len(found)} cases, {len({m.data for m in found})} data sets", _figures(scores)]
    parts += [_causes(found), _confusions(found), _rules(folders)]
    if wrong:
        parts.append("\n".join(_wrong(m) for m in found if not m.right))
    if figures is not None:
        values = {s.name: {"value": s.value, "low": s.low, "high": s.high} for s in scores}
        figures.write_text(json.dumps(values, indent=1) + "\n")
    return "\n\n".join(parts)


def _figures(scores: Sequence[Score]) -> str:
    lines = [
        "| figure | measured | 95 % interval | cases | goal |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {s.name} | {s.value:.3f} | {s.low:.3f} – {s.high:.3f} | {s.cases} | {s.goal} |"
        for s in scores
    ]
    return "\n".join(lines)


def _causes(found: Sequence[Mark]) -> str:
    lines = ["| truth | cases | top-1 | top-3 |", "| --- | --- | --- | --- |"]
    lines += [f"| `{c}` | {n} | {one:.2f} | {three:.2f} |" for c, n, one, three in by_cause(found)]
    return "\n".join(lines)


def _confusions(found: Sequence[Mark], *, most: int = 25) -> str:
    lines = ["| truth | said | cases |", "| --- | --- | --- |"]
    lines += [f"| `{t}` | `{s}` | {n} |" for t, s, n in confusions(found)[:most]]
    return "\n".join(lines)


def _rules(folders: Sequence[Path]) -> str:
    """What anybody could say: a bench where one of these is right is too easy."""
    told: dict[str, list[Mark]] = {}
    for folder in folders:
        ranked = {title: kept(folder, package) for package, title in PACKAGES.items()}
        for each in cases(folder):
            if not (folder / ANSWERS / f"{each.name}.json").exists():
                continue
            case, truth = read(each), json.loads((each / "truth.json").read_text())
            said = {rule: named_by(case) for rule, named_by in RULES.items()}
            for title, found in ranked.items():
                if each.name in found:
                    said[f"{title} itself, and rules"] = named(case, found[each.name])
            for rule, (cause, feature) in said.items():
                told.setdefault(rule, []).append(mark(each.name, truth, answer(cause, feature)))
    lines = [
        "| trivial rule | macro top-1 | culprit | blamed falsely | claimed without harm |",
        "| --- | --- | --- | --- | --- |",
    ]
    for rule, given in told.items():
        values = (
            macro(given, by=lambda m: m.right), mean(m.culprit for m in given),
            mean(m.blamed for m in given), mean(m.false_alarm for m in given),
        )  # fmt: skip
        lines.append(f"| {rule} | " + " | ".join(f"{v:.2f}" for v in values) + " |")
    return "\n".join(lines)


def _wrong(m: Mark) -> str:
    return (
        f"{m.case} {m.data}: {m.cause} ({m.family}, {m.severity}, {m.shape or 'no harm'}) "
        f"→ {m.said} {m.confidence:.2f}; in the top 3: {'yes' if m.top3 else 'no'}; "
        f"without {', '.join(m.withheld) or 'nothing'}"
    )
