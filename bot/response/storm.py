"""More alerts at once than people could look at one by one: the rest shares one incident."""

from collections import Counter
from datetime import timedelta

from bot.incident import Alert, IncidentKey, Severity
from bot.incident.timeline import AlertCleared, AlertJoined, Opened
from bot.response.board import notice, show_again, tell
from bot.response.desk import Desk
from bot.store import Storm

STORM = IncidentKey(model=None, metric=None, segment=(("storm", "alerts"),))
"""What every storm goes by; a key of alerts never looks like it, as they name model or title."""

PLAYBOOK = "alert-storm"

_SHOWN = 25
"""Lines of the list; Slack cuts off longer messages."""


def storm_of(desk: Desk, alert: Alert) -> Storm:
    """Where this alert goes if its incident would be one too many within a minute."""
    most = desk.settings.incidents.channels_a_minute
    severity: Severity = alert.severity or desk.settings.incidents.severity

    def opened(number: int) -> Opened:
        title = f"Alert storm: more than {most - 1} incidents within a minute"
        return Opened(number=number, key=STORM, title=title, severity=severity, playbook=PLAYBOOK)

    since = desk.clock() - timedelta(minutes=1)
    return Storm(key=STORM, most=most, since=since, opened=opened)


def list_storm(desk: Desk, incident_id: str) -> None:
    """Keep one message up to date: what is in the storm, the most frequent first."""
    incident = desk.incident(incident_id)
    fired: Counter[str] = Counter()
    cleared: Counter[str] = Counter()
    for entry in desk.store.timeline(incident_id):
        match entry.fact:
            case AlertJoined(alert=alert):
                fired[_about(alert)] += 1
            case AlertCleared(alert=alert):
                cleared[_about(alert)] += 1
            case _:
                pass
    lines = [
        f"{about}: fired {count}×" + (f", cleared {cleared[about]}×" if cleared[about] else "")
        for about, count in fired.most_common(_SHOWN)
    ]
    rest = len(fired) - len(lines)
    more = (f"and {rest:,} more; the timeline has every one",) if rest > 0 else ()
    says = f"{fired.total():,} alerts about {len(fired):,} things are in this storm."
    card = notice(says, *lines, *more, mood="bad")
    tell(desk, incident, "storm", card)
    show_again(desk, incident, "storm", card)


def _about(alert: Alert) -> str:
    return str(alert.key) if alert.model else alert.title
