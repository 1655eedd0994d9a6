"""How each verb of `/incident` is written; the grammar, its errors and its help read this table."""

from typing import Final

from bot.cards import Notice
from bot.slack.vocabulary import COMMAND

FORMS: Final[dict[str, tuple[str, str]]] = {
    "new": (
        "new [TITLE] [model=NAME] [metric=NAME] [severity=sev2] [playbook=NAME]",
        "open an incident",
    ),
    "list": ("list", "the open incidents"),
    "status": ("status", "where this incident stands"),
    "run": ("run CHECK [name=value …]", "run one check against the data"),
    "checklist": ("checklist", "the checklist with its state"),
    "finding": ("finding TEXT", "write down what you found"),
    "action add": ("action add WHAT [@owner] [by YYYY-MM-DD]", "write down something to do"),
    "action done": ("action done NUMBER", "finish an action item"),
    "action list": ("action list", "the action items"),
    "severity": ("severity sev1|sev2|sev3|sev4", "set the severity"),
    "role": ("role lead [@person]", "take a role, or give it to somebody"),
    "model": ("model NAME", "say which model this is about"),
    "rollback": (
        "rollback [to=VERSION] [WHY]",
        "ask for a rollback; it is carried out once a second person approves",
    ),
    "mitigate": ("mitigate WHAT", "say what was done; the metric is watched from then on"),
    "resolve": ('resolve [cause="WORDS"] [WHAT]', "close the incident"),
    "reopen": ("reopen [WHY]", "open it again"),
    "postmortem": ("postmortem", "write the post-mortem"),
    "help": ("help [VERB]", "this"),
}
"""Verb = how it is written after `/incident`, and what it does."""

ALIASES: Final[dict[str, str]] = {
    "open": "new",
    "create": "new",
    "declare": "new",
    "note": "finding",
    "found": "finding",
    "sev": "severity",
    "assign": "role",
    "close": "resolve",
    "resolved": "resolve",
    "mitigated": "mitigate",
    "post-mortem": "postmortem",
    "check": "run",
    "revert": "rollback",
    "roll-back": "rollback",
    "todo": "action",
    "task": "action",
}
"""Words of other incident bots, and slips, that mean one of ours."""


def form_of(verb: str) -> str:
    """The right form of a verb, as a sentence."""
    return f"Write: {COMMAND} {FORMS[verb][0]}"


def help_on(topic: str) -> Notice:
    """Every form, or those of one verb."""
    chosen = {
        verb: form for verb, form in FORMS.items() if topic and verb.partition(" ")[0] == topic
    }
    lines = [f"{COMMAND} {written} — {does}" for written, does in (chosen or FORMS).values()]
    return Notice(says=f"What {COMMAND} understands:", lines=tuple(lines))
