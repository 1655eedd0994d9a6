"""The people of the demo: they act in the workspace as anybody would, by typing and pressing."""

import time
from collections.abc import Callable
from datetime import timedelta

from bot.demo.faults import Fault
from bot.demo.pace import Pace
from bot.demo.script import LINES
from bot.demo.transcript import Transcript
from bot.demo.world import World
from bot.errors import PlummetError
from bot.incident import Incident
from bot.store import Store
from bot.workspace import LocalWorkspace, Member, Outcome, Seen

TAKE, DONE, LEAD, IN_WORDS = "I take it", "Done", "Take the lead", "Answer in words"
_ANSWERS = ("customers", "nothing known", "no", "yes")
"""What is answered, where a question offers it; else its first button."""


class Cast:
    """Maria leads, Jonas repairs, Aisha knows the airports; all see only what the channel shows.

    They take `pause` seconds before each deed, so that one can follow. The store is looked at to
    know when the bot has done what they asked for.
    """

    def __init__(
        self,
        *,
        workspace: LocalWorkspace,
        store: Store,
        world: World,
        transcript: Transcript,
        pause: float,
    ) -> None:
        self._store = store
        self._world = world
        self._transcript = transcript
        self._pause = pause
        self._members = {name: workspace.member(name) for name in ("maria", "jonas", "aisha")}

    def meet(self, *, within: float = 60) -> Incident:
        """Wait until an incident is open and its channel has its card."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            for incident in self._store.incidents(open_only=True):
                if incident.room and self._of(incident, LEAD):
                    return incident
            time.sleep(0.05)
        raise PlummetError(f"the bot opened no incident within {within:g} s")

    def take_over(self, incident: Incident) -> None:
        """Somebody leads, and says how bad it is."""
        self._press("maria", incident, LEAD)
        self._until(incident, lambda now: now.lead is not None, "a lead")
        self._slash("maria", incident, "severity sev2")

    def first_finding(self, incident: Incident, *, within: float = 60) -> None:
        """Wait until a check has answered."""
        found = "the first finding"
        self._until(incident, lambda now: len(now.findings) > 0, found, within=within)

    def hear_out(self, incident: Incident, *, within: float = 60) -> None:
        """Wait until the checks have run and the causes are ranked."""
        ranked = "the ranking of causes"
        self._until(incident, lambda now: now.diagnosis is not None, ranked, within=within)

    def clarify(self, incident: Incident, fault: Fault) -> None:
        """The questions that wait are answered, and what was found is written down."""
        self._answer_all(incident)
        self._members["jonas"].join(incident.room or "")
        self._slash("jonas", incident, f"finding {LINES[fault.name].finding}")
        self._until(incident, lambda now: len(now.notes) > 0, "the finding")

    def mitigate(self, incident: Incident, fault: Fault) -> None:
        """What the checklist proposes is done: the world is repaired, and the metric watched."""
        self._press("jonas", incident, TAKE)
        self._world.repair()
        self._press("jonas", incident, DONE)
        self._slash("maria", incident, f"mitigate {LINES[fault.name].mitigation}")
        self._until(incident, lambda now: now.mitigated_at is not None, "the mitigation")

    def watch(self, incident: Incident, *, pace: Pace, within: float = 150) -> None:
        """Wait until the bot says that the metric has recovered, as fast as it can follow."""

        def recovered(now: Incident) -> bool:
            pace.keep_with(now)
            return now.recovered_at is not None

        self._until(incident, recovered, "the recovery", within=within)

    def wrap_up(self, incident: Incident, fault: Fault) -> Incident:
        """Action items with owner and date, open questions, the root cause; returns the end."""
        lines = LINES[fault.name]
        for todo in lines.todos:
            due = (self._world.clock() + timedelta(days=todo.days)).date()
            self._slash("maria", incident, f"action add {todo.says} @{todo.owner} by {due}")
        self._until(incident, lambda now: len(now.actions) == len(lines.todos), "the action items")
        self._press("maria", incident, DONE)
        self._answer_all(incident)
        self._slash("maria", incident, f'resolve cause="{lines.cause}" {lines.mitigation}')
        return self._until(incident, lambda now: now.postmortem is not None, "the post-mortem")

    def _answer_all(self, incident: Incident) -> None:
        """Every question that is open gets an answer, from whom it is meant for."""
        for message in self._of(incident, IN_WORDS):
            words = next((word for word in _ANSWERS if word in message.buttons), None)
            who = "aisha" if "experts" in message.says else "maria"
            self._act(who, incident, message, words or next(iter(message.buttons)))

    def _press(self, who: str, incident: Incident, words: str) -> None:
        """Press the first button of these words in the channel, if there is one."""
        found = self._of(incident, words)
        if found:
            self._act(who, incident, found[0], words)

    def _of(self, incident: Incident, words: str) -> list[Seen]:
        messages = self._members["maria"].messages(incident.room or "")
        return [message for message in messages if words in message.buttons]

    def _act(self, who: str, incident: Incident, message: Seen, words: str) -> None:
        time.sleep(self._pause)
        about = "" if words == LEAD else f" — {_headline(message)}"
        self._transcript.says(who, f"[{words}]{about}")
        member = self._members[who]
        self._check(member.press(incident.room or "", message, message.buttons[words]), words)

    def _slash(self, who: str, incident: Incident, text: str) -> None:
        time.sleep(self._pause)
        self._transcript.says(who, f"/incident {text}")
        member: Member = self._members[who]
        self._check(member.slash(incident.room or "", f"/incident {text}"), text)

    def _check(self, outcome: Outcome, what: str) -> None:
        if not outcome.ok:
            raise PlummetError(f"the workspace did not take {what!r}: {outcome.error}")

    def _until(
        self, incident: Incident, holds: Callable[[Incident], bool], what: str, within: float = 20
    ) -> Incident:
        """Wait until the incident is as it should be after what was asked for."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            now = self._store.incident(incident.id)
            if now and holds(now):
                return now
            time.sleep(0.05)
        raise PlummetError(f"incident {incident.number}: {what} did not come within {within:g} s")


def _headline(message: Seen) -> str:
    first = message.text.splitlines()[0] if message.text else ""
    return first if len(first) <= 90 else first[:89] + "…"
