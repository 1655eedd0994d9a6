"""What fires is asked at the start and on a timer: what fired unheard is not missed.

So is where the alias of a model registry points, which keeps no history of that.
"""

import logging
from datetime import timedelta

from bot.alerts import Poll
from bot.errors import SourceError
from bot.response.desk import Desk

_log = logging.getLogger(__name__)


def begin_polls(desk: Desk) -> None:
    """Have every configured address asked now."""
    for name in desk.polls:
        _later(desk, "poll", {"sender": name}, seconds=0)
    for name in desk.registries:
        _later(desk, "registry", {"source": name}, seconds=0)


def poll(desk: Desk, name: str) -> None:
    """Take what fires at one address as a delivery, and ask again later; a failure is only noted.

    An alert has the same id as in its sender's own delivery, so whatever came that way already
    makes no work here.
    """
    asked = desk.polls.get(name)
    if asked is None:
        return  # It left the configuration since.
    try:
        _take(desk, asked)
    except SourceError as error:
        _log.warning("what fires now is not known: %s", error)
    _later(desk, "poll", {"sender": name}, seconds=asked.seconds)


def look(desk: Desk, name: str) -> None:
    """Keep what a registry's alias did since the last look; a failure is only noted."""
    watch = desk.registries.get(name)
    if watch is None:
        return  # It left the configuration since.
    try:
        seen = watch.look()
        if seen.changes:
            desk.store.receive(
                sender=watch.sender, body=seen.body, headers={}, alerts=(), changes=seen.changes
            )
    except SourceError as error:
        _log.warning("what the registry serves is not known: %s", error)
    _later(desk, "registry", {"source": name}, seconds=watch.seconds)


def _take(desk: Desk, asked: Poll) -> None:
    firing = asked.ask()
    seen = desk.seen.setdefault(asked.sender, set())
    # What was there the last time is not written down again every minute.
    if fresh := [alert for alert in firing.alerts if alert.id not in seen]:
        desk.store.receive(sender=asked.sender, body=firing.body, headers={}, alerts=fresh)
    desk.seen[asked.sender] = {alert.id for alert in firing.alerts}


def _later(desk: Desk, kind: str, whom: dict[str, str], *, seconds: float) -> None:
    """A lane for each: one that is slow keeps no other waiting."""
    (name,) = whom.values()
    due = desk.clock() + timedelta(seconds=seconds)
    desk.store.enqueue(kind, whom, lane=f"{kind}:{name}", key=f"{kind}:{name}", due=due)
