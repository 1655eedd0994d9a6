"""The contract's JSON document, version 1."""

from datetime import UTC, datetime
from typing import Any

from bot.incident import Diagnosis, Finding, Hypothesis, Measure

CONTRACT = 1


def document(diagnosis: Diagnosis) -> dict[str, Any]:
    """The diagnosis in the contract's words; the same diagnosis gives the same document."""
    onset = diagnosis.onset
    return {
        "contract": CONTRACT,
        "model": diagnosis.model,
        "metric": diagnosis.metric,
        "at": _time(diagnosis.at),
        "verdict": diagnosis.verdict,
        "baseline": _measure(diagnosis.baseline),
        "current": _measure(diagnosis.current),
        "onset": None
        if onset is None
        else {
            "time": _time(onset.time),
            "low": _time(onset.low),
            "high": _time(onset.high),
            "shape": onset.shape,
        },
        "hypotheses": [_hypothesis(hypothesis) for hypothesis in diagnosis.hypotheses],
        "findings": [_finding(finding) for finding in diagnosis.findings],
    }


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "value": None if measure.value is None else round(measure.value, 6),
        "rows": measure.rows,
        "start": _time(measure.start),
        "end": _time(measure.end),
    }


def _hypothesis(hypothesis: Hypothesis) -> dict[str, Any]:
    return {
        "cause": hypothesis.cause,
        "confidence": round(hypothesis.confidence, 4),
        "features": list(hypothesis.features),
        "segments": [dict(segment) for segment in hypothesis.segments],
        "since": _time(hypothesis.since),
        "change": hypothesis.change,
        "says": hypothesis.says,
        "evidence": list(hypothesis.evidence),
        "against": list(hypothesis.against),
        "missing": list(hypothesis.missing),
        "actions": [{"kind": action.kind, "says": action.says} for action in hypothesis.actions],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "check": finding.check,
        "verdict": finding.verdict,
        "strength": round(finding.strength, 3),
        "says": finding.says,
        "rows": finding.rows,
        "since": _time(finding.since),
        "subject": dict(finding.subject),
    }


def _time(time: datetime | None) -> str | None:
    if time is None:
        return None
    utc = time.astimezone(UTC)
    digits = "milliseconds" if utc.microsecond else "seconds"
    return utc.isoformat(timespec=digits).replace("+00:00", "Z")
