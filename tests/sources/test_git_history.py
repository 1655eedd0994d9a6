"""A real git repository, made as awkward as real ones are."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.errors import SourceError
from bot.settings import Settings, SourceSettings
from bot.sources import open_sources
from bot.sources.paths import kind_of

NOW = datetime(2026, 3, 20, tzinfo=UTC)


class Repository:
    """Commits at the times that a test wants."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str, at: str = "2026-03-01T00:00:00Z") -> str:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        names = {"GIT_AUTHOR_NAME": "bo", "GIT_AUTHOR_EMAIL": "b@x", "GIT_COMMITTER_NAME": "li",
                 "GIT_COMMITTER_EMAIL": "l@x", "GIT_CONFIG_GLOBAL": os.devnull}  # fmt: skip
        dates = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        return subprocess.run(
            ["git", "-C", self.folder, *words], env=clean | names | dates, check=True,
            capture_output=True, text=True, timeout=30,
        ).stdout  # fmt: skip

    def commit(self, says: str, at: str, **files: str) -> None:
        for name, text in files.items():
            file = self.folder / name.replace("__", "/").replace("_dot_", ".")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", says, at=at)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repo")


def read(repository: Repository, **options: Any) -> list[dict[str, Any]]:
    source = SourceSettings(kind="git", path="repo", options=options)
    settings = Settings(folder=repository.folder.parent, sources={"repo": source})
    events, wrong = open_sources(settings).changes(["repo"], at=NOW)
    assert not wrong
    return events


def test_a_commit_is_of_the_kind_of_its_paths(repository: Repository) -> None:
    repository.commit("Fill distance", "2026-03-10T10:00:00+01:00", features__distance_dot_py="x")

    (event,) = read(repository)

    assert (event["kind"], event["what"], event["who"]) == ("pipeline", "Fill distance", "bo")
    assert event["time"] == datetime(2026, 3, 10, 9, tzinfo=UTC)
    assert event["ref"] == repository.git("rev-parse", "HEAD").strip()
    assert event["details"] == {"paths": ["features/distance.py"], "files": 1}


def test_one_that_touches_two_kinds_is_two_changes_and_its_tests_are_none(
    repository: Repository,
) -> None:
    repository.commit(
        "Both", "2026-03-10T10:00:00Z",
        etl__a_dot_sql="x", config_dot_yaml="y", tests__test_a_dot_py="z", README_dot_md="w",
    )  # fmt: skip

    assert sorted(event["kind"] for event in read(repository)) == ["config", "pipeline"]


def test_an_upgrade_says_from_which_version_to_which(repository: Repository) -> None:
    repository.commit(
        "a", "2026-03-01T00:00:00Z", requirements_dot_txt="numpy==1.26.4\npandas==2\n"
    )
    repository.commit(
        "Bump", "2026-03-02T00:00:00Z", requirements_dot_txt="numpy==2.0.1\npandas==2\n"
    )

    event = read(repository)[-1]

    assert event["kind"] == "dependency"
    assert event["what"] == "Bump (numpy 1.26.4 → 2.0.1)"
    assert (event["details"]["from"], event["details"]["to"]) == ("1.26.4", "2.0.1")


def test_a_manifest_in_which_no_version_changed_is_configuration(repository: Repository) -> None:
    text = "[project]\ndependencies = ['numpy>=2']\n"
    repository.commit("a", "2026-03-01T00:00:00Z", pyproject_dot_toml=text)
    repository.commit("b", "2026-03-02T00:00:00Z", pyproject_dot_toml=f"{text}[tool.x]\ny = 1\n")

    assert [event["kind"] for event in read(repository)] == ["dependency", "config"]


def test_commits_whose_dates_are_out_of_order_are_all_found(repository: Repository) -> None:
    repository.commit("new", "2026-03-10T00:00:00Z", a_dot_py="1")
    repository.commit("rebased, and dated long ago", "2020-01-01T00:00:00Z", a_dot_py="2")
    repository.commit("newer", "2026-03-11T00:00:00Z", a_dot_py="3")

    assert [event["what"] for event in read(repository, days=30)] == ["new", "newer"]


def test_a_merge_is_one_change_at_the_time_it_landed(repository: Repository) -> None:
    repository.commit("base", "2026-03-01T00:00:00Z", a_dot_py="1")
    repository.git("checkout", "-q", "-b", "side")
    repository.commit("on the side", "2026-03-02T00:00:00Z", features__b_dot_py="1")
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "-m", "Merge side", "side", at="2026-03-05T00:00:00Z")

    merge = read(repository)[-1]

    assert (merge["what"], merge["kind"]) == ("Merge side", "pipeline")
    assert merge["time"] == datetime(2026, 3, 5, tzinfo=UTC)
    assert len(read(repository)) == 2


def test_own_rules_come_first_and_other_models_are_left_out(repository: Repository) -> None:
    repository.commit("a", "2026-03-01T00:00:00Z", delays__scoring__x_dot_py="1")
    repository.commit("b", "2026-03-02T00:00:00Z", churn__x_dot_py="1")

    (event,) = read(repository, paths=["delays"], kinds={"scoring/": "model"})

    assert (event["what"], event["kind"]) == ("a", "model")


def test_a_name_with_odd_characters_is_read_as_it_is(repository: Repository) -> None:
    repository.commit("odd\x1e\x1f", "2026-03-01T00:00:00Z", a_dot_py="1")
    repository.commit("é ☃", "2026-03-02T00:00:00Z", **{"features__ü ☃ _dot_py": "1"})

    event = read(repository)[-1]

    assert event["what"] == "é ☃"
    assert event["details"]["paths"] == ["features/ü ☃ .py"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"ref": "nope"}, r"git cannot read .*nope"),
        ({"ref": "--output=x"}, r"sources.repo.options.ref"),
        ({"kind": {}}, r"unknown key sources.repo.options.kind; did you mean 'kinds'"),
        ({"kinds": {"a/": "pipelin"}}, r"'pipelin', no kind of change; did you mean 'pipeline'"),
        ({"days": 0}, r"sources.repo.options.days"),
    ],
)
def test_what_is_wrong_is_said(repository: Repository, options: dict[str, Any], says: str) -> None:
    repository.commit("a", "2026-03-01T00:00:00Z", a_dot_py="1")

    with pytest.raises(SourceError, match=says):
        read(repository, **options)


def test_a_folder_that_is_no_repository_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    for path, says in (("plain", "not a git repository"), ("gone", "there is no folder")):
        source = SourceSettings(kind="git", path=path)
        with pytest.raises(SourceError, match=says):
            open_sources(Settings(folder=tmp_path, sources={"r": source})).changes(["r"])


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("features/a.py", "pipeline"), ("src/features/a.py", "pipeline"),
        ("features.py", "code"), ("my_features/a.py", "code"),
        ("requirements-dev.txt", "dependency"), ("dev-requirements.txt", "dependency"),
        ("requirements.in", "dependency"), ("svc/pyproject.toml", "dependency"),
        ("uv.lock", "dependency"), ("Dockerfile", "infrastructure"), ("a/values.yaml", "config"),
        ("models/net.onnx", "model"), ("db/migrations/1.py", "schema"), ("labels/join.py", "label"),
        ("tests/features/a.py", "none"), ("docs/x.py", "none"), ("serve.py", "code"),
    ],
)  # fmt: skip
def test_a_path_is_of_a_kind(path: str, kind: str) -> None:
    assert kind_of(path, {}) == kind
