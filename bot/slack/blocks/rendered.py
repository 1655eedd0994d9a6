"""One card, one message: which function words which card, and the last look at its size."""

from dataclasses import dataclass
from typing import assert_never

from bot import cards
from bot.slack import limits
from bot.slack.blocks.approval import approval
from bot.slack.blocks.checklist import checklist
from bot.slack.blocks.evidence import details, findings, ranking
from bot.slack.blocks.lists import action_list, incident_list, notice
from bot.slack.blocks.parts import context
from bot.slack.blocks.situation import announcement, situation
from bot.slack.blocks.steps import question, task
from bot.slack.limits import Block, characters, cut_mrkdwn
from bot.slack.mrkdwn import escape


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message: `text` for notifications and screen readers, `blocks` for the eye."""

    text: str
    blocks: list[Block]


def render(card: cards.Card) -> Rendered:
    """The card as a message within Slack's limits; texts from outside are escaped."""
    text, blocks = _worded(card)
    said = cut_mrkdwn(escape(" ".join(text.split())), limits.MESSAGE_TEXT) or "–"
    return Rendered(text=said, blocks=_fitting(blocks))


def _worded(card: cards.Card) -> tuple[str, list[Block]]:  # noqa: C901, PLR0911, PLR0912 - one line a card
    match card:
        case cards.Situation():
            return situation(card)
        case cards.ChecklistCard():
            return checklist(card)
        case cards.Findings():
            return findings(card)
        case cards.Details():
            return details(card)
        case cards.Ranking():
            return ranking(card)
        case cards.Question():
            return question(card)
        case cards.Task():
            return task(card)
        case cards.Approval():
            return approval(card)
        case cards.Announcement():
            return announcement(card)
        case cards.IncidentList():
            return incident_list(card)
        case cards.ActionList():
            return action_list(card)
        case cards.Notice():
            return notice(card)
        case _:
            assert_never(card)


def _fitting(blocks: list[Block]) -> list[Block]:
    """The blocks, or as many as fit and a word on how many do not.

    Every card keeps within the limits by itself; this is for the one that some value proves wrong.
    Buttons are kept before texts.
    """
    if len(blocks) <= limits.MESSAGE_BLOCKS and _size(blocks) <= limits.MESSAGE_CHARACTERS:
        return blocks
    kept = list(blocks)
    left_out = 0
    while len(kept) >= limits.MESSAGE_BLOCKS or _size(kept) > limits.MESSAGE_CHARACTERS - 100:
        texts = [place for place, block in enumerate(kept) if block["type"] != "actions"]
        del kept[texts[-1] if len(texts) > 1 else -1]
        left_out += 1
    return [*kept, context(f"… and {left_out} more parts left out", block_id="left_out")]


def _size(blocks: list[Block]) -> int:
    return sum(characters(block) for block in blocks)
