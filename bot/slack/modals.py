"""The modals: pure functions to views. A block's id is the name of the argument it asks for."""

from collections.abc import Mapping, Sequence

from bot.incident import SEVERITIES, Incident
from bot.slack import limits, vocabulary
from bot.slack.blocks import words
from bot.slack.blocks.parts import option, plain, section, select
from bot.slack.limits import Block, cut
from bot.slack.origin import Origin
from bot.sockets import Check

VALUE = "value"
"""The action id of every input."""
OTHER_MODEL = "?"


def new_modal(origin: Origin, *, models: Sequence[str], says: str = "") -> Block:
    """Open an incident; `says` is what was seen, where that is known."""
    levels = [option(level.upper(), level) for level in SEVERITIES]
    return _view(
        vocabulary.NEW_VIEW,
        "Open an incident",
        [
            _input("title", "What is wrong?", _text("Accuracy of delays fell", most=150)),
            _model(models),
            _input("metric", "Metric", _text("accuracy", most=100), optional=True),
            _input("severity", "Severity", _menu("sev1 is the worst", levels), optional=True),
            _input("playbook", "Playbook", _text("data-pipeline", most=64), optional=True),
            _input(
                "says", "What have you seen?", _text("", lines=True, initial=says), optional=True
            ),
        ],
        origin,
        submit="Open",
    )


def finding_modal(
    origin: Origin, *, text: str = "", incidents: Sequence[Incident] | None = None
) -> Block:
    """Write down a finding; with `incidents`, to the one chosen among them."""
    blocks = [_input("says", "What did you find?", _text("", lines=True, initial=text))]
    if incidents is not None:
        shown = [option(f"#{one.number} {words.headline(one)}", one.id) for one in incidents]
        left = len(shown) - limits.OPTIONS
        placeholder = f"Choose an incident; {left} more not shown" if left > 0 else "Choose one"
        blocks.insert(0, _input("incident", "Incident", _menu(placeholder, shown)))
    return _view(vocabulary.FINDING_VIEW, "Add a finding", blocks, origin, submit="Add")


def action_modal(origin: Origin) -> Block:
    """Write down something to do."""
    owner: Block = {"type": "users_select", "action_id": VALUE}
    due: Block = {"type": "datepicker", "action_id": VALUE}
    return _view(
        vocabulary.ACTION_VIEW,
        "Add an action",
        [
            _input("says", "What is to be done?", _text("Fix the join", lines=True)),
            _input("owner", "Who does it?", owner, optional=True),
            _input("due", "By when?", due, optional=True),
        ],
        origin,
        submit="Add",
    )


def mitigate_modal(origin: Origin) -> Block:
    """Say what stopped the harm."""
    note = "Plummet watches the metric from here on and says when it has recovered."
    blocks = [
        _input("says", "What was done?", _text("Rolled back to v12", lines=True)),
        section(note, block_id="note"),
    ]
    return _view(vocabulary.MITIGATE_VIEW, "Mitigated", blocks, origin, submit="Watch")


def resolve_modal(origin: Origin, *, cause: str = "") -> Block:
    """Close the incident."""
    blocks = [
        _input("cause", "Root cause", _text("", initial=cause), optional=True),
        _input("says", "What resolved it?", _text("", lines=True), optional=True),
    ]
    return _view(vocabulary.RESOLVE_VIEW, "Resolve", blocks, origin, submit="Resolve")


def run_modal(origin: Origin, *, checks: Mapping[str, Check]) -> Block:
    """Choose a check to run."""
    names = [name for name in sorted(checks) if _is_value(name)]
    shown = [option(f"{name}: {checks[name].question}", name) for name in names]
    fits = 0 < len(shown) <= limits.OPTIONS and len(names) == len(checks)
    element = _menu("Choose a check", shown) if fits else _text("data.missing")
    blocks = [
        _input("check", "Check", element),
        _input("arguments", "Arguments", _text("floor=0.1", most=500), optional=True),
    ]
    return _view(vocabulary.RUN_VIEW, "Run a check", blocks, origin, submit="Run")


def answer_modal(origin: Origin, *, question: str) -> Block:
    """Answer a question of the checklist in words."""
    blocks = [_input("answer", question, _text("", lines=True))]
    return _view(vocabulary.ANSWER_VIEW, "Answer", blocks, origin, submit="Answer")


def home_view(incidents: Sequence[Incident], *, lines: Sequence[str], new: Block) -> Block:
    """The App Home: what is open, and the way to open more."""
    head = f"*{words.count(len(incidents), 'open incident')}*" if incidents else "*All quiet* ✅"
    shown = lines[: limits.VIEW_BLOCKS - 3]
    blocks: list[Block] = [
        section(head, block_id="home.head", accessory=new),
        *(section(line, block_id=f"home.{place}") for place, line in enumerate(shown)),
    ]
    if len(lines) > len(shown):
        blocks.append(section(f"… and {len(lines) - len(shown)} more", block_id="home.more"))
    return {"type": "home", "blocks": blocks}


def _model(models: Sequence[str]) -> Block:
    """A menu where it can hold every model, else words to type."""
    names = dict.fromkeys(models)
    if not 0 < len(names) < limits.OPTIONS or not all(_is_value(name) for name in names):
        return _input("model", "Model", _text("delays", most=200), optional=True)
    shown = [*(option(one, one) for one in names), option("Another, or not sure", OTHER_MODEL)]
    return _input("model", "Model", _menu("Choose a model", shown))


def _is_value(name: str) -> bool:
    """Whether an option can carry this name whole."""
    return name.strip() not in {"", OTHER_MODEL} and len(name) <= limits.OPTION_VALUE


def _menu(placeholder: str, options: Sequence[Block]) -> Block:
    return select(placeholder, action_id=VALUE, options=options)


def _text(
    example: str, *, most: int = limits.INPUT_VALUE, lines: bool = False, initial: str = ""
) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": VALUE,
        "multiline": lines,
        "max_length": most,
    }
    if example:
        element["placeholder"] = plain(f"such as: {example}", limits.PLACEHOLDER)
    return element | ({"initial_value": cut(initial, most)} if initial else {})


def _input(block_id: str, label: str, element: Block, *, optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, limits.INPUT_LABEL),
        "element": element,
        "optional": optional,
    }


def _view(
    callback_id: str, title: str, blocks: list[Block], origin: Origin, *, submit: str
) -> Block:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, limits.VIEW_TITLE),
        "submit": plain(submit, limits.VIEW_TITLE),
        "close": plain("Cancel", limits.VIEW_TITLE),
        "private_metadata": origin.packed(),
        "blocks": blocks,
    }
