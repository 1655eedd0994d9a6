"""The whole configuration."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from bot.errors import SettingsError
from bot.settings.http import Frozen
from bot.settings.model import ModelSettings
from bot.settings.service import (
    IncidentSettings,
    OutgoingSettings,
    PlaybookSettings,
    SenderSettings,
    ServerSettings,
    SlackSettings,
    SourceSettings,
    StoreSettings,
)
from bot.settings.words import nearest


class Settings(Frozen):
    """The whole configuration; `folder` is where its relative paths start."""

    folder: Annotated[Path, Field(exclude=True)]
    sources: dict[str, SourceSettings] = {}
    models: dict[str, ModelSettings] = {}
    server: ServerSettings = ServerSettings()
    slack: SlackSettings = SlackSettings()
    store: StoreSettings = StoreSettings()
    alerts: dict[str, SenderSettings] = {}
    incidents: IncidentSettings = IncidentSettings()
    files: PlaybookSettings = PlaybookSettings()
    outgoing: OutgoingSettings = OutgoingSettings()

    def path(self, text: str) -> Path:
        """A path of the configuration, absolute."""
        return (self.folder / Path(text).expanduser()).resolve()

    def model(self, name: str) -> ModelSettings:
        """The model of that name; `SettingsError` with the nearest one if there is none."""
        if name in self.models:
            return self.models[name]
        raise SettingsError(f"no model {name!r} in the configuration{nearest(name, self.models)}")
