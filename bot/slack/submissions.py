"""A modal that was sent, as a verb with its arguments or as complaints beside its fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.errors import RequestError
from bot.slack import vocabulary
from bot.slack.grammar import Command
from bot.slack.modals import OTHER_MODEL, VALUE
from bot.slack.phrases import check_arguments, nearest, pairs_of
from bot.sockets import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaints:
    """What is wrong with a modal's fields, by block id."""

    errors: dict[str, str]


Fields = Mapping[str, str]


def submitted(
    view: Mapping[str, Any], *, checks: Mapping[str, Check], models: frozenset[str]
) -> Command | Complaints:
    """What the modal asks for, checked as far as that goes without the store."""
    fields = _fields(view)
    if view["callback_id"] == vocabulary.RUN_VIEW:
        return _run(fields, checks)
    model = fields.get("model", "")
    if model and model not in models:
        return Complaints(errors={"model": f"No model is called that{nearest(model, models)}."})
    read, wanted = _READ[view["callback_id"]]
    missing = [name for name in wanted if not fields.get(name)]
    if missing:
        return Complaints(errors=dict.fromkeys(missing, "A few words, please."))
    return read(fields)


def incident_of(view: Mapping[str, Any]) -> str:
    """The incident chosen in the modal, where it asks for one."""
    return _fields(view).get("incident", "")


def _fields(view: Mapping[str, Any]) -> dict[str, str]:
    """Block id = what was typed or chosen; empty fields are left out."""
    values: Mapping[str, Mapping[str, Any]] = (view.get("state") or {}).get("values") or {}
    found: dict[str, str] = {}
    for block, elements in values.items():
        element = elements.get(VALUE) or {}
        said = (
            element.get("value")
            or (element.get("selected_option") or {}).get("value")
            or element.get("selected_user")
            or element.get("selected_date")
            or ""
        )
        if said.strip() and said != OTHER_MODEL:
            found[block] = said.strip()
    return found


def _run(fields: Fields, checks: Mapping[str, Check]) -> Command | Complaints:
    name = fields.get("check", "")
    if name not in checks:
        return Complaints(errors={"check": f"There is no such check{nearest(name, checks)}."})
    try:
        pairs, left = pairs_of(fields.get("arguments", ""))
        args = check_arguments(checks[name], pairs)
    except RequestError as error:
        return Complaints(errors={"arguments": str(error)})
    if left:
        return Complaints(errors={"arguments": f"“{left}” is no argument; write name=value."})
    return Command(verb="run", args={"check": name, **args})


def _only(*names: str) -> Callable[[Fields], dict[str, str]]:
    return lambda fields: {name: fields[name] for name in names if name in fields}


def _command(command: Command, *names: str) -> Callable[[Fields], Command]:
    pick = _only(*names)
    return lambda fields: replace(command, args=pick(fields))


_READ: Final[Mapping[str, tuple[Callable[[Fields], Command], tuple[str, ...]]]] = {
    vocabulary.NEW_VIEW: (
        _command(Command(verb="new"), "title", "model", "metric", "severity", "playbook", "says"),
        ("title",),
    ),
    vocabulary.FINDING_VIEW: (_command(Command(verb="finding"), "says"), ("says",)),
    vocabulary.ACTION_VIEW: (
        _command(Command(verb="action.add"), "says", "owner", "due"),
        ("says",),
    ),
    vocabulary.MITIGATE_VIEW: (_command(Command(verb="mitigate"), "says"), ("says",)),
    vocabulary.RESOLVE_VIEW: (_command(Command(verb="resolve"), "cause", "says"), ()),
    vocabulary.ANSWER_VIEW: (
        lambda fields: Command(verb="answer", args={"value": fields["answer"]}),
        ("answer",),
    ),
}
"""Callback id = how its fields become a command, and which must not be empty."""
