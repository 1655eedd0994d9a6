"""The configuration: one TOML file, read into frozen values, wrong keys named."""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import SettingsError

Task = Literal["binary", "multiclass", "regression"]
Metric = Literal[
    "accuracy", "precision", "recall", "f1", "auc", "log_loss", "brier",
    "mae", "rmse", "mape", "r2",
]  # fmt: skip
REGRESSION_METRICS = frozenset({"mae", "rmse", "mape", "r2"})
LOWER_IS_BETTER = frozenset({"log_loss", "brier", "mae", "rmse", "mape"})


class Frozen(BaseModel):
    """A part of the configuration; keys that are not known are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Columns(Frozen):
    """Role = column of the prediction log; time, prediction and label are required."""

    time: str
    prediction: str
    label: str
    id: str | None = None
    score: str | None = None
    label_time: str | None = None
    arrival_time: str | None = None
    model_version: str | None = None
    latency_ms: str | None = None
    fallback: str | None = None
    host: str | None = None

    def taken(self) -> frozenset[str]:
        """The columns that have a role, so are no features by default."""
        return frozenset(value for value in self.model_dump().values() if value is not None)


class Table(Frozen):
    """A table of a source."""

    source: str
    table: str


class Predictions(Table):
    """The prediction log: one row a prediction served."""

    columns: Columns
    features: tuple[str, ...] | None = None
    segments: tuple[str, ...] = ()


class EvidenceSources(Frozen):
    """Names of sources of changes and system metrics."""

    changes: tuple[str, ...] = ()
    system: tuple[str, ...] = ()


class ModelSettings(Frozen):
    """One model in production."""

    task: Task
    metric: Metric
    predictions: Predictions
    positive: str | int | float | bool | None = None
    threshold: float | None = None
    owner: str | None = None
    experts: tuple[str, ...] = ()
    reference: Table | None = None
    offline: Table | None = None
    reported: Table | None = None
    evidence: EvidenceSources = EvidenceSources()
    playbook: str = "accuracy-drop"


class SourceSettings(Frozen):
    """A data source; which keys matter depends on its kind."""

    kind: str
    url: str | None = None
    path: str | None = None
    options: dict[str, Any] = {}


class ServerSettings(Frozen):
    """Where the process listens."""

    host: str = "127.0.0.1"
    port: int = 8080
    body_limit: int = Field(default=1_000_000, gt=0)
    waiting_limit: int = Field(default=1_000, gt=0)
    public_url: str | None = None


class SlackSettings(Frozen):
    """How the bot talks to Slack; the tokens are `${NAME}` references, resolved when it starts."""

    mode: Literal["socket", "http"] = "socket"
    bot_token: str = "${SLACK_BOT_TOKEN}"  # noqa: S105 - the name of a variable, not a secret
    app_token: str = "${SLACK_APP_TOKEN}"  # noqa: S105 - likewise
    signing_secret: str = "${SLACK_SIGNING_SECRET}"  # noqa: S105 - likewise
    announce: str | None = None
    api_url: str = "https://slack.com/api/"
    channel_prefix: str = Field(default="inc", pattern=r"^[a-z0-9][a-z0-9_-]{0,15}$")


class StoreSettings(Frozen):
    """Where everything is kept."""

    path: str = "plummet.db"


class SenderSettings(Frozen):
    """One alert sender: how it proves itself, and for `generic` how its fields are mapped."""

    kind: str | None = None
    bearer: str | None = None
    basic: str | None = None
    hmac_secret: str | None = None
    hmac_header: str = "X-Signature"
    hmac_timestamp_header: str | None = None
    open: bool = False
    fields: dict[str, str] = {}
    labels: dict[str, str] = {}


class IncidentSettings(Frozen):
    """How alerts become incidents."""

    window_hours: float = Field(default=48, gt=0)
    severity: Literal["sev1", "sev2", "sev3", "sev4"] = "sev3"


class PlaybookSettings(Frozen):
    """The team's own folder of playbooks and templates, looked at before the shipped ones."""

    playbooks: str | None = None
    templates: str | None = None
    postmortems: str = "post-mortems"


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

    def path(self, text: str) -> Path:
        """A path of the configuration, absolute."""
        return (self.folder / Path(text).expanduser()).resolve()

    def model(self, name: str) -> ModelSettings:
        """The model of that name; `SettingsError` with the nearest one if there is none."""
        if name in self.models:
            return self.models[name]
        raise SettingsError(f"no model {name!r} in the configuration{_nearest(name, self.models)}")


_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def resolve(text: str, *, where: str, environment: Mapping[str, str] | None = None) -> str:
    """The text with every `${NAME}` replaced from the environment.

    Raises:
        SettingsError: A variable is not set, or empty; names it and `where` it is wanted.
    """
    known = os.environ if environment is None else environment

    def value(match: re.Match[str]) -> str:
        found = known.get(match[1], "")
        if not found:
            raise SettingsError(f"{where} needs the environment variable {match[1]}, not set")
        return found

    return _REFERENCE.sub(value, text)


def read_settings(path: Path) -> Settings:
    """Read a configuration file.

    Raises:
        SettingsError: What is wrong, at which key, and the nearest right one.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
    document.pop("folder", None)
    try:
        settings = Settings(folder=path.parent.resolve(), **document)
    except ValidationError as error:
        raise SettingsError(f"{path}: {_first(error)}") from error
    _check_references(settings, path)
    return settings


def _check_references(settings: Settings, path: Path) -> None:
    for name, model in settings.models.items():
        wanted = [
            (f"models.{name}.{part}.source", table.source)
            for part in ("predictions", "reference", "offline", "reported")
            if (table := getattr(model, part)) is not None
        ]
        wanted += [
            (f"models.{name}.evidence.{part}", source)
            for part in ("changes", "system")
            for source in getattr(model.evidence, part)
        ]
        for where, source in wanted:
            if source not in settings.sources:
                near = _nearest(source, settings.sources)
                raise SettingsError(f"{path}: {where} names no source {source!r}{near}")
        regression = model.metric in REGRESSION_METRICS
        if regression != (model.task == "regression"):
            raise SettingsError(
                f"{path}: models.{name}.metric {model.metric!r} is no metric of a {model.task} task"
            )


def _first(error: ValidationError) -> str:
    """The first fault, as key, what is wrong, and the nearest right key."""
    fault = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        unknown = str(fault["loc"][-1])
        return f"unknown key {where}{_nearest(unknown, _keys_beside(fault['loc']))}"
    return f"{where}: {fault['msg'][0].lower()}{fault['msg'][1:]}"


def _keys_beside(location: tuple[int | str, ...]) -> list[str]:
    """The known keys at the place of an unknown one."""
    place: type[BaseModel] = Settings
    for part in location[:-1]:
        field = place.model_fields.get(str(part))
        if field is None:
            continue
        found = [kind for kind in _kinds(field.annotation) if _is_part(kind)]
        if not found:
            return []
        place = found[0]
    return [name for name in place.model_fields if name != "folder"]


def _kinds(annotation: Any) -> list[Any]:
    inner = get_args(annotation)
    return [annotation, *(kind for part in inner for kind in _kinds(part))]


def _is_part(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _nearest(word: str, known: Any) -> str:
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; known are {', '.join(sorted(known))}" if known else ""
