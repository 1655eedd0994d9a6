"""The configured actions, ready to be asked for; nothing is called when they are made."""

from collections.abc import Mapping

from bot.actions.line import Line
from bot.actions.mlflow import MlflowAlias
from bot.actions.target import Target
from bot.actions.webhook import Webhook, secret_of
from bot.errors import SettingsError
from bot.outgoing import Endpoint, access
from bot.settings import RollbackSettings, Settings, resolve


def open_rollbacks(
    settings: Settings, *, environment: Mapping[str, str] | None = None
) -> dict[str, Target]:
    """Model = where it is rolled back, for those that have one.

    Raises:
        SettingsError: A key is missing, or a variable is not set; names the key.
    """
    return {
        name: _target(name, wanted, settings=settings, environment=environment)
        for name, model in settings.models.items()
        if (wanted := model.actions.rollback) is not None
    }


def _target(
    name: str,
    wanted: RollbackSettings,
    *,
    settings: Settings,
    environment: Mapping[str, str] | None,
) -> Target:
    where = f"models.{name}.actions.rollback"
    proofs = access(settings, wanted, where=where, environment=environment)
    line = Line(Endpoint.of(
        settings, wanted.url, where=f"{where}.url", access=proofs, environment=environment,
        seconds=wanted.timeout_seconds,
    ))  # fmt: skip
    if wanted.kind == "mlflow":
        return MlflowAlias(line, name=wanted.registered_model or name, alias=wanted.alias)
    if not wanted.hmac_secret:
        raise SettingsError(
            f"{where} needs hmac_secret: what it calls has to know who calls;"
            ' write hmac_secret = "${NAME}" and set that variable'
        )
    secret = resolve(wanted.hmac_secret, where=f"{where}.hmac_secret", environment=environment)
    return Webhook(line, secret=secret_of(secret, where=f"{where}.hmac_secret"))
