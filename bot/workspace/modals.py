"""What a person does with an open modal: fills it in, sends it, closes it."""

from typing import Any

from bot.errors import RequestError
from bot.workspace import payloads
from bot.workspace.delivery import Delivery
from bot.workspace.inputs import (
    answer_of,
    elements_of,
    fault_of,
    find_element,
    first_value,
    is_empty,
)
from bot.workspace.lines import NoAnswer
from bot.workspace.methods.views import close, read_view, replace_view, show
from bot.workspace.nouns import Json, User, View
from bot.workspace.refusal import Refusal
from bot.workspace.team import Team

_TROUBLE = "We had some trouble connecting. Try again?"
_REQUIRED = "Please complete this required field."


class Modals:
    """Fills, submits and closes views."""

    def __init__(self, *, team: Team, delivery: Delivery) -> None:
        self._team = team
        self._delivery = delivery

    def find(self, user: User, id_: str | None) -> View:
        """The view of that id, or the topmost one that this person has open.

        Raises:
            RequestError: There is none.
        """
        stack = self._team.stacks.get(user.id) or []
        wanted = id_ or (stack[-1] if stack else "")
        view = self._team.views.get(wanted)
        if view is None or view.user != user.id:
            raise RequestError(f"{user.name} has no modal {id_ or ''} open".replace("  ", " "))
        return view

    def fill(self, view: View, given: Json) -> None:
        """Set the inputs: `{"block/action": value}`; what is not named keeps what it had."""
        for block, element in elements_of(view.body["blocks"]):
            if element["type"] in ("button", "overflow"):
                continue
            kept = view.values.setdefault(block["block_id"], {})
            kept.setdefault(element["action_id"], answer_of(element, first_value(element)))
        for place, value in given.items():
            block_id, _, action_id = place.rpartition("/")
            block, element = find_element(view.body["blocks"], action_id, block_id=block_id or None)
            answer = answer_of(element, value)
            view.values.setdefault(block["block_id"], {})[element["action_id"]] = answer

    async def submit(self, user: User, view: View, given: Json) -> Json:
        """Send a modal, and do what the app answers."""
        self.fill(view, given)
        view.errors = self._missing(view)
        if view.errors:
            self._team.changed("view", user=user.id)
            return {"ok": False, "error": "incomplete", "errors": view.errors}
        payload = payloads.view_submission(self._team, user, view)
        try:
            answer = await self._delivery.ask("interactive", payload)
        except NoAnswer as fault:
            return {"ok": False, "error": fault.code, "says": _TROUBLE}
        try:
            return self._answered(user, view, answer)
        except Refusal as refusal:
            return {"ok": False, "error": refusal.code, "says": _TROUBLE, **refusal.more}

    def _missing(self, view: View) -> dict[str, str]:
        """What Slack's own client says before it sends anything."""
        errors: dict[str, str] = {}
        for block in view.body["blocks"]:
            if block["type"] != "input":
                continue
            element = block["element"]
            answer = view.values[block["block_id"]][element["action_id"]]
            if is_empty(answer):
                if not block.get("optional"):
                    errors[block["block_id"]] = _REQUIRED
            elif fault := fault_of(element, answer):
                errors[block["block_id"]] = fault
        return errors

    def _answered(self, user: User, view: View, answer: Json) -> Json:
        action = answer.get("response_action")
        if action is None:
            close(self._team, view)
        elif action == "clear":
            close(self._team, view, everything=True)
        elif action == "errors":
            return self._wrong(view, answer.get("errors") or {})
        elif action == "update":
            replace_view(self._team, view, read_view(self._team, answer.get("view"), but=view.id))
        elif action == "push":
            if len(self._team.stacks.get(user.id, [])) >= 3:
                raise Refusal("push_limit_reached")
            show(self._team, user.id, read_view(self._team, answer.get("view")))
        else:
            raise Refusal("invalid_response_action")
        return {"ok": True}

    def _wrong(self, view: View, errors: dict[str, Any]) -> Json:
        """Show the app's own errors; they have to name input blocks."""
        inputs = {one["block_id"] for one in view.body["blocks"] if one["type"] == "input"}
        if not errors or set(errors) - inputs:
            raise Refusal("invalid_errors", unknown=sorted(set(errors) - inputs))
        view.errors = {block: str(words) for block, words in errors.items()}
        self._team.changed("view", user=view.user)
        return {"ok": False, "error": "errors", "errors": view.errors}

    async def dismiss(self, user: User, view: View, *, everything: bool = False) -> Json:
        """Close a modal without sending it; the app hears of it where it asked to."""
        close(self._team, view, everything=everything)
        if view.body.get("notify_on_close"):
            payload = payloads.view_closed(self._team, user, view, cleared=everything)
            try:
                await self._delivery.ask("interactive", payload)
            except NoAnswer as fault:
                return {"ok": False, "error": fault.code, "says": _TROUBLE}
        return {"ok": True}

    async def suggest(
        self, user: User, view: View, *, action_id: str, block_id: str, value: str
    ) -> Json:
        """The options that the app has for what was typed into an external select."""
        block, element = find_element(view.body["blocks"], action_id, block_id=block_id)
        payload = payloads.suggestion(
            self._team, user, block=block, element=element, value=value,
            view=view.wire(bot_id=self._team.bot.bot_id or ""),
            container={"type": "view", "view_id": view.id},
        )  # fmt: skip
        try:
            answer = await self._delivery.ask("interactive", payload)
        except NoAnswer as fault:
            return {"ok": False, "error": fault.code, "options": []}
        groups = answer.get("option_groups") or [{"options": answer.get("options") or []}]
        return {"ok": True, "options": [one for group in groups for one in group["options"]]}
