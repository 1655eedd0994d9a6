"""A rollback that waits for a second person, and what became of it."""

from collections.abc import Iterator

from bot import cards
from bot.incident import Rollback
from bot.slack import limits, vocabulary
from bot.slack.blocks import words
from bot.slack.blocks.parts import actions, button, context, header, section
from bot.slack.limits import Block, one_line
from bot.slack.mrkdwn import escape
from bot.slack.reference import Reference


def approval(card: cards.Approval) -> tuple[str, list[Block]]:
    """What it would do, the call to the last character, then the buttons or the outcome."""
    one = card.rollback
    says = f"Rollback: {one_line(one.call.says, 200)}"
    who = f"asked for by {escape(one_line(one.asked_by.name, 80))}, {words.moment(one.asked_at)}"
    why = f"\n*Why:* {escape(one_line(one.why, 300))}" if one.why else ""
    blocks = [
        header("Rollback", block_id="rollback.head"),
        section(f"*{escape(_sentence(one.call.says))}*{why}", block_id="rollback.says"),
        section(_call(one), block_id="rollback.call"),
    ]
    if one.state == "asked":
        blocks.append(actions(_buttons(card), block_id="rollback.verbs"))
    blocks.append(context(f"{who} · {_state(card)}", block_id="rollback.state"))
    return f"{says} ({one.state})", blocks


def _sentence(says: str) -> str:
    line = one_line(says, 300)
    return line[:1].upper() + line[1:]


def _call(one: Rollback) -> str:
    """The request as it goes out; the headers that prove who sends it are left out."""
    lines = f"{one.call.method} {one.call.url}\nIdempotency-Key: {one.id}\n\n{one.call.body}"
    return f"```\n{escape(lines)}\n```"


def _buttons(card: cards.Approval) -> Iterator[Block]:
    about = Reference(incident=card.incident, value=card.rollback.id).packed(limits.BUTTON_VALUE)
    yield button("Approve", action_id=vocabulary.APPROVE, value=about, style="danger")
    yield button("Decline", action_id=vocabulary.DECLINE, value=about)


def _state(card: cards.Approval) -> str:
    one = card.rollback
    by = escape(one_line(one.decided_by.name, 80)) if one.decided_by else "somebody"
    outcome = escape(one_line(one.outcome, 400))
    match one.state:
        case "asked":
            names = escape(one_line(", ".join(card.approvers), 200)) if card.approvers else ""
            whose = names or "anybody but whoever asked"
            return f"{whose} may approve it until {words.moment(one.until)}"
        case "approved":
            return f"approved by {by}, being carried out"
        case "done":
            return f"✅ done, approved by {by}"
        case "declined":
            return f"declined by {by}; {outcome}"
        case "expired":
            return f"lapsed: {outcome}"
        case "failed":
            return f"🔴 approved by {by}, but it failed: {outcome}"
