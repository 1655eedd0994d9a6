"""The checklist: as much detail as fits into one message."""

from itertools import groupby

from bot import cards
from bot.incident import Progress, Step
from bot.slack import limits
from bot.slack.blocks import words
from bot.slack.blocks.parts import context, header, section
from bot.slack.limits import Block, joined
from bot.slack.mrkdwn import escape

_OVER = frozenset({"suspect", "clear", "unknown", "answered", "done", "skipped"})
_WAITING = Progress(state="waiting")
_ROOM = 11_000
"""Characters for the whole card, with some way to go to Slack's ceiling."""
_LENGTHS = ((400, 400), (200, 150), (120, 80), (80, 40), (60, 0))
"""Ever shorter: characters of a step's own words and of what came of it."""

Section = tuple[str, list[Step]]


def checklist(card: cards.ChecklistCard) -> tuple[str, list[Block]]:
    """Every section with its steps; sections that are over, then all, fold up when it is long."""
    steps = card.playbook.steps
    over = sum(_progress(card, step).state in _OVER for step in steps)
    title = f"Checklist {card.playbook.name}: {over} of {len(steps)} done"
    head = header(title, block_id="checklist.head")
    parts = [(name, list(inside)) for name, inside in groupby(steps, key=lambda s: s.section)]
    for folded in (frozenset(), _OVER, _OVER | {"waiting"}):
        for says, result in _LENGTHS if not folded else _LENGTHS[2:]:
            texts = _texts(card, parts, folded=folded, says=says, result=result)
            if _fits(texts):
                return title, [head, *_sections(texts)]
    return title, [head, *_shortest(card, parts)]


def _fits(texts: list[str]) -> bool:
    return (
        len(texts) < limits.MESSAGE_BLOCKS
        and sum(len(text) for text in texts) <= _ROOM
        and all(len(text) <= limits.SECTION for text in texts)
    )


def _sections(texts: list[str]) -> list[Block]:
    return [section(text, block_id=f"checklist.{place}") for place, text in enumerate(texts)]


def _texts(
    card: cards.ChecklistCard,
    parts: list[Section],
    *,
    folded: frozenset[str],
    says: int,
    result: int,
) -> list[str]:
    return [
        _folded(card, part)
        if all(_progress(card, step).state in folded for step in part[1])
        else _open(card, part, says=says, result=result)
        for part in parts
    ]


def _open(card: cards.ChecklistCard, part: Section, *, says: int, result: int) -> str:
    name, steps = part
    wanted = [step for step in steps if _progress(card, step).state != "skipped"]
    lines = [_line(step, _progress(card, step), says=says, result=result) for step in wanted]
    if skipped := len(steps) - len(wanted):
        lines.append(f"_{skipped} not needed here_")
    over = sum(_progress(card, step).state in _OVER for step in wanted)
    title = escape(limits.one_line(name, 100))
    return "\n".join([f"*{title}* {over}/{len(wanted)}" if wanted else f"*{title}*", *lines])


def _line(step: Step, progress: Progress, *, says: int, result: int) -> str:
    sign = words.SIGNS[progress.state]
    line = f"{sign} {escape(limits.one_line(step.says, says))}"
    came = " · ".join(filter(None, (progress.says, progress.by)))
    if result and came:
        line += f" — {escape(limits.one_line(came, result))}"
    return line


def _folded(card: cards.ChecklistCard, part: Section) -> str:
    """One line for a section: its signs counted."""
    name, steps = part
    states = [_progress(card, step).state for step in steps]
    counted = ", ".join(
        f"{sign} {states.count(state)} {state}"
        for state, sign in words.SIGNS.items()
        if state in states
    )
    return f"*{escape(limits.one_line(name, 80))}* {counted}"


def _shortest(card: cards.ChecklistCard, parts: list[Section]) -> list[Block]:
    """A line a section, several to a block; the last resort for a playbook of hundreds of steps."""
    lines = [_folded(card, part) for part in parts]
    shown: list[str] = []
    while lines and sum(len(line) + 1 for line in shown) + len(lines[0]) < _ROOM - 200:
        shown.append(lines.pop(0))
    left = f"… and {len(lines)} more sections; " if lines else ""
    said = f"{left}folded up: too long for one message"
    return [*_sections(joined(shown, limits.SECTION)), context(said, block_id="checklist.more")]


def _progress(card: cards.ChecklistCard, step: Step) -> Progress:
    return card.incident.progress.get(step.key, _WAITING)
