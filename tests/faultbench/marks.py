"""Marks of one answer against the truth of its case."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.faultbench.run import ANSWERS, cases

CALM = {"healthy", "seasonality"}
TWO = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How well one case was answered; None where the question does not arise.

    `slice_f1` is over the predicates (column, value) of sliced faults; `whole_kept` says for faults
    of all traffic that no slice was claimed.
    """

    case: str
    data: str
    cause: str
    said: str
    confidence: float
    seconds: float
    error: bool
    right: bool
    top3: bool
    culprit: bool | None = None
    blamed: bool | None = None
    onset: bool | None = None
    slice_f1: float | None = None
    whole_kept: bool | None = None
    false_alarm: bool | None = None
    unknown_found: bool | None = None
    false_unknown: bool | None = None
    action: bool | None = None
    both: bool | None = None
    change: bool | None = None
    severity: str = ""
    shape: str = ""
    family: str = ""
    withheld: tuple[str, ...] = ()


def marks(folder: Path, answers: Path | None = None) -> list[Mark]:
    """A mark for each case of a folder that has an answer."""
    kept = answers or folder / ANSWERS
    found = []
    for case in cases(folder):
        answer = kept / f"{case.name}.json"
        if answer.exists():
            truth = json.loads((case / "truth.json").read_text())
            found.append(mark(case.name, truth, json.loads(answer.read_text(encoding="utf-8"))))
    return found


def mark(case: str, truth: dict[str, Any], answer: dict[str, Any]) -> Mark:
    """The mark of one answer, which is `seconds` and a `document`, or an `error`."""
    document = answer.get("document", {"hypotheses": [], "onset": None})
    ranked = document["hypotheses"]
    first: dict[str, Any] = ranked[0] if ranked else {"cause": "none", "confidence": 0.0}
    names = [each["cause"] for each in ranked]
    heads = {entry[0] for entry in truth["accept"]}
    compound = len(truth["causes"]) == TWO
    cause = "compound" if compound else truth["causes"][0]
    calm = set(truth["causes"]) <= CALM
    outside = cause == "unknown"
    features = set(truth["features"]) | set(truth["grader"].get("aliases", []))
    named = first.get("features") or []
    grader = truth["grader"]
    return Mark(
        case=case,
        data=truth["dataset"],
        cause=cause,
        said=first["cause"],
        confidence=first["confidence"],
        seconds=answer.get("seconds", 0.0),
        error="document" not in answer,
        right=first["cause"] in heads,
        top3=bool(heads & set(names[:3])),
        culprit=(named[:1] != [] and named[0] in features) if features and not compound else None,
        blamed=_blamed(first, truth) if not features else None,
        onset=_onset(document["onset"], truth),
        slice_f1=_predicates(first, truth) if truth["segments"] and not compound else None,
        whole_kept=None if truth["segments"] or calm else not first.get("segments"),
        false_alarm=first["cause"] not in {*CALM, "unknown"} if calm else None,
        unknown_found=first["cause"] == "unknown" if outside else None,
        false_unknown=first["cause"] == "unknown" if not outside and not calm else None,
        action=_action(first, truth),
        both=set(truth["causes"]) <= set(names[:3]) if compound else None,
        change=first.get("change") == truth["change"] if truth["change"] else None,
        severity=truth["severity"],
        shape=truth["shape"] or "",
        family=grader.get("family", cause),
        withheld=tuple(grader.get("withheld", [])),
    )


def _blamed(first: dict[str, Any], truth: dict[str, Any]) -> bool:
    named = set(first.get("features") or []) - {truth["grader"].get("world_feature")}
    return bool(named)


def _action(first: dict[str, Any], truth: dict[str, Any]) -> bool:
    actions = first.get("actions") or [{"kind": "none"}]
    return actions[0]["kind"] in {truth["action"], *truth["grader"].get("actions", [])}


def _onset(found: dict[str, Any] | None, truth: dict[str, Any]) -> bool | None:
    """Within one bucket of the case, for steps."""
    if truth["onset"] is None or truth["shape"] != "step":
        return None
    if found is None:
        return False
    said = datetime.fromisoformat(found["time"])
    onsets = truth["grader"].get("onsets") or [truth["onset"]]
    away = [abs((said - datetime.fromisoformat(o)).total_seconds()) for o in onsets]
    return bool(min(away) <= truth["grader"]["bucket_s"])


def _predicates(first: dict[str, Any], truth: dict[str, Any]) -> float:
    """F1 of the (column, value) pairs of all conjunctions."""
    wanted = {(c, str(v)) for each in truth["segments"] for c, v in each.items()}
    said = {(c, str(v)) for each in first.get("segments") or [] for c, v in each.items()}
    return 2 * len(wanted & said) / (len(wanted) + len(said))
