"""Lists for whoever asked, and plain notices."""

from bot import cards
from bot.incident import ActionItem, Incident
from bot.slack import limits, vocabulary
from bot.slack.blocks import words
from bot.slack.blocks.parts import button, context, section
from bot.slack.limits import Block, cut, joined, one_line
from bot.slack.mrkdwn import channel, escape, link
from bot.slack.reference import Reference

_ITEMS = 25
_LINES = 30
_MOODS = {"info": "", "good": "✅ ", "bad": "🔴 ", "wrong": "⚠️ "}


def incident_list(card: cards.IncidentList) -> tuple[str, list[Block]]:
    """A section an incident: headline, since when, who leads, where."""
    title = f"{words.count(len(card.incidents), 'incident')} open"
    if not card.incidents:
        return "No incident is open.", [section("No incident is open. ✅", block_id="list.none")]
    blocks = [section(f"*{title}*", block_id="list.head")]
    blocks += [
        section(incident_line(one), block_id=f"list.{place}")
        for place, one in enumerate(card.incidents[:_ITEMS])
    ]
    return title, blocks + _more(len(card.incidents), _ITEMS, "incidents", block_id="list.more")


def incident_line(incident: Incident) -> str:
    """One incident in two lines of mrkdwn."""
    lead = f"lead {escape(cut(incident.lead.name, 60))}" if incident.lead else "no lead"
    small = [
        f"since {words.moment(words.since(incident))}",
        lead,
        channel(incident.room, cut(incident.room_name or "", 80)),
    ]
    head = escape(cut(words.headline(incident), 200))
    return f"*#{incident.number}* {head}\n{' · '.join(filter(None, small))}"


def action_list(card: cards.ActionList) -> tuple[str, list[Block]]:
    """The action items, open ones first with a button to finish them."""
    if not card.actions:
        none = "No action items yet. Add one: /incident action add WHAT @owner by YYYY-MM-DD"
        return none, [section(none, block_id="actions.none")]
    items = sorted(card.actions, key=lambda item: (item.done_at is not None, item.number))
    left = sum(item.done_at is None for item in items)
    title = f"{words.count(len(items), 'action item')}, {left} open"
    blocks = [section(f"*{title}*", block_id="actions.head")]
    blocks += [
        _action(card.incident, item, block_id=f"actions.{place}")
        for place, item in enumerate(items[:_ITEMS])
    ]
    return title, blocks + _more(len(items), _ITEMS, "action items", block_id="actions.more")


def _action(incident: str, item: ActionItem, *, block_id: str) -> Block:
    says = escape(one_line(item.says, 250))
    owner = escape(one_line(item.owner.name, 60)) if item.owner else "no owner"
    if item.done_at:
        return section(f"☑️ #{item.number} ~{says}~ · {owner}", block_id=block_id)
    due = f"due {item.due.isoformat()}" if item.due else "no due date"
    done = button(
        "Done",
        action_id=vocabulary.ACTION_DONE,
        value=Reference(incident=incident, value=str(item.number)).packed(limits.BUTTON_VALUE),
    )
    line = f"⬜ #{item.number} {says} · {owner} · {due}"
    return section(line, block_id=block_id, accessory=done)


def _more(total: int, shown: int, what: str, *, block_id: str) -> list[Block]:
    if total <= shown:
        return []
    return [context(f"… and {total - shown} more {what}", block_id=block_id)]


def notice(card: cards.Notice) -> tuple[str, list[Block]]:
    """A sentence, lines below it, links."""
    sign = _MOODS.get(card.mood, "")
    blocks = [section(f"{sign}{escape(cut(card.says, 2_000)) or '–'}", block_id="notice.says")]
    if card.lines:
        shown = [escape(one_line(line, 250)) for line in card.lines[:_LINES]]
        more = len(card.lines) - len(shown)
        parts = joined([*shown, f"… and {more} more lines"] if more else shown, limits.SECTION)
        blocks += [section(part, block_id=f"notice.lines.{i}") for i, part in enumerate(parts)]
    links = [link(one.url, one_line(one.says, 100)) for one in card.links[:10]]
    links = [one for one in links if len(one) < 500]
    if links:
        blocks.append(context(" · ".join(links), block_id="notice.links"))
    return f"{sign}{card.says}", blocks
