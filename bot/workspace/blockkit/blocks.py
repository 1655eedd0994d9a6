"""Blocks: which there are, where each may stand, and what each has to hold."""

import uuid
from collections.abc import Callable
from typing import Any

from bot.workspace.blockkit import elements, limits
from bot.workspace.blockkit.exam import Exam, Fault, Surface
from bot.workspace.nouns import Json

_EVERYWHERE = frozenset({"message", "modal", "home"})
_MESSAGE = frozenset({"message"})


def check_blocks(blocks: list[Json], *, surface: Surface, root: str = "/blocks") -> list[Fault]:
    """Everything in these blocks that Slack would refuse on that surface."""
    exam = Exam(surface=surface)
    most = limits.BLOCKS[surface]
    if len(blocks) > most:
        exam.fail(root, f"no more than {most} items allowed [blocks]")
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        at = f"{root}/{number}"
        _check(exam, block, at)
        id_ = block.get("block_id")
        if isinstance(id_, str) and id_ in seen:
            exam.fail(at, f"block_id already exists: {id_}")
        seen.add(str(id_))
    _check_sums(exam, blocks, root)
    return exam.faults


def _check(exam: Exam, block: Json, at: str) -> None:
    kind = str(block.get("type", ""))
    if kind not in _BLOCKS:
        exam.fail(f"{at}/type", f"unsupported type: {kind}")
        return
    surfaces, known, test = _BLOCKS[kind]
    if exam.surface not in surfaces:
        exam.fail(f"{at}/type", f"unsupported type: {kind} (not in a {exam.surface})")
    if known is not None:
        exam.keys(block, known | {"type", "block_id"}, at)
    exam.string(block, "block_id", at, most=limits.ID)
    test(exam, block, at)


def _check_sums(exam: Exam, blocks: list[Json], root: str) -> None:
    """Limits that hold for all blocks of a message together."""
    written = sum(len(str(one.get("text"))) for one in blocks if one.get("type") == "markdown")
    if written > limits.MARKDOWN:
        exam.fail(root, f"markdown must be less than {limits.MARKDOWN + 1} characters in all")
    charts = sum(one.get("type") == "data_visualization" for one in blocks)
    if charts > limits.CHARTS:
        exam.fail(root, f"no more than {limits.CHARTS} data_visualization blocks allowed")


def _header(exam: Exam, block: Json, at: str) -> None:
    exam.text(block, "text", at, most=limits.HEADER, plain=True, needed=True)


def _section(exam: Exam, block: Json, at: str) -> None:
    if "text" not in block and "fields" not in block:
        exam.fail(at, "must define either `text` or `fields`")
    exam.text(block, "text", at, most=limits.SECTION)
    for one, place in exam.items(block, "fields", at, most=limits.SECTION_FIELDS, needed=False):
        exam.text_object(one, place, most=limits.SECTION_FIELD)
    if "accessory" in block:
        accessory = block["accessory"]
        elements.check_element(exam, accessory, f"{at}/accessory", allowed=elements.IN_SECTION)


def _divider(_exam: Exam, _block: Json, _at: str) -> None:
    """A line has nothing to get wrong."""


def _context(exam: Exam, block: Json, at: str) -> None:
    for one, place in exam.items(block, "elements", at, most=limits.CONTEXT_ELEMENTS):
        if one.get("type") == "image":
            elements.check_image(exam, one, place)
        else:
            exam.text_object(one, place, most=limits.CONTEXT_TEXT)


def _actions(exam: Exam, block: Json, at: str) -> None:
    seen: set[str] = set()
    for one, place in exam.items(block, "elements", at, most=limits.ACTIONS):
        elements.check_element(exam, one, place, allowed=elements.IN_ACTIONS)
        id_ = one.get("action_id")
        if isinstance(id_, str) and id_ in seen:
            exam.fail(place, f"`action_id` has to be unique within its block: {id_}")
        seen.add(str(id_))


def _context_actions(exam: Exam, block: Json, at: str) -> None:
    for one, place in exam.items(block, "elements", at, most=limits.CONTEXT_ACTIONS):
        elements.check_element(exam, one, place, allowed=elements.IN_CONTEXT_ACTIONS)


def _image(exam: Exam, block: Json, at: str) -> None:
    elements.check_image(exam, block, at)
    exam.text(block, "title", at, most=limits.IMAGE_TEXT, plain=True)


def _input(exam: Exam, block: Json, at: str) -> None:
    exam.text(block, "label", at, most=limits.LABEL, plain=True, needed=True)
    exam.text(block, "hint", at, most=limits.LABEL, plain=True)
    element = block.get("element")
    if element is None:
        exam.fail(at, "missing required field: element")
    else:
        elements.check_element(exam, element, f"{at}/element", allowed=elements.IN_INPUT)


def _markdown(exam: Exam, block: Json, at: str) -> None:
    exam.string(block, "text", at, most=limits.MARKDOWN, needed=True)


def _rich_text(exam: Exam, block: Json, at: str) -> None:
    for one, place in exam.items(block, "elements", at, most=1000):
        if not str(one.get("type", "")).startswith("rich_text_"):
            exam.fail(f"{place}/type", f"unsupported type: {one.get('type')}")


def _table(exam: Exam, block: Json, at: str) -> None:
    rows = block.get("rows")
    if not isinstance(rows, list) or not rows:
        exam.fail(at, "missing required field: rows")
        return
    if len(rows) > limits.TABLE_ROWS:
        exam.fail(f"{at}/rows", f"no more than {limits.TABLE_ROWS} items allowed [rows]")
    for number, row in enumerate(rows):
        if not isinstance(row, list) or not 0 < len(row) <= limits.TABLE_COLUMNS:
            exam.fail(f"{at}/rows/{number}", f"between 1 and {limits.TABLE_COLUMNS} cells allowed")


def _chart(exam: Exam, block: Json, at: str) -> None:
    exam.string(block, "title", at, most=limits.CHART_TITLE, needed=True)


def _card(exam: Exam, block: Json, at: str) -> None:
    exam.text(block, "title", at, most=limits.CARD_TITLE)
    exam.text(block, "body", at, most=limits.CARD_BODY)
    for one, place in exam.items(block, "actions", at, most=limits.CARD_ACTIONS, needed=False):
        elements.check_element(exam, one, place, allowed=frozenset({"button"}))


def _listed(key: str, most: int) -> Callable[[Exam, Json, str], None]:
    """A block that is tested for the length of one list only."""

    def test(exam: Exam, block: Json, at: str) -> None:
        for _one, _place in exam.items(block, key, at, most=most, needed=False):
            pass

    return test


_Test = Callable[[Exam, Json, str], None]
_BLOCKS: dict[str, tuple[frozenset[str], set[str] | None, _Test]] = {
    "header": (_EVERYWHERE, {"text", "level"}, _header),
    "section": (_EVERYWHERE, {"text", "fields", "accessory", "expand"}, _section),
    "divider": (_EVERYWHERE, set(), _divider),
    "context": (_EVERYWHERE, {"elements"}, _context),
    "actions": (_EVERYWHERE, {"elements"}, _actions),
    "image": (_EVERYWHERE, {"image_url", "alt_text", "title", "slack_file"}, _image),
    "input": (_EVERYWHERE, {"label", "element", "hint", "optional", "dispatch_action"}, _input),
    "rich_text": (_EVERYWHERE, {"elements"}, _rich_text),
    "markdown": (_MESSAGE, {"text"}, _markdown),
    "table": (_MESSAGE, {"rows", "column_settings"}, _table),
    "context_actions": (_MESSAGE, {"elements"}, _context_actions),
    "data_visualization": (_MESSAGE, None, _chart),
    "data_table": (_MESSAGE, None, _listed("rows", limits.TABLE_ROWS)),
    "plan": (_MESSAGE, None, _listed("tasks", limits.PLAN_TASKS)),
    "task_card": (_MESSAGE, None, _divider),
    "card": (_MESSAGE, None, _card),
    "carousel": (_MESSAGE, None, _listed("elements", limits.CAROUSEL)),
    "container": (_MESSAGE, None, _listed("child_blocks", limits.CONTAINER)),
    "alert": (frozenset({"modal"}), None, _divider),
    "video": (_EVERYWHERE, None, _divider),
    "file": (_MESSAGE, None, _divider),
}


def fill_ids(blocks: list[Json]) -> list[Json]:
    """The same blocks with the ids that Slack gives where the app gave none."""
    return [_filled(block) for block in blocks]


def _filled(block: Json) -> Json:
    whole: Json = {**block, "block_id": block.get("block_id") or _short_id()}
    for key in ("accessory", "element"):
        if isinstance(whole.get(key), dict):
            whole[key] = _with_action(whole[key])
    if block.get("type") in ("actions", "context_actions"):
        whole["elements"] = [_with_action(one) for one in block.get("elements", ())]
    return whole


def _with_action(element: Any) -> Any:
    if element.get("type") == "image":
        return element
    return {**element, "action_id": element.get("action_id") or _short_id()}


def _short_id() -> str:
    return uuid.uuid4().hex[:5]
