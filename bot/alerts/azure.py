"""Azure Event Grid: the runs of Azure Machine Learning's monitors, and its models as changes.

Shape and handshake: learn.microsoft.com, "Webhook event delivery" and "Monitor the performance of
models deployed to production". Both schemas are read, Event Grid's own and CloudEvents.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.alerts.fields import Fields
from bot.alerts.vendor import Ignored, Part, Reply, Said
from bot.errors import UnreadableAlert
from bot.incident import ChangeEvent

_ML = "Microsoft.MachineLearningServices."
_BREACH = "azureml_modelmonitor_threshold_breached"
"""The tag that a monitor puts on its run, with the words that say which signal failed."""


def find_azure(payload: object, _headers: Mapping[str, str]) -> Iterator[Part]:
    """The events of the delivery: a list, or one CloudEvent."""
    events = payload if isinstance(payload, list) else [payload]
    if not events:
        raise UnreadableAlert("the list of events is empty")
    for at, raw in enumerate(events):
        where = f"events[{at}]"
        try:
            yield _part(Fields.of(raw, where))
        except UnreadableAlert as fault:
            yield fault


def _part(event: Fields) -> Part:
    kind = event.text("eventType") or event.wanted("type")
    data = event.inside("data")
    match kind.removeprefix(_ML):
        case "Microsoft.EventGrid.SubscriptionValidationEvent":
            return Reply(body={"validationResponse": data.wanted("validationCode")})
        case "RunStatusChanged":
            return _run(event, data)
        case "ModelRegistered":
            name, version = data.wanted("modelName"), data.text("modelVersion")
            says = f"version {version} of {name} was registered"
            return _change(event, says, model=name, to=version)
        case "ModelDeployed":
            ids = data.text("modelIds") or ", ".join(map(str, data.items("modelIds")))
            says = f"service {data.text('serviceName')} now serves {ids}"
            return _change(event, says, model=data.text("serviceName"), to=ids)
        case _:
            return Ignored(says=f"{kind[:80]} asks for nothing")


def _run(event: Fields, data: Fields) -> Said | Ignored:
    """A run of a monitor: failed, it says which signal; completed, that signal is well again."""
    status = _any_case(data, "runStatus")
    tags = Fields.of(data.raw.get("runTags", data.raw.get("RunTags")), data.place("runTags"))
    properties = Fields.of(data.raw.get("runProperties"), data.place("runProperties"))
    breach = tags.text(_BREACH)
    if status not in {"Failed", "Completed"} or (status == "Failed" and not breach):
        return Ignored(says=f"a run that ended as {status or 'nothing'} is no breach of a monitor")
    named = {"experiment": _any_case(data, "experimentName"), "run": _any_case(data, "runId")}
    return Said(
        id=(event.wanted("id"),),
        status="firing" if status == "Failed" else "resolved",
        title=breach or f"The monitor's run ended as {status}",
        labels={key: text for key, text in named.items() if text}
        | properties.texts()
        | tags.texts(),
        starts_at=_time(event),
        ends_at=_time(event),
    )


def _any_case(data: Fields, key: str) -> str:
    """The documentation writes some keys with a capital, the service without."""
    return data.text(key) or data.text(key[0].upper() + key[1:])


def _change(event: Fields, says: str, *, model: str, to: str) -> ChangeEvent:
    time = _time(event)
    if time is None:
        raise UnreadableAlert(f"{event.place('eventTime')} is nothing, not a time")
    return ChangeEvent(
        id=f"azure-{event.wanted('id')}",
        time=time,
        kind="model",
        what=says,
        ref=event.text("subject"),
        details={"model": model, "to": to},
    )


def _time(event: Fields) -> datetime | None:
    return event.time("eventTime") or event.time("time")
