"""What monitors send, proven and put in our words."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.alerts.alertmanager import find_grouped
from bot.alerts.azure import find_azure
from bot.alerts.changes import Changes
from bot.alerts.cloudwatch import cloudwatch
from bot.alerts.datadog import find_datadog
from bot.alerts.firing import Poll, is_only_asked, open_polls
from bot.alerts.generic import Generic
from bot.alerts.google import find_google
from bot.alerts.labels import known
from bot.alerts.mlflow import find_mlflow
from bot.alerts.newrelic import find_newrelic
from bot.alerts.opsgenie import find_opsgenie
from bot.alerts.pagerduty import find_pagerduty
from bot.alerts.sender import FormatMaker, Sender
from bot.alerts.sentry import find_sentry
from bot.alerts.times import Clock, utcnow
from bot.alerts.vendor import vendor
from bot.errors import PlummetError
from bot.plugins import misfit, plugged
from bot.settings import SenderSettings, Settings
from bot.sockets import AlertFormat

__all__ = ["FORMATS", "FormatMaker", "Poll", "Sender", "known", "open_polls", "open_senders"]

FORMATS: Mapping[str, FormatMaker] = MappingProxyType(
    {
        "alertmanager": vendor("alertmanager", find_grouped),
        "grafana": vendor("grafana", find_grouped),
        "pagerduty": vendor("pagerduty", find_pagerduty),
        "cloudwatch": cloudwatch(),
        "datadog": vendor("datadog", find_datadog),
        "sentry": vendor("sentry", find_sentry),
        "newrelic": vendor("newrelic", find_newrelic),
        "google": vendor("google", find_google),
        "azure": vendor("azure", find_azure),
        "opsgenie": vendor("opsgenie", find_opsgenie),
        "mlflow": vendor("mlflow", find_mlflow),
        "changes": Changes.of,
        Generic.name: Generic.of,
    }
)
"""The formats that ship, by the word a configuration calls them."""


def open_senders(
    settings: Settings,
    *,
    environment: Mapping[str, str] | None = None,
    clock: Clock = utcnow,
) -> dict[str, Sender]:
    """Every sender of the configuration that delivers, by its name, ready for requests.

    `clock` is the wall's, whatever runs faster elsewhere: signed timestamps are held against it.

    Raises:
        SettingsError: A format, a field or a proof is wrong, and names the key; or a package brings
            a format that cannot be loaded, and is named.
    """
    brought = plugged("bot.alerts", shipped=FORMATS)
    formats = {**FORMATS, **{name: _brought(name, maker) for name, maker in brought.items()}}
    return {
        name: Sender.of(name, settings, formats=formats, environment=environment, clock=clock)
        for name, own in settings.alerts.items()
        if not is_only_asked(name, own)
    }


def _brought(name: str, maker: FormatMaker) -> FormatMaker:
    """A package's format, whose defects are its own."""

    def made(sender: str, settings: SenderSettings, clock: Clock) -> AlertFormat:
        try:
            return maker(sender, settings, clock)
        except PlummetError:
            raise
        except Exception as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())
            raise misfit("bot.alerts", name, f"format of a sender ({said})") from error

    return made
