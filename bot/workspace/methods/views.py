"""views.* and blocks.validate: modals, App Homes."""

from bot.workspace.blockkit import check_blocks, check_view
from bot.workspace.blockkit.blocks import fill_ids
from bot.workspace.blockkit.exam import Fault, Surface
from bot.workspace.blockkit.views import is_too_large
from bot.workspace.call import Call, Method
from bot.workspace.nouns import Json, View
from bot.workspace.refusal import Refusal
from bot.workspace.team import Team

_DEEPEST = 3


def read_view(team: Team, body: object, *, surface: Surface = "modal", but: str = "") -> Json:
    """A view that Slack would take; `but` is the id of the view that it replaces.

    Raises:
        Refusal: `invalid_arguments`, `view_too_large`, `duplicate_external_id`.
    """
    if not isinstance(body, dict):
        raise Refusal("invalid_arguments", messages=("[ERROR] missing required field: view",))
    if is_too_large(body):
        raise Refusal("view_too_large")
    faults = check_view(body, surface=surface)
    if faults:
        raise Refusal("invalid_arguments", messages=_said(faults))
    named = body.get("external_id")
    if named and any(one.external_id == named and one.id != but for one in team.views.values()):
        raise Refusal("duplicate_external_id")
    return {**body, "blocks": fill_ids(body["blocks"])}


def _said(faults: list[Fault]) -> tuple[str, ...]:
    return tuple(f"[ERROR] {fault.message} [json-pointer:{fault.pointer}]" for fault in faults)


def show(team: Team, user: str, body: Json) -> View:
    """Put a view on top of what somebody has open."""
    stack = team.stacks.setdefault(user, [])
    id_ = team.secret("V")[:12]
    root = stack[0] if stack else id_
    previous = stack[-1] if stack else None
    view = View(id=id_, user=user, hash=_hash(team), body=body, root=root, previous=previous)
    team.views[id_] = view
    stack.append(id_)
    team.changed("view", user=user)
    return view


def replace_view(team: Team, view: View, body: Json) -> None:
    """Draw an open view anew; what was typed into inputs that stay is kept."""
    view.body, view.hash, view.errors = body, _hash(team), {}
    ids = {block.get("block_id") for block in body["blocks"]}
    view.values = {block: kept for block, kept in view.values.items() if block in ids}
    team.changed("view", user=view.user)


def close(team: Team, view: View, *, everything: bool = False) -> None:
    """Take a view, and all above it, away."""
    stack = team.stacks.get(view.user, [])
    start = 0 if everything else stack.index(view.id) if view.id in stack else len(stack)
    for id_ in stack[start:]:
        team.views.pop(id_, None)
    del stack[start:]
    team.changed("view", user=view.user)


def _hash(team: Team) -> str:
    return f"{team.now()}.{team.secret('')[:8].lower()}"


def open_modal(call: Call) -> Json:
    """Open a modal for the person whose trigger this is."""
    body = read_view(call.team, call.args.document("view", wrong="invalid_arguments"))
    user = call.team.triggers.exchange(call.args.need("trigger_id"))
    for id_ in call.team.stacks.pop(user, []):
        call.team.views.pop(id_, None)
    return _answer(call, show(call.team, user, body))


def push(call: Call) -> Json:
    """Put a modal on top of the open one."""
    body = read_view(call.team, call.args.document("view", wrong="invalid_arguments"))
    user = call.team.triggers.exchange(call.args.need("trigger_id"))
    stack = call.team.stacks.get(user, [])
    if not stack:
        raise Refusal("not_found")
    if len(stack) >= _DEEPEST:
        raise Refusal("push_limit_reached")
    return _answer(call, show(call.team, user, body))


def update(call: Call) -> Json:
    """Replace an open modal."""
    id_, name = call.args.text("view_id"), call.args.text("external_id")
    if not (id_ or name):
        raise Refusal("invalid_arguments", messages=("[ERROR] missing required field: view_id",))
    found = next(
        (one for one in call.team.views.values() if _is_meant(one, id_=id_, name=name)), None
    )
    if found is None:
        raise Refusal("not_found")
    given = call.args.document("view", wrong="invalid_arguments")
    body = read_view(call.team, given, but=found.id)
    if call.args.text("hash") not in ("", found.hash):
        raise Refusal("hash_conflict")
    replace_view(call.team, found, body)
    return _answer(call, found)


def _is_meant(view: View, *, id_: str, name: str) -> bool:
    return view.id == id_ if id_ else view.external_id == name


def publish(call: Call) -> Json:
    """Set somebody's App Home."""
    if not call.team.manifest.home:
        raise Refusal("not_enabled")
    user = call.team.user(call.args.need("user_id")).id
    given = call.args.document("view", wrong="invalid_arguments")
    body = read_view(call.team, given, surface="home")
    old = call.team.views.get(call.team.homes.get(user, ""))
    if old is not None and call.args.text("hash") not in ("", old.hash):
        raise Refusal("hash_conflict")
    id_ = old.id if old else call.team.secret("V")[:12]
    view = View(id=id_, user=user, hash=_hash(call.team), body=body, root=id_)
    call.team.views[id_] = view
    call.team.homes[user] = id_
    call.team.changed("home", user=user)
    return _answer(call, view)


def _answer(call: Call, view: View) -> Json:
    return {"view": view.wire(bot_id=call.team.bot.bot_id or "")}


def validate(call: Call) -> Json:
    """What Slack would say about blocks, a message or a view, without posting them."""
    given = {name: call.args.document(name, wrong="invalid_arguments") for name in
             ("blocks", "message", "view")}  # fmt: skip
    named = [name for name, value in given.items() if value is not None]
    if len(named) != 1:
        raise Refusal("invalid_arguments")
    kind, value = named[0], given[named[0]]
    if kind == "view":
        surface: Surface = "home" if value.get("type") == "home" else "modal"
        faults = check_view(value, surface=surface)
    else:
        blocks = value if kind == "blocks" else value.get("blocks", [])
        faults = check_blocks(blocks, surface="message", root="" if kind == "blocks" else "/blocks")
    if faults:
        errors = [fault.wire() for fault in faults]
        raise Refusal(f"invalid_{kind}", errors=errors)
    return {}


METHODS = {
    "views.open": Method(run=open_modal, tier="t4"),
    "views.push": Method(run=push, tier="t4"),
    "views.update": Method(run=update, tier="t4"),
    "views.publish": Method(run=publish, tier="t4"),
    "blocks.validate": Method(run=validate, tier="special"),
}
