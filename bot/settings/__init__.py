"""The configuration: one TOML file, read into frozen values, wrong keys named."""

from bot.settings.http import HttpSettings
from bot.settings.model import (
    LOWER_IS_BETTER,
    REGRESSION_METRICS,
    Actions,
    Columns,
    EvidenceSources,
    Metric,
    ModelSettings,
    Predictions,
    RollbackSettings,
    Scoring,
    Table,
    Task,
)
from bot.settings.read import read_settings
from bot.settings.secrets import hidden, resolve
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
from bot.settings.settings import Settings
from bot.settings.words import closest, nearest

__all__ = [
    "LOWER_IS_BETTER",
    "REGRESSION_METRICS",
    "Actions",
    "Columns",
    "EvidenceSources",
    "HttpSettings",
    "IncidentSettings",
    "Metric",
    "ModelSettings",
    "OutgoingSettings",
    "PlaybookSettings",
    "Predictions",
    "RollbackSettings",
    "Scoring",
    "SenderSettings",
    "ServerSettings",
    "Settings",
    "SlackSettings",
    "SourceSettings",
    "StoreSettings",
    "Table",
    "Task",
    "closest",
    "hidden",
    "nearest",
    "read_settings",
    "resolve",
]
