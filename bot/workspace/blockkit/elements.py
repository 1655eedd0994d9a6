"""The parts inside blocks: buttons, selects, inputs."""

from datetime import date
from typing import Any

from bot.workspace.blockkit import limits
from bot.workspace.blockkit.exam import Exam

SELECTS = frozenset(
    f"{many}{kind}_select"
    for many in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
)
PICKERS = frozenset({"datepicker", "timepicker", "datetimepicker"})
CHOICES = frozenset({"radio_buttons", "checkboxes"})
TYPED = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input"})
BUTTONS = frozenset({"button", "workflow_button", "icon_button", "feedback_buttons"})

IN_ACTIONS = SELECTS | PICKERS | CHOICES | {"button", "workflow_button", "overflow"}
IN_SECTION = IN_ACTIONS | {"image"}
IN_INPUT = SELECTS | PICKERS | CHOICES | TYPED | {"file_input", "rich_text_input"}
IN_CONTEXT_ACTIONS = frozenset({"icon_button", "feedback_buttons"})

_BASE = {"type", "action_id", "confirm", "focus_on_load"}
_KNOWN: dict[str, set[str]] = {
    "button": _BASE | {"text", "url", "value", "style", "accessibility_label"},
    "overflow": _BASE | {"options"},
    "datepicker": _BASE | {"placeholder", "initial_date"},
    "timepicker": _BASE | {"placeholder", "initial_time", "timezone"},
    "datetimepicker": _BASE | {"initial_date_time"},
    "radio_buttons": _BASE | {"options", "initial_option"},
    "checkboxes": _BASE | {"options", "initial_options"},
    "image": {"type", "image_url", "alt_text", "slack_file"},
    "plain_text_input": _BASE | {
        "placeholder", "initial_value", "multiline", "min_length", "max_length",
        "dispatch_action_config",
    },
}  # fmt: skip


def check_element(exam: Exam, element: Any, at: str, *, allowed: frozenset[str]) -> None:
    """One element, where only the `allowed` types may stand."""
    if not isinstance(element, dict):
        exam.fail(at, "must provide an object")
        return
    kind = str(element.get("type", ""))
    if kind not in allowed:
        exam.fail(f"{at}/type", f"unsupported type: {kind}")
        return
    if kind in _KNOWN:
        exam.keys(element, _KNOWN[kind], at)
    exam.string(element, "action_id", at, most=limits.ID)
    exam.text(element, "placeholder", at, most=limits.PLACEHOLDER, plain=True)
    if "confirm" in element:
        _confirm(exam, element["confirm"], f"{at}/confirm")
    if kind == "button":
        _button(exam, element, at)
    elif kind == "image":
        check_image(exam, element, at)
    elif kind == "overflow":
        check_options(exam, element, at, most=limits.OVERFLOW_OPTIONS)
    elif kind in CHOICES:
        check_options(exam, element, at, most=limits.CHOICE_OPTIONS, plain=False)
        _initial(exam, element, at)
    elif kind.endswith("static_select"):
        _static(exam, element, at)
    else:
        _typed(exam, kind, element, at)


def _button(exam: Exam, element: Any, at: str) -> None:
    exam.text(element, "text", at, most=limits.BUTTON_TEXT, plain=True, needed=True)
    exam.string(element, "value", at, most=limits.BUTTON_VALUE)
    exam.string(element, "url", at, most=limits.URL)
    if element.get("style") not in (None, "primary", "danger"):
        exam.fail(f"{at}/style", "must be one of: primary, danger")


def check_image(exam: Exam, element: Any, at: str) -> None:
    """An image needs a place and words for those who cannot see it."""
    if "slack_file" not in element:
        exam.string(element, "image_url", at, most=limits.URL, needed=True)
    exam.string(element, "alt_text", at, most=limits.IMAGE_TEXT, needed=True)


def _static(exam: Exam, element: Any, at: str) -> None:
    if "option_groups" in element:
        for group, place in exam.items(element, "option_groups", at, most=limits.SELECT_OPTIONS):
            exam.text(group, "label", place, most=limits.OPTION_TEXT, plain=True, needed=True)
            check_options(exam, group, place, most=limits.SELECT_OPTIONS)
    else:
        check_options(exam, element, at, most=limits.SELECT_OPTIONS)
        _initial(exam, element, at)


def check_options(exam: Exam, owner: Any, at: str, *, most: int, plain: bool = True) -> None:
    """The options of a select, an overflow or a group of choices."""
    seen: set[str] = set()
    for option, place in exam.items(owner, "options", at, most=most):
        exam.keys(option, {"text", "value", "description", "url"}, place)
        exam.text(option, "text", place, most=limits.OPTION_TEXT, plain=plain, needed=True)
        exam.text(option, "description", place, most=limits.OPTION_TEXT, plain=plain)
        exam.string(option, "value", place, most=limits.OPTION_VALUE, needed=True)
        if option.get("value") in seen:
            exam.fail(place, f"duplicate value: {option.get('value')}")
        seen.add(str(option.get("value")))


def _initial(exam: Exam, element: Any, at: str) -> None:
    """What is chosen at first has to be one of the options."""
    chosen = [element.get("initial_option"), *(element.get("initial_options") or ())]
    options = element.get("options") or []
    for one in chosen:
        if one is not None and one not in options:
            exam.fail(at, "initial option must be exactly one of the options")


def _confirm(exam: Exam, confirm: Any, at: str) -> None:
    if not isinstance(confirm, dict):
        exam.fail(at, "must provide an object")
        return
    exam.keys(confirm, {*limits.CONFIRM, "style"}, at)
    for part, most in limits.CONFIRM.items():
        plain = part != "text"
        exam.text(confirm, part, at, most=most, plain=plain, needed=part in ("title", "text"))


def _typed(exam: Exam, kind: str, element: Any, at: str) -> None:
    """What a person types or picks."""
    if kind == "plain_text_input":
        longest = element.get("max_length", limits.INPUT_TEXT)
        if not isinstance(longest, int) or not 0 < longest <= limits.INPUT_TEXT:
            exam.fail(f"{at}/max_length", f"must be between 1 and {limits.INPUT_TEXT}")
    elif kind == "number_input" and not isinstance(element.get("is_decimal_allowed"), bool):
        exam.fail(at, "missing required field: is_decimal_allowed")
    elif kind == "datepicker" and "initial_date" in element:
        try:
            date.fromisoformat(str(element["initial_date"]))
        except ValueError:
            exam.fail(f"{at}/initial_date", "must be a date of the form YYYY-MM-DD")
