"""What was found, and what it speaks for."""

from collections.abc import Iterable, Iterator, Mapping

from bot import cards
from bot.incident import Finding, Hypothesis
from bot.slack import limits, vocabulary
from bot.slack.blocks import words
from bot.slack.blocks.parts import actions, button, context, header, section
from bot.slack.limits import MESSAGE_BLOCKS, Block, cut, one_line
from bot.slack.mrkdwn import escape
from bot.slack.reference import Reference

_FINDINGS = 15
_OF_A_PART = 4
_HYPOTHESES = 6
_DISCOUNTED = 15
_LIKELY_ENOUGH = 0.02
_REASON = 200  # characters: a change is told with its author, its time and its distance
"""Below this a cause is named with its share, but its reasons are not read at three."""


def findings(card: cards.Findings) -> tuple[str, list[Block]]:
    """The question, then each answer with what it rests on; suspects first."""
    found = _ordered(card.findings)
    blocks = [
        section(
            f"*{escape(one_line(card.title, 150))}*\n{escape(one_line(card.question, 300))}",
            block_id="findings.head",
        )
    ]
    blocks += [
        section(_finding(one), block_id=f"findings.{place}")
        for place, one in enumerate(found[:_FINDINGS])
    ]
    if not found:
        blocks.append(section("Nothing to say: no finding came back.", block_id="findings.none"))
    if len(found) > _FINDINGS:
        more = f"… and {len(found) - _FINDINGS} more findings"
        blocks.append(context(more, block_id="findings.more"))
    first = f": {found[0].says}" if found else ""
    return f"{card.title}{first}", blocks


def details(card: cards.Details) -> tuple[str, list[Block]]:
    """A paragraph a check: its question, then what matters most of what it found."""
    blocks = [header(card.section, block_id="details.head")]
    blocks += [
        section(_part(part), block_id=f"details.{place}")
        for place, part in enumerate(card.parts[: MESSAGE_BLOCKS - 1])
    ]
    suspects = sum(one.verdict == "suspect" for part in card.parts for one in part.findings)
    return f"{card.section}: {suspects or 'no'} suspect{'' if suspects == 1 else 's'}", blocks


def _part(part: cards.Findings) -> str:
    found = _ordered(part.findings)
    lines = [f"*{escape(one_line(part.title, 150))}*"]
    for one in found[:_OF_A_PART]:
        lines.append(f"{words.VERDICT_SIGNS[one.verdict]} {escape(one_line(one.says, 300))}")
        rests = [words.count(one.rows)] if one.rows and one.rows > 1 else []
        rests += [f"since {words.moment(one.since)}"] if one.since else []
        lines += [f"_{escape(' · '.join(rests))}_"] if rests else []
    if not found:
        lines.append("Nothing to say.")
    if len(found) > _OF_A_PART:
        lines.append(f"… and {len(found) - _OF_A_PART} more findings")
    # Findings of one check mostly share their doubt, and each is said once.
    doubts = dict.fromkeys(one.doubt for one in found[:_OF_A_PART] if one.doubt)
    lines += [f"Would change with: {escape(one_line(doubt, 150))}" for doubt in doubts]
    return "\n".join(lines)


def _ordered(found: Iterable[Finding]) -> list[Finding]:
    order = {"suspect": 0, "unknown": 1, "clear": 2}
    return sorted(found, key=lambda one: (order[one.verdict], -one.strength))


def _finding(finding: Finding) -> str:
    says = escape(one_line(finding.says, 300))
    rests = [words.count(finding.rows)] if finding.rows else []
    if finding.since:
        rests.append(f"since {words.moment(finding.since)}")
    rests += [_figures(finding.figures)] if finding.figures else []
    lines = [f"{words.VERDICT_SIGNS[finding.verdict]} {says}"]
    if rests:
        lines.append(escape(" · ".join(rests)))
    if finding.doubt:
        lines.append(f"Would change with: {escape(one_line(finding.doubt, 150))}")
    return "\n".join(lines)


def _figures(figures: Mapping[str, float]) -> str:
    shown = [
        f"{one_line(name.replace('_', ' '), 30)} {words.figure(value)}"
        for name, value in list(figures.items())[:4]
    ]
    more = len(figures) - len(shown)
    return ", ".join([*shown, f"… and {more} more"] if more else shown)


def ranking(card: cards.Ranking) -> tuple[str, list[Block]]:
    """The causes, best first; the discounted stay on the list with their share."""
    diagnosis = card.incident.diagnosis
    head = header("What caused it?", block_id="ranking.head")
    if diagnosis is None or not diagnosis.hypotheses:
        none = "No cause is ranked yet: the checks are still running or found nothing."
        return none, [head, section(none, block_id="ranking.none")]
    said = {finding.id: finding.says for finding in diagnosis.findings}
    likely = sum(one.confidence >= _LIKELY_ENOUGH for one in diagnosis.hypotheses)
    shown = min(max(likely, 1), _HYPOTHESES)
    best, rest = diagnosis.hypotheses[:shown], diagnosis.hypotheses[shown:]
    blocks = [head] + [
        section(_hypothesis(place, one, said), block_id=f"ranking.{place}")
        for place, one in enumerate(best, start=1)
    ]
    if rest:
        blocks.append(context(_discounted(rest), block_id="ranking.rest"))
    blocks.append(context(_pages(best, diagnosis.model), block_id="ranking.pages"))
    if card.rollback:
        about = Reference(incident=card.incident.id).packed(limits.BUTTON_VALUE)
        ask = button("Ask for a rollback", action_id=vocabulary.ROLLBACK, value=about)
        blocks.append(actions([ask], block_id="ranking.verbs"))
    return f"Likely cause: {words.likely(diagnosis)}", blocks


def _pages(best: Iterable[Hypothesis], model: str) -> str:
    """Where to read on: the page of the first cause, and why it is first."""
    cause = next((one.cause for one in best), "unknown")
    page, order = escape(one_line(cause, 60)), escape(one_line(model, 60))
    return (
        f"What it is, how it looks, what it is confused with: `plummet explain {page}`."
        f" Why it is first: `plummet explain {order}`"
    )


def _hypothesis(place: int, hypothesis: Hypothesis, said: Mapping[str, str]) -> str:
    cause = escape(one_line(words.cause(hypothesis.cause), 60))
    lines = [
        f"*{place}. {cause}* — {words.confidence(hypothesis.confidence)}",
        escape(one_line(hypothesis.says, 300)),
        _own_part(hypothesis),
        _because("For", _others(hypothesis.says, hypothesis.evidence, said)),
        _because("Against", (said.get(name, name) for name in hypothesis.against)),
        _because("Missing", hypothesis.missing),
    ]
    if hypothesis.change:
        lines.append(f"*Change:* {escape(one_line(hypothesis.change, 80))}")
    if hypothesis.actions:
        lines.append(f"*First:* {escape(one_line(hypothesis.actions[0].says, 200))}")
    return "\n".join(filter(None, lines))


def _own_part(hypothesis: Hypothesis) -> str:
    """Of two causes that act together, how much of the fall lies in the rows of this one."""
    if hypothesis.share is None:
        return ""
    return f"*Its part:* {100 * hypothesis.share:.0f} % of the extra errors lie in its rows"


def _others(says: str, names: Iterable[str], said: Mapping[str, str]) -> Iterator[str]:
    """The findings of these names, but for the one that the hypothesis quotes already."""
    reasons = (said.get(name, name) for name in names)
    return (reason for reason in reasons if reason != says)


def _because(label: str, reasons: Iterable[str]) -> str:
    """Up to three reasons, and how many more there are."""
    known = list(reasons)
    if not known:
        return ""
    shown = [escape(one_line(reason, _REASON)) for reason in known[:3]]
    more = [f"… and {len(known) - 3} more"] if len(known) > 3 else []
    return f"*{label}:* " + "; ".join([*shown, *more])


def _discounted(rest: tuple[Hypothesis, ...]) -> str:
    shown = "; ".join(
        f"{escape(cut(words.cause(one.cause), 60))} {one.confidence:.0%}"
        for one in rest[:_DISCOUNTED]
    )
    more = f"; … and {len(rest) - _DISCOUNTED} more" if len(rest) > _DISCOUNTED else ""
    return f"Discounted: {shown}{more}"
