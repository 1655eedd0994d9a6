"""What a person chose or typed, as Slack reports it."""

from collections.abc import Iterator
from typing import Any

from bot.errors import RequestError
from bot.workspace.nouns import Json

_PICKED = {
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
}
_PICKED_MANY = {
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
}
_ONE = frozenset({"static_select", "external_select", "radio_buttons", "overflow"})
_MANY = frozenset({"multi_static_select", "multi_external_select", "checkboxes"})


def elements_of(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element, with its block."""
    for block in blocks:
        found = [block.get("accessory"), block.get("element")]
        if block.get("type") in ("actions", "context_actions"):
            found += block.get("elements", [])
        for one in found:
            if isinstance(one, dict) and "action_id" in one:
                yield block, one


def find_element(
    blocks: list[Json], action_id: str, *, block_id: str | None = None
) -> tuple[Json, Json]:
    """The block and element of that action id, or with those words on it.

    Raises:
        RequestError: There is none; names those there are.
    """
    known: list[str] = []
    for block, element in elements_of(blocks):
        if block_id is not None and block["block_id"] != block_id:
            continue
        words = (element.get("text") or {}).get("text", "")
        if action_id in (element["action_id"], words):
            return block, element
        known.append(f"{element['action_id']} ({words})" if words else element["action_id"])
    raise RequestError(f"no element {action_id!r} here; there are: {', '.join(known) or 'none'}")


def answer_of(element: Json, value: Any) -> Json:
    """The element's state once a person gave it this value; None empties it.

    Options are named by their value or by their words.
    """
    kind = str(element["type"])
    empty = value in (None, "", [])
    if kind in _ONE:
        return {"type": kind, "selected_option": None if empty else _option(element, str(value))}
    if kind in _MANY:
        chosen = [] if empty else [_option(element, str(one)) for one in _listed(value)]
        return {"type": kind, "selected_options": chosen}
    if kind in _PICKED:
        return {"type": kind, _PICKED[kind]: None if empty else str(value)}
    if kind in _PICKED_MANY:
        return {"type": kind, _PICKED_MANY[kind]: [] if empty else _listed(value)}
    if kind == "datetimepicker":
        return {"type": kind, "selected_date_time": None if empty else int(value)}
    return {"type": kind, "value": None if empty else str(value)}


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def options_of(element: Json) -> list[Json]:
    """An element's options, groups flattened."""
    groups = element.get("option_groups") or [{"options": element.get("options") or []}]
    return [option for group in groups for option in group["options"]]


def _option(element: Json, wanted: str) -> Json:
    options = options_of(element)
    for option in options:
        if wanted == option["value"]:
            return option
    for option in options:
        if wanted == option["text"]["text"]:
            return option
    if element["type"].endswith("external_select"):
        return {"text": {"type": "plain_text", "text": wanted, "emoji": True}, "value": wanted}
    known = ", ".join(option["value"] for option in options)
    raise RequestError(f"no option {wanted!r} in {element['action_id']}; there are: {known}")


def first_value(element: Json) -> Any:
    """What an element holds before anybody touches it."""
    if "initial_option" in element:
        return element["initial_option"]["value"]
    if "initial_options" in element:
        return [option["value"] for option in element["initial_options"]]
    for key, value in element.items():
        if key.startswith("initial_"):
            return value
    return None


def chosen(element: Json, kept: Json) -> list[Any]:
    """What stands in an element: the options' values, ids or text; `kept` is its answer so far."""
    if not kept:
        first = first_value(element)
        return [] if first is None else _listed(first)
    found = next(
        (value for key, value in kept.items() if key.startswith(("selected", "value"))), None
    )
    listed = found if isinstance(found, list) else [found]
    return [one["value"] if isinstance(one, dict) else one for one in listed if one is not None]


def is_empty(answer: Json) -> bool:
    """Whether nothing was given."""
    return all(value in (None, "", []) for key, value in answer.items() if key != "type")


def fault_of(element: Json, answer: Json) -> str:
    """Why Slack's own client would not send this input; empty when it would."""
    value = answer.get("value")
    if not isinstance(value, str):
        return ""
    if len(value) < int(element.get("min_length", 0)):
        return f"This entry must be at least {element['min_length']} characters."
    longest = int(element.get("max_length", 3000))
    return f"This entry must be at most {longest} characters." if len(value) > longest else ""
