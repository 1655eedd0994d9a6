"""The demo's `plummet.toml`: what a team would write to have this model watched over."""

from pathlib import Path

MODEL = "delays"
ALERT_TOKEN_VARIABLE = "PLUMMET_DEMO_ALERT_TOKEN"  # noqa: S105 - the name of a variable
OWNER, EXPERT = "maria", "aisha"
ANNOUNCE = "incidents"

_TOML = """\
# Written by `plummet demo`; a team's own looks like this.

[sources.warehouse]
kind = "table"
url = "duckdb://warehouse.duckdb"
path = "."

[sources.changes]
kind = "changes"
path = "changes.jsonl"

[sources.system]
kind = "metrics"
url = "duckdb://warehouse.duckdb"
options = {{ table = "system" }}

[models.{model}]
task = "binary"
metric = "accuracy"
positive = "1"
threshold = 0.5
owner = "@{owner}"
experts = ["@{expert}"]

[models.{model}.predictions]
source = "warehouse"
table = "predictions"
features = [
  "carrier", "origin", "dest", "distance", "hour", "dep_delay", "wind_speed", "precip", "visib",
]
segments = ["region", "client"]

[models.{model}.predictions.columns]
id = "request_id"
time = "event_time"
prediction = "prediction"
label = "label"
score = "score"
label_time = "label_time"
arrival_time = "arrival_time"
model_version = "model_version"
latency_ms = "latency_ms"
fallback = "fallback"
host = "host"

[models.{model}.reference]
source = "warehouse"
table = "training.parquet"

[models.{model}.offline]
source = "warehouse"
table = "offline"

[models.{model}.reported]
source = "warehouse"
table = "reported"

[models.{model}.evidence]
changes = ["changes"]
system = ["system"]

[server]
port = {port}

[slack]
announce = "{announce}"
api_url = "{api_url}"

[alerts.alertmanager]
bearer = "${{{token}}}"

[store]
path = "plummet.db"
"""


def write_configuration(
    folder: Path, *, api_url: str = "https://slack.com/api/", port: int = 8080
) -> Path:
    """Write `plummet.toml` into the demo's folder; returns where."""
    path = folder / "plummet.toml"
    text = _TOML.format(
        model=MODEL, owner=OWNER, expert=EXPERT, announce=ANNOUNCE, token=ALERT_TOKEN_VARIABLE,
        api_url=api_url, port=port,
    )  # fmt: skip
    path.write_text(text, encoding="utf-8")
    return path
