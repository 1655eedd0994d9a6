"""CloudWatch alarms, as Amazon SNS delivers them; SageMaker's monitors come this way.

Shape: docs.aws.amazon.com, "HTTP/HTTPS notification JSON format" of SNS, and the alarm's own JSON
in `Message`. `sns.py` proves that SNS sent it, and confirms the subscription.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.alerts.body import read_json
from bot.alerts.fields import Fields, text_of
from bot.alerts.labels import LabelMap
from bot.alerts.sns import Fetch, fetched, is_of_aws
from bot.alerts.times import Clock
from bot.alerts.vendor import Ignored, Part, Said, collected
from bot.errors import UnreadableAlert
from bot.incident import Delivery
from bot.settings import SenderSettings
from bot.sockets import AlertFormat

_NO_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudWatch:
    """Reads SNS's envelopes, and answers its question whether the subscription is wanted."""

    name: str = "cloudwatch"
    sender: str
    labels: LabelMap
    clock: Clock
    fetch: Fetch

    def read(self, payload: object, *, headers: Mapping[str, str]) -> Delivery:  # noqa: ARG002 - nothing is said in them
        """The alarm in the envelope.

        Raises:
            UnreadableAlert: There is none, or the subscription could not be confirmed.
        """
        now = self.clock()
        return collected(self._parts(payload), sender=self.sender, labels=self.labels, now=now)

    def _parts(self, payload: object) -> Iterator[Part]:
        envelope = Fields.of(payload)
        match envelope.wanted("Type"):
            case "SubscriptionConfirmation":
                yield self._confirmed(envelope)
            case "Notification":
                yield _alarm(envelope)
            case kind:
                yield Ignored(says=f"{kind[:40]} asks for nothing")

    def _confirmed(self, envelope: Fields) -> Ignored:
        """Say yes to a subscription; its proof has been checked, and its address is AWS's."""
        url = envelope.wanted("SubscribeURL")
        if not is_of_aws(url):
            raise UnreadableAlert(f"SubscribeURL is no address of Amazon SNS: {url[:80]}")
        self.fetch(url)
        return Ignored(says=f"the subscription to {envelope.text('TopicArn')} is confirmed")


def cloudwatch(fetch: Fetch = fetched) -> Callable[[str, SenderSettings, Clock], AlertFormat]:
    """What makes the format; `fetch` asks AWS."""

    def made(sender: str, settings: SenderSettings, clock: Clock) -> AlertFormat:
        labels = LabelMap.of(sender, settings)
        return CloudWatch(sender=sender, labels=labels, clock=clock, fetch=fetch)

    return made


def _alarm(envelope: Fields) -> Said:
    alarm = Fields.of(read_json(envelope.wanted("Message").encode()), "Message")
    # A lack of data is an action that the team asked for, so it is worth an alert; it is no `OK`.
    status = alarm.status("NewStateValue", fires=("ALARM", _NO_DATA), ends=("OK",))
    lacking = " (no data)" if alarm.text("NewStateValue") == _NO_DATA else ""
    changed = alarm.time("StateChangeTime")
    # Of a retry SNS keeps the id, so an alarm is new only if the message is.
    return Said(
        id=(envelope.wanted("MessageId"),),
        status=status,
        title=alarm.text("AlarmName") + lacking,
        labels=_labels(alarm),
        annotations={"reason": alarm.text("NewStateReason")},
        starts_at=changed,
        ends_at=changed,
    )


def _labels(alarm: Fields) -> dict[str, str]:
    """The metric's name and dimensions, and above them `key=value` words of the description.

    An alarm has no labels of its own, and only the description is the team's to write.
    """
    trigger = alarm.inside("Trigger")
    labels = alarm.named(alarm="AlarmName", region="Region")
    labels |= trigger.named(metric_name="MetricName", namespace="Namespace")
    for dimension in trigger.items("Dimensions"):
        if isinstance(dimension, dict):
            labels[text_of(dimension.get("name"))] = text_of(dimension.get("value"))
    for word in alarm.text("AlarmDescription").split():
        key, _, value = word.strip(",;").partition("=")
        labels[key] = value
    return {key: text for key, text in labels.items() if key and text}
