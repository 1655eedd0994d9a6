"""The recipes of bot/alerts/recipes.md do what they say."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.alerts import FORMATS, open_senders
from bot.incident import Alert, IncidentKey
from bot.settings import Settings, read_settings

PAGE = (Path(__file__).parents[2] / "bot" / "alerts" / "recipes.md").read_text(encoding="utf-8")
RECIPES = re.findall(
    r"<!-- recipe: (\w+) -->\n```toml\n(.*?)```(?:\n\n```json\n(.*?)```)?", PAGE, re.DOTALL
)
ENVIRONMENT = {"ALERTS_TOKEN": "a", "ARIZE_SECRET": "b"}
MODEL = """
[models.MODEL]
task = "binary"
metric = "accuracy"
[models.MODEL.predictions]
source = "log"
table = "log"
columns = { time = "t", prediction = "p", label = "l" }
[sources.log]
kind = "table"
"""


def read(folder: Path, recipe: str, payload: Any, model: str = "delays") -> Alert:
    (text,) = (text for name, text, _ in RECIPES if name == recipe)
    file = folder / "plummet.toml"
    file.write_text(text + MODEL.replace("MODEL", model), encoding="utf-8")
    settings: Settings = read_settings(file)
    sender = open_senders(settings, environment=ENVIRONMENT)[recipe]
    (alert,) = sender.read(json.dumps(payload).encode(), headers={}).alerts
    return alert


def example(recipe: str) -> Any:
    (text,) = (example for name, _, example in RECIPES if name == recipe)
    return json.loads(text)


SAYS = {
    "curl": ("Accuracy of delays is 0.78", "accuracy", 0.78),
    "cron": ("Accuracy of delays on 2026-11-21", "accuracy", 0.78),
    "evidently": ("Accuracy is at least 0.85", "accuracy", None),
    "nannyml": ("delays roc_auc left its thresholds in 2026-11-21", "roc_auc", 0.71),
    "arize": ("Accuracy of delays", "accuracy", 0.78),
}


def test_every_recipe_is_tried() -> None:
    assert {name for name, _, _ in RECIPES} == {*SAYS, "sagemaker"}


@pytest.mark.parametrize("recipe", SAYS)
def test_the_example_of_a_recipe_fires(tmp_path: Path, recipe: str) -> None:
    alert = read(tmp_path, recipe, example(recipe))

    assert (alert.title, alert.metric, alert.value) == SAYS[recipe]
    assert (alert.status, alert.model) == ("firing", "delays")


WELL: dict[str, dict[str, Any]] = {
    "curl": {"status": "resolved"},
    "cron": {"accuracy": 0.9},
    "evidently": {"tests": [{"name": "Accuracy is at least 0.85", "status": "SUCCESS"}]},
    "nannyml": {"chunk": {"key": "2026-11-22", "value": 0.9, "alert": False}},
    "arize": {"monitor_status": "Healthy"},
}


@pytest.mark.parametrize("recipe", WELL)
def test_a_recipe_resolves_what_is_well_again(tmp_path: Path, recipe: str) -> None:
    alert = read(tmp_path, recipe, example(recipe) | WELL[recipe])

    assert (alert.status, alert.model) == ("resolved", "delays")


def test_a_lack_of_data_in_arize_resolves_nothing(tmp_path: Path) -> None:
    alert = read(tmp_path, "arize", example("arize") | {"monitor_status": "No Data"})

    assert alert.status == "firing"


def test_a_segment_may_be_said_with_curl(tmp_path: Path) -> None:
    assert read(tmp_path, "curl", example("curl")).key == IncidentKey(
        model="delays", metric="accuracy", segment=(("region", "eu"),)
    )


def test_the_next_night_of_a_cron_job_is_another_alert(tmp_path: Path) -> None:
    first, again = (read(tmp_path, "cron", example("cron")) for _ in range(2))
    after = read(tmp_path, "cron", example("cron") | {"day": "2026-11-22"})

    assert first.id == again.id != after.id


def test_an_endpoint_of_sagemaker_is_the_model(tmp_path: Path, payload: Any) -> None:
    alert = read(tmp_path, "sagemaker", payload("cloudwatch_alarm"), model="delays-live")

    assert (alert.model, alert.metric) == ("delays-live", "feature_baseline_drift_distance")


def test_every_kind_of_sender_has_its_place_on_the_page() -> None:
    headings = " ".join(re.findall(r"^## (.*)$", PAGE, re.MULTILINE)).casefold().replace(" ", "")

    assert [kind for kind in FORMATS if kind not in headings] == []


def test_datadog_s_payload_on_the_page_has_what_is_read(payload: Any) -> None:
    (text,) = re.findall(r"## Datadog.*?```json\n(.*?)```", PAGE, re.DOTALL)

    assert json.loads(text).keys() == payload("datadog_triggered").keys()
