"""Fits the calibration: `python -m tests.diagnosis.calibrate CASES… [--write]`.

Reads case folders with a truth.json, examines each with every check, and fits temperature and
`unknown` by the Brier score of the first answer. Says how far confidences are off where each data
set is judged by a fit on all others. Without `--write` it only prints what it found.
"""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot.diagnosis import every_finding, examine
from bot.diagnosis.calibration import Weighed, calibration, fit, write
from bot.diagnosis.conclude import conclude
from bot.diagnosis.rank import candidates, outside
from bot.settings import read_settings
from bot.sources import open_sources
from tests.faultbench.score import error_of

CALM = {"healthy", "seasonality"}


def weighed(folder: Path) -> Weighed | None:
    """The log-odds of one case; None where the verdict, not the ranking, decides."""
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    settings = read_settings(folder / "plummet.toml")
    (model,) = settings.models
    at = datetime.fromisoformat((folder / "at.txt").read_text("utf-8").strip())
    with open_sources(settings) as sources:
        evidence = examine(settings, model, sources=sources, at=at)
        diagnosis = conclude(evidence, every_finding(evidence))
    if diagnosis.verdict == "healthy" or CALM & set(truth["causes"]):
        return None
    odds = {one.cause: one.odds for one in candidates(evidence, diagnosis.findings)}
    return Weighed(
        odds=odds, right=frozenset(heads[0] for heads in truth["accept"]),
        outside=outside(evidence, diagnosis.findings).odds,
    )  # fmt: skip


def cases(places: list[str]) -> Iterator[tuple[str, Weighed]]:
    """Every case below these folders that the ranking decides, with the name of its data set."""
    for place in places:
        for folder in sorted(path.parent for path in Path(place).glob("*/truth.json")):
            found = weighed(folder)
            if found is not None:
                yield json.loads((folder / "truth.json").read_text("utf-8"))["dataset"], found


def rotated(known: list[tuple[str, Weighed]]) -> list[tuple[float, bool]]:
    """The first answer of each case by the fit on the cases of all other data sets."""
    fits = {
        name: fit(case for other, case in known if other != name)
        for name in sorted({name for name, _ in known})
    }
    return [fits[name].first(case) for name, case in known]


def main(arguments: list[str]) -> int:
    """Fit, print, and with `--write` keep what was found."""
    places = [one for one in arguments if not one.startswith("-")]
    if not places:
        sys.stderr.write(__doc__ or "")
        return 2
    known = list(cases(places))
    every = [case for _, case in known]
    found = fit(every, command="python -m tests.diagnosis.calibrate CASES --write")
    sys.stdout.write(f"was {calibration()}\nis  {found}\ncalibration error of first answers:\n")
    sys.stdout.write(
        f"  as it was       {error_of([calibration().first(one) for one in every]):.3f}\n"
    )
    sys.stdout.write(f"  as it is        {error_of([found.first(one) for one in every]):.3f}\n")
    if len({name for name, _ in known}) > 1:
        sys.stdout.write(f"  data sets apart {error_of(rotated(known)):.3f}\n")
    if "--write" in arguments:
        write(found)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
