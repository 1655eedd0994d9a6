"""Whether there are labels enough, and whether they come as they used to."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import APART, UNEVEN, percent, rows, since, span
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.delays import Prompt

FEWER, CLEAR = 0.1, 8.0
"""By how much fewer labels have to be in by an age, and the strength of that, to be late."""


@check("metric.labels")
def metric_labels(
    evidence: "Evidence", *, labelled: int = 50, least: float = 0.05, sure: float = 6.0,
    slower: float = 1.5,
) -> Iterator[Finding]:  # fmt: skip
    """Have enough labels arrived to say anything, and do they arrive as they used to?"""
    n1, n0 = evidence.tallies.labelled(evidence.during), evidence.tallies.labelled(evidence.before)
    if min(n0, n1) < labelled:
        yield Finding(
            check="metric.labels", verdict="unknown", rows=n0 + n1, subject={"part": "coverage"},
            says=f"too few labels: {rows(n0)} before and {rows(n1)} during have one,"
            f" {labelled} of each are needed",
            doubt="labels that arrive later",
        )  # fmt: skip
    yield _coverage(evidence, least=least, sure=sure)
    yield from _turned(evidence)
    if "label_time" in evidence.absent:
        yield Finding(
            check="metric.labels", verdict="unknown", subject={"part": "delay"},
            says=f"how late labels come is not known: {evidence.absent['label_time']}",
        )  # fmt: skip
    elif min(n0, n1) >= labelled:
        yield _delay(evidence, slower=slower)
        yield _one_sided(evidence, least=least, sure=sure)


def _coverage(evidence: "Evidence", *, least: float, sure: float) -> Finding:
    """Coverage of rows old enough that their labels should be there."""
    labels = evidence.labels
    shift = evidence.shift_of_share(labels.unlabelled, labels.rows)
    fewer = shift.change > least and shift.strength >= sure
    if fewer and "label_time" in evidence.absent:
        return Finding(
            check="metric.labels", verdict="unknown", rows=shift.rows, subject={"part": "coverage"},
            says=f"{percent(shift.during)} of rows have no label{since(shift.since)},"
            f" {percent(shift.before)} before; whether they are late cannot be told:"
            f" {evidence.absent['label_time']}",
        )  # fmt: skip
    began = evidence.began(shift.since) if fewer else None
    return Finding(
        check="metric.labels", verdict="suspect" if fewer else "clear", rows=shift.rows,
        strength=shift.strength if fewer else 0.0, since=began,
        subject={"part": "coverage"},
        says=f"of rows older than {span(labels.ripe_seconds)} (when labels used to be in)"
        f" {percent(shift.during)} have no label{since(began)},"
        f" {percent(shift.before)} before",
        figures={"before": shift.before, "during": shift.during, "z": shift.z},
        doubt="labels that arrive later",
    )  # fmt: skip


def _delay(evidence: "Evidence", *, slower: float) -> Finding:
    labels, prompt = evidence.labels, evidence.prompt
    if prompt is not None and prompt.late.change >= FEWER and prompt.late.strength >= CLEAR:
        return _less_prompt(prompt)
    late = labels.delay_during > slower * max(labels.delay_before, 1.0)
    return Finding(
        check="metric.labels", verdict="suspect" if late else "clear",
        strength=10.0 if late else 0.0, rows=evidence.tallies.labelled(evidence.during),
        since=evidence.start if late else None, subject={"part": "delay"},
        says=f"a label comes {span(labels.delay_during)} after its prediction on average during"
        f" the incident, {span(labels.delay_before)} before",
        figures={"before": labels.delay_before, "during": labels.delay_during},
        doubt="the newest rows only show the quick labels",
    )  # fmt: skip


def _less_prompt(prompt: "Prompt") -> Finding:
    """Fewer labels by an age that every row has reached: that is no matter of how new rows are."""
    late = prompt.late
    return Finding(
        check="metric.labels", verdict="suspect", strength=late.strength, rows=late.rows,
        since=late.since, slow=late.slow, subject={"part": "delay"},
        says=f"{percent(late.during)} of rows have no label {span(prompt.seconds)} after their"
        f" prediction{since(late.since)}, {percent(late.before)} before",
        figures={"before": late.before, "during": late.during, "z": late.z},
        doubt="a part of the traffic whose labels always came later",
    )  # fmt: skip


def _turned(evidence: "Evidence", *, clear: float = 15.0, apart: float = 2.0) -> Iterator[Finding]:
    """Labels of one class that became the other by the same chance at every score.

    So do absent ones that are written down as negative, and a class that is labelled wrong. The
    world would change for some cases; labels of other rows would turn both ways.
    """
    flips = evidence.flips
    local = None if evidence.belonging.labels_alike else evidence.local
    if flips is None or flips.way == "both" or flips.gain < clear or flips.apart < apart:
        return
    if not flips.fits or (local is not None and local.z >= UNEVEN and local.share >= APART):
        return
    turned, slow = evidence.true_since
    other = "positive" if flips.way == "negative" else "negative"
    why = "absent ones may be written down as negative, or " if flips.way == "negative" else ""
    yield Finding(
        check="metric.labels", verdict="suspect", strength=flips.gain / 8, since=turned, slow=slow,
        rows=evidence.tallies.labelled(evidence.during),
        subject={"part": "turned", "way": flips.way},
        says=f"{percent(flips.chance)} of the labels that would be {other} are {flips.way}"
        f"{since(turned)}, as many at every score: {why}one class is labelled wrong",
        figures={
            "chance": flips.chance, "gain": flips.gain, "left": flips.left, "apart": flips.apart,
        },
        doubt="when each label arrived, and from where",
    )  # fmt: skip


def _one_sided(evidence: "Evidence", *, least: float, sure: float) -> Finding:
    """Labels of one class only that came another way: absent ones written down as negative."""
    pile = evidence.one_sided
    if pile is None or pile.shift.change < least or pile.shift.strength < sure:
        n1 = evidence.tallies.labelled(evidence.during)
        return Finding(
            check="metric.labels", verdict="clear", rows=n1, subject={"part": "absent"},
            says=f"of {rows(n1)} with a label during the incident no pile is of one class by the"
            " time that its labels took",
        )  # fmt: skip
    how = "have no time of arrival" if pile.undated else (
        f"came {span(pile.low)} to {span(pile.high)} after the prediction"
    )  # fmt: skip
    shift = pile.shift
    return Finding(
        check="metric.labels", verdict="suspect", rows=shift.rows, strength=shift.strength,
        since=evidence.began(shift.since), subject={"part": "absent", "class": pile.label},
        says=f"{percent(shift.during)} of labels are {pile.label} and {how}{since(shift.since)},"
        f" {percent(shift.before)} before; {percent(pile.one_class)} of those that {how} are"
        f" {pile.label}, {percent(pile.usual)} were: absent labels look written down as"
        f" {pile.label}",
        figures={
            "before": shift.before, "during": shift.during, "low": shift.low, "high": shift.high,
            "z": shift.z, "one_class": pile.one_class, "usual": pile.usual,
        },
        doubt="outcomes of that class that really are settled at a fixed time",
    )  # fmt: skip
