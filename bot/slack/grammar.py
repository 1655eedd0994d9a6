"""`/incident …`: a line of words becomes a verb with its arguments."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.errors import RequestError
from bot.incident import Verb
from bot.settings import closest
from bot.slack.forms import ALIASES, FORMS, form_of
from bot.slack.mrkdwn import to_plain
from bot.slack.phrases import (
    CURLY,
    DUE,
    check_arguments,
    day_of,
    nearest,
    pairs_of,
    person_of,
    severity_of,
)
from bot.sockets import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A verb that can be carried out."""

    verb: Verb
    args: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A verb without its arguments, whose modal asks for them."""

    verb: Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """The forms, all or one."""

    topic: str = ""


Said = Command | Form | Help


def parse(text: str, *, checks: Mapping[str, Check]) -> Said:
    """What a person asked for.

    Raises:
        RequestError: It cannot be understood; shows the right form and the nearest right word.
    """
    word, rest = _first(text)
    if not word or word.lower() in {"help", "?"}:
        return Help(topic=_topic(rest))
    name = ALIASES.get(word.lower(), word.lower())
    if name == "action":
        return _action(rest)
    if name == "actions":
        return Command(verb="action.list")
    if name == "run":
        return _run(rest, checks)
    if name in _PARSERS:
        return _PARSERS[name](rest)
    raise RequestError(f"There is no “{to_plain(word)}”{nearest(word, _known())}. {_see_help()}")


def _new(rest: str) -> Said:
    if not rest:
        return Form(verb="new")
    known = ("model", "metric", "severity", "playbook")
    pairs, title = pairs_of(rest, only=known)
    for name in re.findall(r"(?:^|\s)([A-Za-z]+)=", title):
        if closest(name, known, cutoff=0.7):
            near = nearest(name, known)
            raise RequestError(f"new takes no “{name}”{near}. {form_of('new')}")
    if "severity" in pairs:
        pairs["severity"] = severity_of(pairs["severity"])
    title = to_plain(title).strip() or " ".join(pairs.get(key, "") for key in ("model", "metric"))
    if not title.strip():
        raise RequestError(f"Say in a few words what is wrong. {form_of('new')}")
    return Command(verb="new", args={"title": title.strip(), **pairs})


def _run(rest: str, checks: Mapping[str, Check]) -> Said:
    if not rest:
        return Form(verb="run")
    name, said = _first(rest)
    name = to_plain(name)
    if name not in checks:
        raise RequestError(f"There is no check “{name}”{nearest(name, checks)}. {form_of('run')}")
    pairs, left = pairs_of(said)
    if left:
        raise RequestError(f"“{to_plain(left)}” is no argument; write name=value. {form_of('run')}")
    return Command(verb="run", args={"check": name, **check_arguments(checks[name], pairs)})


def _finding(rest: str) -> Said:
    return Command(verb="finding", args={"says": _said(rest)}) if rest else Form(verb="finding")


def _mitigate(rest: str) -> Said:
    return Command(verb="mitigate", args={"says": _said(rest)}) if rest else Form(verb="mitigate")


def _rollback(rest: str) -> Said:
    pairs, why = pairs_of(rest, only=("to",))
    says = {"says": to_plain(why).strip()} if why.strip() else {}
    return Command(verb="rollback", args=pairs | says)


def _reopen(rest: str) -> Said:
    return Command(verb="reopen", args={"says": to_plain(rest)} if rest else {})


def _resolve(rest: str) -> Said:
    if not rest:
        return Form(verb="resolve")
    match = re.match(r'cause=("[^"]*"|\S+)', rest.translate(CURLY))
    if match is None:
        return Command(verb="resolve", args={"says": _said(rest)})
    args = {"cause": to_plain(match[1].strip('"')), "says": to_plain(rest[match.end() :]).strip()}
    return Command(verb="resolve", args={name: said for name, said in args.items() if said})


def _severity(rest: str) -> Said:
    if not rest:
        raise RequestError(f"Which severity? {form_of('severity')}")
    return Command(verb="severity", args={"level": severity_of(rest)})


def _role(rest: str) -> Said:
    person, left = person_of(rest)
    role = to_plain(left).strip().lower()
    if not re.fullmatch(r"[\w-]+", role):
        raise RequestError(f"Which role, and who? {form_of('role')}")
    return Command(verb="role", args={"role": role} | ({"person": person} if person else {}))


def _model(rest: str) -> Said:
    name = to_plain(rest)
    if not name:
        raise RequestError(f"Which model? {form_of('model')}")
    return Command(verb="model", args={"model": name})


def _action(rest: str) -> Said:
    word, said = _first(rest)
    match word.lower():
        case "list" | "":
            return Command(verb="action.list")
        case "add":
            return _action_add(said) if said else Form(verb="action.add")
        case "done":
            number = said.removeprefix("#")
            if not re.fullmatch(r"[0-9]{1,6}", number):
                raise RequestError(f"Which action, by number? {form_of('action done')}")
            return Command(verb="action.done", args={"number": str(int(number))})
        case _:
            near = nearest(word, ["add", "done", "list"])
            raise RequestError(
                f"There is no “action {to_plain(word)}”{near}. {form_of('action add')}"
            )


def _action_add(said: str) -> Said:
    due = DUE.search(said)
    if due:
        said = said[: due.start()]
    owner, left = person_of(said)
    if not due and (late := DUE.search(left)):  # "fix it by 2026-12-01 @bob"
        due, left = late, left[: late.start()]
    args = {"says": to_plain(left).strip()}
    if not args["says"]:
        raise RequestError(f"What is to be done? {form_of('action add')}")
    if owner:
        args["owner"] = owner
    if due:
        args["due"] = day_of(due[1])
    return Command(verb="action.add", args=args)


def _first(text: str) -> tuple[str, str]:
    """The first word and the rest."""
    parts = text.split(None, 1)
    return (parts[0], parts[1].strip()) if len(parts) > 1 else (text.strip(), "")


def _said(text: str) -> str:
    return to_plain(text).strip()


def _topic(rest: str) -> str:
    word = to_plain(_first(rest)[0]).lower()
    return ALIASES.get(word, word)


def _known() -> list[str]:
    return sorted({form.partition(" ")[0] for form in FORMS} | set(ALIASES))


def _see_help() -> str:
    return "“/incident help” shows every form."


_PARSERS: Final[Mapping[str, Callable[[str], Said]]] = {
    "new": _new,
    "list": lambda _: Command(verb="list"),
    "status": lambda _: Command(verb="status"),
    "checklist": lambda _: Command(verb="checklist"),
    "postmortem": lambda _: Command(verb="postmortem"),
    "finding": _finding,
    "severity": _severity,
    "role": _role,
    "lead": lambda rest: _role(f"lead {rest}"),
    "rollback": _rollback,
    "mitigate": _mitigate,
    "resolve": _resolve,
    "reopen": _reopen,
    "model": _model,
}
