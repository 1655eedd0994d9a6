"""The sources of a configuration, with what a bot of it was told of changes."""

from collections.abc import Sequence
from contextlib import closing

from bot.incident import ChangeEvent
from bot.settings import Settings
from bot.sources import Sources, open_sources
from bot.store import Archive


def open_evidence(settings: Settings) -> Sources:
    """The sources, those of kind `received` read from the store beside a running bot."""

    def received(sender: str | None) -> Sequence[ChangeEvent]:
        with closing(Archive(settings.path(settings.store.path))) as archive:
            return archive.changes(sender=sender)

    return open_sources(settings, received=received)
