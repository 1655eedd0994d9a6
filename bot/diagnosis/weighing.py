"""What a finding is worth to a cause."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.diagnosis.candidate import BASE, Candidate, Contribution
from bot.diagnosis.declared import Declared, Sign
from bot.incident import Finding

if TYPE_CHECKING:
    from bot.profile import Evidence

STRONG = 8.0
"""The strength, in natural-log units, from which a finding counts in full."""

HALF = 0.5
"""A finding whose rows hold this part of the extra errors counts in full."""

NEW = 0.02
"""A share of rows that is under this before, and twice this during, is new."""

APART = 0.7
"""The least part of its weight that a plain defect has, whenever it begins: falls are misdated."""

FLOOR = 0.35
"""The least part of its weight that a new defect has."""


def weighed(
    evidence: "Evidence", declared: Declared, feature: str | None, findings: Sequence[Finding]
) -> Candidate:
    """A cause with every finding that speaks for or against it."""
    found = [
        one
        for sign in declared.signs
        for finding in findings
        if finding.check == sign.check and (one := _weight(evidence, sign, finding, feature))
    ]
    made = Candidate(
        declared=declared, feature=feature, contributions=_once_a_check(found),
        missing=list(_unknown(declared, findings)),
    )  # fmt: skip
    made.odds = BASE + declared.prior + made.added
    return made


def features_of(declared: Declared, findings: Iterable[Finding]) -> list[str | None]:
    """The features that a cause may be about, by what was found; None for no one of them."""
    if not declared.by_feature:
        return [None]
    checks = {sign.check for sign in declared.signs if sign.most > 0}
    names = {
        finding.subject["feature"]: None
        for finding in findings
        if finding.check in checks and finding.verdict == "suspect" and "feature" in finding.subject
    }
    return list(names) or [None]


def _once_a_check(found: Sequence[Contribution]) -> list[Contribution]:
    """One question counts once: the finding of each check that says most."""
    counted = {}
    for check in dict.fromkeys(one.finding.check for one in found):
        mine = [one for one in found if one.finding.check == check]
        counted[check] = max(mine, key=lambda one: abs(one.weight))
    ordered = sorted(found, key=lambda one: -abs(one.weight))
    return [replace(one, counted=counted[one.finding.check] is one) for one in ordered]


def _weight(
    evidence: "Evidence", sign: Sign, finding: Finding, feature: str | None
) -> Contribution | None:
    """What a finding adds to the log-odds; None where it is about something else."""
    if finding.verdict == "unknown":
        return None
    if finding.verdict == "clear":
        same = all(finding.subject.get(k, v) == v for k, v in sign.subject.items() if k == "part")
        if not sign.clear or feature is not None or not same:
            return None
        why = "it would be seen here"
        return Contribution(finding=finding, weight=-sign.clear, most=-sign.clear, why=why)
    if not _about(sign, finding, feature):
        return None
    strong = min(finding.movement / STRONG, 1.0)
    share = timing = 1.0
    if sign.reads in finding.figures and _told(evidence, sign):
        # A defect that holds none of the extra errors is a defect, but not this one's cause.
        share = min(max(finding.figures[sign.reads] / HALF, 0.0), 1.0) ** 0.5
        # A feature that was never so is a defect by itself, though another may hold the errors;
        # answers that are no more often wrong than before are none.
        if feature is not None and _new(finding):
            share = max(share, FLOOR)
    if sign.timed and sign.most > 0:
        apart = plain(finding) or _other_rows(evidence, finding)
        timing = max(fits(evidence, finding.since), APART * apart)
    return Contribution(
        finding=finding, weight=sign.most * strong * share * timing, most=sign.most,
        strong=strong, share=share, timing=timing, why=sign.why,
    )  # fmt: skip


def _told(evidence: "Evidence", sign: Sign) -> bool:
    """Whether the extra errors say how much of them a finding's rows hold.

    Where the metric fell though no more answers are wrong, no rows hold what is not there.
    """
    if sign.most < 0:
        return sign.reads != "accounts"
    return evidence.extra_errors > 0 or not evidence.fell


def _new(finding: Finding) -> bool:
    """Whether something is there that hardly ever was."""
    return finding.figures.get("before", 1.0) < NEW <= finding.figures.get("during", 0.0) - NEW


def plain(finding: Finding) -> bool:
    """Whether a defect explains the fall by itself: new, and its rows hold the extra errors."""
    return _new(finding) and finding.figures.get("accounts", 0.0) >= HALF


def _other_rows(evidence: "Evidence", finding: Finding) -> bool:
    """Whether other rows, each as it always was, explain the fall, and came no sooner than it."""
    figures, since = finding.figures, finding.since
    by_right = figures.get("genuine") and figures["harm"] >= HALF
    return bool(by_right) and since is not None and since >= evidence.onset_interval.low


def _about(sign: Sign, finding: Finding, feature: str | None) -> bool:
    if any(finding.subject.get(key) != value for key, value in sign.subject.items()):
        return False
    if any(finding.subject.get(key) == value for key, value in sign.without.items()):
        return False
    if sign.elsewhere:
        other = finding.subject.get("column", finding.subject.get("feature", feature))
        return other != feature
    return feature is None or finding.subject.get("feature", feature) == feature


def fits(evidence: "Evidence", since: datetime | None) -> float:
    """How well a beginning fits the onset: a cause may come a little before it, never after."""
    if since is None:
        return 0.6
    onset = evidence.onset_interval
    span = timedelta(days=evidence.grid.days)
    slack = max(timedelta(seconds=3 * evidence.grid.width), 0.02 * span)
    if onset.low - slack <= since <= onset.high + slack:
        return 1.0
    gap = (onset.low - since) if since < onset.low else (since - onset.high)
    fall = 0.1 * span if since < onset.low else 0.03 * span
    return max(0.15, math.exp(-gap / fall))


def _unknown(declared: Declared, findings: Iterable[Finding]) -> Iterator[str]:
    checks = {sign.check for sign in declared.signs}
    for finding in findings:
        if finding.check in checks and finding.verdict == "unknown":
            yield finding.says
