from pathlib import Path

import pytest

from bot.alerts import FORMATS, open_senders
from bot.alerts.times import utcnow
from bot.errors import SettingsError
from bot.settings import SenderSettings, read_settings

CONFIGURATION = """
[alerts.alertmanager]
bearer = "${AM_TOKEN}"
segments = ["region"]

[alerts.dashboards]
kind = "grafana"
hmac_secret = "${GRAFANA_SECRET}"
hmac_timestamp_header = "X-Grafana-Alerting-Timestamp"
labels = { model = "ml_model" }

[alerts.jobs]
kind = "generic"
open = true
fields = { alerts = "results[?failed]", title = "join(' ', [suite, name])" }
severities = { blocker = "sev1" }
"""
ENVIRONMENT = {"AM_TOKEN": "a", "GRAFANA_SECRET": "b"}


def written(folder: Path, text: str) -> Path:
    file = folder / "plummet.toml"
    file.write_text(text)
    return file


def test_every_sender_of_the_configuration_is_opened(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, CONFIGURATION))

    senders = open_senders(settings, environment=ENVIRONMENT)

    assert {name: sender.format.name for name, sender in senders.items()} == {
        "alertmanager": "alertmanager",
        "dashboards": "grafana",
        "jobs": "generic",
    }
    (alert,) = (
        senders["jobs"]
        .read(
            b'{"results": [{"failed": true, "suite": "acc", "name": "eu"}, {"failed": false}]}',
            headers={},
        )
        .alerts
    )
    assert (alert.sender, alert.title) == ("jobs", "acc eu")


def test_a_secret_that_is_not_set_is_named_before_anything_starts(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, CONFIGURATION))

    with pytest.raises(SettingsError, match=r"alerts.alertmanager.bearer needs .* AM_TOKEN"):
        open_senders(settings, environment={})


def test_a_wrong_key_of_a_sender_names_the_nearest(tmp_path: Path) -> None:
    file = written(tmp_path, '[alerts.am]\nhmac_secrets = "x"\n')

    with pytest.raises(
        SettingsError, match=r"alerts.am.hmac_secrets; did you mean .hmac_secret.\?"
    ):
        read_settings(file)


@pytest.mark.parametrize("word", sorted(FORMATS))
def test_each_shipped_format_goes_by_its_word(word: str) -> None:
    assert FORMATS[word]("am", SenderSettings(), utcnow).name == word
