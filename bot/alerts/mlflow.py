"""MLflow's registry webhooks, as change events: which version was registered, which one goes live.

Shape: mlflow.org, "Webhooks". The registry keeps no history of its aliases, so these deliveries are
the only record of when one was moved; which version it left is not said.
"""

from collections.abc import Iterator, Mapping

from bot.alerts.fields import Fields
from bot.alerts.labels import identity
from bot.alerts.vendor import Ignored, Part
from bot.errors import UnreadableAlert
from bot.incident import ChangeEvent

_SAYS: Mapping[tuple[str, str], str] = {
    ("registered_model", "created"): "model {name} was registered",
    ("model_version", "created"): "version {version} of {name} was registered",
    ("model_version_alias", "created"): "alias {alias} of {name} now means version {version}",
    ("model_version_alias", "deleted"): "alias {alias} of {name} was taken away",
    ("model_version_tag", "set"): "tag {key} of version {version} of {name} was set to {value}",
    ("model_version_tag", "deleted"): "tag {key} of version {version} of {name} was taken away",
}


def find_mlflow(payload: object, headers: Mapping[str, str]) -> Iterator[Part]:
    """The one event of the delivery; prompts, and what else is no model, ask for nothing."""
    said = Fields.of(payload)
    entity, action = said.wanted("entity"), said.wanted("action")
    data = said.inside("data")
    form = _SAYS.get((entity, action))
    if form is None:
        yield Ignored(says=f"{entity} {action} is no change of a model")
        return
    time = said.time("timestamp")
    if time is None:
        raise UnreadableAlert("timestamp is nothing, not a time")
    words = {key: data.text(key) for key in ("name", "version", "alias", "key", "value")}
    delivery = headers.get("x-mlflow-delivery-id", "") or identity(
        entity, action, time.isoformat(), *words.values()
    )
    # By model and alias a move is found again where the registry itself is asked for its history.
    to = {"to": words["version"]} if words["version"] else {}
    to |= {"alias": words["alias"]} if words["alias"] else {}
    yield ChangeEvent(
        id=f"mlflow-{delivery[:36]}",
        time=time,
        kind="other" if entity == "model_version_tag" else "model",
        what=form.format(**words),
        ref="/".join(filter(None, (data.wanted("name"), words["version"]))),
        details={"model": words["name"], "event": f"{entity}.{action}"} | to,
    )
