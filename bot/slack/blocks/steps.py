"""The steps of a checklist that a person carries out: questions and tasks."""

from bot import cards
from bot.slack import limits, vocabulary
from bot.slack.blocks.parts import actions, button, context, option, section, select
from bot.slack.limits import Block, cut, one_line
from bot.slack.mrkdwn import escape
from bot.slack.reference import Reference

_BUTTONS = limits.ACTION_ELEMENTS - 1
"""Up to so many options are buttons beside “Answer in words”, more are a menu."""


def question(card: cards.Question) -> tuple[str, list[Block]]:
    """The question with its answers to press; once answered, the answer alone."""
    says = one_line(card.step.says, 1_000)
    asked = f" {escape(one_line(card.asked, 100))}," if card.asked else ""
    if card.answer:
        answer = escape(cut(card.answer, 1_500))
        done = section(f"💬 {escape(says)}\n*Answer:* {answer}", block_id="question.says")
        return f"Answered: {says} {card.answer}", [done]
    blocks = [section(f"❓{asked} *{escape(says)}*", block_id="question.says")]
    blocks.append(actions(_answers(card), block_id="question.answers"))
    if hidden := len(_options(card)) - _shown(card):
        more = f"… and {hidden} more; use “Answer in words” for one of those"
        blocks.append(context(more, block_id="question.more"))
    return f"Question: {says}", blocks


def _answers(card: cards.Question) -> list[Block]:
    options = _options(card)
    about = Reference(incident=card.incident, step=card.step.key, value=cut(card.step.says, 1_000))
    words = button(
        "Answer in words" if options else "Answer",
        action_id=vocabulary.OPEN_ANSWER,
        value=about.packed(limits.BUTTON_VALUE),
        style=None if options else "primary",
    )
    if not options:
        return [words]
    if len(options) > _BUTTONS:
        choices = _choices(card)
        menu = select("Choose an answer", action_id=vocabulary.CHOOSE, options=choices)
        return [menu, words] if choices else [words]
    return [
        *(
            button(
                says,
                action_id=f"{vocabulary.ANSWER}.{place}",
                value=_answer(card, says).packed(limits.BUTTON_VALUE),
            )
            for place, says in enumerate(options)
        ),
        words,
    ]


def _choices(card: cards.Question) -> list[Block]:
    """The options of the menu; one whose value Slack would not carry whole is left out."""
    values = [(says, _answer(card, says).packed(limits.BUTTON_VALUE)) for says in _options(card)]
    fitting = [option(says, value) for says, value in values if len(value) <= limits.OPTION_VALUE]
    return fitting[: limits.OPTIONS]


def _options(card: cards.Question) -> tuple[str, ...]:
    """The options, each once: Slack refuses a menu with two alike."""
    return tuple(dict.fromkeys(card.step.options))


def _shown(card: cards.Question) -> int:
    options = len(_options(card))
    return options if options <= _BUTTONS else len(_choices(card))


def _answer(card: cards.Question, says: str) -> Reference:
    return Reference(incident=card.incident, step=card.step.key, value=says)


def task(card: cards.Task) -> tuple[str, list[Block]]:
    """Something to do, with who does it and whether it is done."""
    says = one_line(card.step.says, 1_000)
    who = escape(one_line(card.taken_by, 100)) if card.taken_by else ""
    if card.done:
        by = f" — {who}" if who else ""
        return f"Done: {says}", [section(f"☑️ ~{escape(says)}~{by}", block_id="task.says")]
    about = Reference(incident=card.incident, step=card.step.key).packed(limits.BUTTON_VALUE)
    taken = f"_{who} is on it_" if who else "_nobody has taken it_"
    buttons = [button("Done", action_id=vocabulary.STEP_DONE, value=about)]
    if not who:
        take = button("I take it", action_id=vocabulary.STEP_TAKE, value=about, style="primary")
        buttons.insert(0, take)
    blocks = [
        section(f"🔧 *{escape(says)}*\n{taken}", block_id="task.says"),
        actions(buttons, block_id="task.verbs"),
    ]
    return f"To do: {says}", blocks
