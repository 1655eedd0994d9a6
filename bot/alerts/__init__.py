"""What monitors send, proven and put in our words."""

from collections.abc import Mapping

from bot.alerts.alertmanager import Alertmanager
from bot.alerts.generic import Generic
from bot.alerts.grafana import Grafana
from bot.alerts.labels import known
from bot.alerts.sender import FormatMaker, Sender
from bot.alerts.times import Clock, utcnow
from bot.settings import Settings

__all__ = ["FORMATS", "FormatMaker", "Sender", "known", "open_senders"]

FORMATS: Mapping[str, FormatMaker] = {
    Alertmanager.name: Alertmanager.of,
    Grafana.name: Grafana.of,
    Generic.name: Generic.of,
}
"""The formats that ship, by the word a configuration calls them."""


def open_senders(
    settings: Settings,
    *,
    formats: Mapping[str, FormatMaker] = FORMATS,
    environment: Mapping[str, str] | None = None,
    clock: Clock = utcnow,
) -> dict[str, Sender]:
    """Every sender of the configuration by its name, ready for requests.

    `clock` is the wall's, whatever runs faster elsewhere: signed timestamps are held against it.

    Raises:
        SettingsError: A format, a field or a proof is wrong; names the key.
    """
    return {
        name: Sender.of(name, settings, formats=formats, environment=environment, clock=clock)
        for name in settings.alerts
    }
