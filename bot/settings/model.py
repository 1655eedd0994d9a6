"""What the configuration says of a model in production."""

from typing import Literal

from pydantic import Field

from bot.settings.http import Frozen, HttpSettings

Task = Literal["binary", "multiclass", "regression"]
Metric = Literal[
    "accuracy", "precision", "recall", "f1", "auc", "log_loss", "brier",
    "mae", "rmse", "mape", "r2",
]  # fmt: skip
REGRESSION_METRICS = frozenset({"mae", "rmse", "mape", "r2"})
LOWER_IS_BETTER = frozenset({"log_loss", "brier", "mae", "rmse", "mape"})


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
    redact: tuple[str, ...] = ()
    """Columns whose values are never shown in examples of rows."""


class EvidenceSources(Frozen):
    """Names of sources of changes and system metrics, and of the model's registry."""

    changes: tuple[str, ...] = ()
    system: tuple[str, ...] = ()
    registry: str | None = None


class Scoring(HttpSettings):
    """Where rows can be scored again: an HTTP endpoint, or a model that MLflow can load.

    `former` is the same for the version that served before, where that is still there.
    """

    kind: Literal["http", "mlflow"]
    target: str
    """An http(s) address that takes rows as JSON; or `models:/NAME/VERSION` or a model's folder."""
    former: str | None = None
    returns: Literal["prediction", "score"] = "prediction"
    rows: int = Field(default=400, ge=50, le=5_000)
    """Rows of each window that are scored again."""
    batch: int = Field(default=100, ge=1, le=1_000)


class RollbackSettings(HttpSettings):
    """How a model is put back: its alias in MLflow's registry, or a webhook of the team's own.

    The address is shown to whoever approves, so no secret may stand in it.
    """

    kind: Literal["mlflow", "webhook"]
    url: str = Field(pattern=r"^https?://[^/@?#$\s]+(/[^@?#$\s]*)?$")
    registered_model: str | None = Field(default=None, pattern=r"^[^'/:]+$")
    """For `mlflow`: its name there, by default the model's own."""
    alias: str = Field(default="champion", min_length=1)
    """For `mlflow`: the alias that the server loads, moved back to an earlier version."""
    hmac_secret: str | None = None
    """For `webhook`, which has to have one: signs the body with its time and id."""
    approvers: tuple[str, ...] = ()
    """Who may approve; without any, everybody but whoever asked."""
    approve_minutes: float = Field(default=15, gt=0, le=1_440)
    """How long the asking waits for an approval, and the approval for the call."""


class Actions(Frozen):
    """What the bot may do to a model, once two people want it."""

    rollback: RollbackSettings | None = None


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
    scoring: Scoring | None = None
    actions: Actions = Actions()
    playbook: str = "accuracy-drop"
    rollup_minutes: float | None = Field(default=None, gt=0)
    """How often the bot brings the rollup up to the log; without it, it keeps none."""
    playbooks: dict[str, str] = {}
    """Other playbooks, by the metric that an alert or a person names."""
