"""What the configuration says of the bot itself and of where it looks."""

from typing import Any, Literal

from pydantic import Field

from bot.settings.http import Frozen, HttpSettings


class SourceSettings(HttpSettings):
    """A data source; which keys matter depends on its kind."""

    kind: str
    url: str | None = None
    path: str | None = None
    deadline_seconds: float = Field(default=60, gt=0, le=3_600)
    """How long one reading may take, with all the calls that it makes to an address."""
    options: dict[str, Any] = {}


class OutgoingSettings(Frozen):
    """What may be called besides public addresses: one's own machine, one's own network."""

    private: tuple[Literal["loopback", "private"], ...] = ()


class ServerSettings(Frozen):
    """Where the process listens."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    body_limit: int = Field(default=1_000_000, gt=0)
    waiting_limit: int = Field(default=1_000, gt=0)
    delivery_limit: int = Field(default=1_000, gt=0)
    """How many alerts of one delivery are taken; the rest is kept as a dead letter."""
    body_seconds: float = Field(default=10, gt=0)
    """How long a body may take to arrive."""
    public_url: str | None = None


class SlackSettings(Frozen):
    """How the bot talks to Slack; the tokens are `${NAME}` references, resolved when it starts."""

    mode: Literal["socket", "http"] = "socket"
    bot_token: str = "${SLACK_BOT_TOKEN}"  # noqa: S105 - the name of a variable, not a secret
    app_token: str = "${SLACK_APP_TOKEN}"  # noqa: S105 - likewise
    signing_secret: str = "${SLACK_SIGNING_SECRET}"  # noqa: S105 - likewise
    announce: str | None = None
    api_url: str = "https://slack.com/api/"
    edit_seconds: float = Field(default=1.5, ge=0)
    """Between two rounds of edits for one incident; Slack takes about 50 edits a minute."""
    channel_prefix: str = Field(default="inc", pattern=r"^[a-z0-9][a-z0-9_-]{0,15}$")


class StoreSettings(Frozen):
    """Where everything is kept."""

    path: str = "plummet.db"
    settle_seconds: float = Field(default=10, ge=0)
    """How long a call to Slack may still take to land after its process died."""


class SenderSettings(Frozen):
    """One alert sender: how it proves itself, and for `generic` how its fields are mapped."""

    kind: str | None = None
    bearer: str | None = None
    basic: str | None = None
    token: str | None = None
    """What `?token=` in the address has to be, for senders that can send no header."""
    topics: tuple[str, ...] = ()
    """For `cloudwatch`: the SNS topics that are heard."""
    hmac_secret: str | None = None
    hmac_header: str | None = None
    """By default the one the format's sender uses, else `X-Signature`."""
    hmac_timestamp_header: str | None = None
    hmac_tolerance_seconds: float = Field(default=300, gt=0)
    """How old or early a signed timestamp may be."""
    open: bool = False
    """Takes alerts from anybody; has to be said where there is no proof."""
    fields: dict[str, str] = {}
    """For `generic`: JMESPath for each field, `alerts` for where their list is."""
    labels: dict[str, str] = {}
    """Which label names the `model`, `metric`, `severity`, `value`, `title`."""
    segments: tuple[str, ...] = ("segment",)
    """Labels that name a segment, besides every `segment_COLUMN`."""
    severities: dict[str, Literal["sev1", "sev2", "sev3", "sev4"]] = {}
    """The sender's own words for severities."""
    poll_url: str | None = None
    """For `alertmanager` and `prometheus`: where it is asked what fires now."""
    poll_seconds: float = Field(default=60, ge=1)
    poll_bearer: str | None = None
    poll_basic: str | None = None
    poll_ca_file: str | None = None
    poll_receiver: str | None = None
    """For `alertmanager`: only alerts routed to receivers of this name, a regular expression."""


class IncidentSettings(Frozen):
    """How alerts become incidents."""

    window_hours: float = Field(default=48, gt=0)
    """How long after its last event an open incident is joined by an alert of the same key."""
    channels_a_minute: int = Field(default=10, ge=2)
    """Alerts of more keys than that share one incident: a storm."""
    severity: Literal["sev1", "sev2", "sev3", "sev4"] = "sev3"


class PlaybookSettings(Frozen):
    """The team's own folder of playbooks and templates, looked at before the shipped ones."""

    playbooks: str | None = None
    templates: str | None = None
    postmortems: str = "post-mortems"
