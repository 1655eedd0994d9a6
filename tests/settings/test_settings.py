"""The configuration names what is wrong with it."""

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import hidden, read_settings, resolve

GOOD = """
[sources.files]
kind = "table"
url = "duckdb://"
path = "."

[models.delays]
task = "binary"
metric = "accuracy"

[models.delays.predictions]
source = "files"
table = "predictions.parquet"

[models.delays.predictions.columns]
time = "event_time"
prediction = "prediction"
label = "label"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "plummet.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_one_is_read(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, GOOD))

    assert settings.model("delays").predictions.columns.time == "event_time"
    assert settings.path("x/y.db") == (tmp_path / "x/y.db").resolve()


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ('metric = "accuracy"', 'metrik = "accuracy"', ["models.delays.metrik", "'metric'"]),
        ('time = "event_time"', 'tme = "event_time"', ["columns.tme", "'time'"]),
        ("[models.delays]", "[model.delays]", ["unknown key model", "'models'"]),
        ('kind = "table"', 'kinds = "table"', ["sources.files.kinds", "'kind'"]),
        ('source = "files"', 'source = "file"', ["models.delays.predictions.source", "'files'"]),
        ('task = "binary"', 'task = "regression"', ["models.delays.metric", "accuracy"]),
        ('task = "binary"', 'task = "binry"', ["models.delays.task", "binary"]),
        ('label = "label"', "", ["models.delays.predictions.columns.label", "required"]),
        ('task = "binary"', "task = ", ["not valid TOML", "line"]),
        ('task = "binary"', 'task = "binary"\nevidence.registry = "fils"',
         ["models.delays.evidence.registry", "'files'"]),
        ("[sources.files]", '[outgoing]\nprivate = ["lopback"]\n\n[sources.files]',
         ["outgoing.private", "loopback"]),
    ],
)  # fmt: skip
def test_a_wrong_one_names_the_key_and_the_nearest_right_one(
    tmp_path: Path, right: str, wrong: str, says: list[str]
) -> None:
    path = written(tmp_path, GOOD.replace(right, wrong))

    with pytest.raises(SettingsError) as caught:
        read_settings(path)

    for words in says:
        assert words in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        read_settings(tmp_path / "nowhere.toml")


def test_a_reference_is_resolved_from_the_environment() -> None:
    url = resolve("postgres://bot:${PW}@db", where="sources.db.url", environment={"PW": "s3"})

    assert url == "postgres://bot:s3@db"


@pytest.mark.parametrize("environment", [{}, {"PW": ""}])
def test_a_missing_variable_is_named_with_the_place(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"sources\.db\.url.*PW"):
        resolve("${PW}", where="sources.db.url", environment=environment)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("postgres://u:${PW}@host/db", "cannot cast '…' of …"),
        ("${URL}", "cannot cast '…' of …"),
        ("postgres://u:open%2Fsesame@host/db", "cannot cast '…' of …"),
        ("duckdb://", "cannot cast 'open' of open/sesame"),
    ],
)
def test_a_drivers_words_are_shown_without_the_secrets_of_its_address(
    setting: str, said: str
) -> None:
    known = {"PW": "open/sesame", "URL": "postgres://u:open/sesame@host/db"}

    assert hidden("cannot cast 'open' of open/sesame", setting, environment=known) == said
    assert hidden("host db u", setting, environment=known) == "host db u"


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("open sesame\n", encoding="utf-8")

    text = f"Bearer ${{file:{tmp_path}/token}}"

    assert resolve(text, where="x", environment={}) == "Bearer open sesame"
    assert hidden("no open sesame", text, environment={}) == "no …"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("${file:token}", "x: the path of .* has to begin at the root"),
        ("${file:/no/such/file}", "x needs the file /no/such/file, which cannot be read: No such"),
        ("${file:/dev/null}", "x needs the file /dev/null, which is empty"),
    ],
)
def test_a_file_that_gives_no_secret_is_named(text: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        resolve(text, where="x", environment={})
