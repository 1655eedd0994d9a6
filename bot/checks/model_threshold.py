"""The decision rule over the score."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import number, percent
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.rejection import Rejection


@check("model.threshold")
def model_threshold(
    evidence: "Evidence", *, least: float = 0.01, sure: float = 4.0, one_way: float = 0.8
) -> Iterator[Finding]:
    """Do predictions still follow from the score as they did before?"""
    rule = evidence.rule
    if rule is None and evidence.rejection is not None:
        yield _of_classes(evidence, evidence.rejection, least=least, sure=sure)
        return
    if rule is None:
        why = evidence.absent.get("score", "it needs a score and two classes")
        raise CheckError(f"the decision rule cannot be read off: {why}")
    broken = rule.during - rule.before >= least and rule.z >= sure
    turned, slow = evidence.rule_since
    mixed = broken and rule.one_way < one_way
    turns = ", upwards as often as downwards" if mixed else ""
    if broken and not mixed and rule.old is not None and rule.new is not None:
        turns = f"; the decision turns at {number(rule.new)} now, at {number(rule.old)} before"
    yield Finding(
        check="model.threshold", verdict="suspect" if broken else "clear",
        strength=min(rule.z**2 / 2, 50.0) if broken else 0.0, rows=rule.rows,
        since=turned if broken else None, slow=slow,
        subject={"sign": "mixed" if mixed else "moved"} if broken else {},
        says=f"{percent(rule.during)} of predictions contradict the rule that the scores showed"
        f" before ({percent(rule.before)} then){turns}",
        figures={
            "before": rule.before, "during": rule.during, "z": rule.z,
            "old": rule.old or 0.0, "new": rule.new or 0.0, "one_way": rule.one_way,
            "holds": rule.holds,
        },
        doubt="answers that are fallbacks and follow no rule",
    )  # fmt: skip


def _of_classes(
    evidence: "Evidence", found: "Rejection", *, least: float, sure: float, to_one: float = 0.85,
    cut: float = 0.1, truly: float = 0.5, even: float = 0.8,
) -> Finding:  # fmt: skip
    """Of many classes a threshold turns answers of low score, and no other, into one of them.

    A rule asks for the score alone: below it as many turn at one score as at another, whereas a
    wrong feature turns some more than others. It is none where labels turned with the answers, or
    where answers of high score moved too.
    """
    turned, since = found.turned, evidence.said_since
    broken = (
        found.share >= least and found.z >= 1.5 * sure
        and found.to_one >= to_one and -2 * cut * turned <= found.above <= cut * turned
        and found.truly <= truly * turned and found.even >= even
    )  # fmt: skip
    words = (
        f"{percent(turned)} of the answers that would be of other classes are {found.name} where"
        f" the score is below {number(found.below)}, {percent(max(found.above, 0.0))} over it;"
        f" labels there did not turn so" if broken
        else "no class took over the answers of low score, and those only"
    )  # fmt: skip
    return Finding(
        check="model.threshold", verdict="suspect" if broken else "clear", rows=found.rows,
        strength=min(found.z**2 / 2, 50.0) if broken else 0.0,
        since=since[0] if broken else None, slow=since[1],
        subject={"sign": "moved"} if broken else {}, says=words,
        figures={
            "before": 0.0, "during": found.share, "z": found.z, "new": found.below,
            "turned": turned, "above": found.above, "truly": found.truly, "to_one": found.to_one,
            "even": found.even, "holds": 0.0,
        },
        doubt="a server that answers its default where the model is unsure",
    )  # fmt: skip
