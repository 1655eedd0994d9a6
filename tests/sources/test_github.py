"""GitHub, by answers of the shapes that its documentation shows, below an Enterprise's path."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.errors import SourceError
from bot.settings import OutgoingSettings, Settings, SourceSettings
from bot.sources import look_at_source, open_sources
from tests.sources.recording import Recorded, replayed

NOW = datetime(2026, 3, 20, tzinfo=UTC)
ROOT = "/api/v3/repos/acme/model"
PAGE = "per_page=100"
PULLS = "direction=desc&per_page=100&sort=updated&state=closed"
JSON = {"X-RateLimit-Remaining": "4990"}


def deployment(number: int, at: str, **more: Any) -> dict[str, Any]:
    return {"id": number, "ref": "main", "sha": f"c{number}", "created_at": at,
            "environment": "prod", "creator": {"login": "bo"},
            "url": f"https://api/{number}"} | more  # fmt: skip


def pull(number: int, merged: str | None, **more: Any) -> dict[str, Any]:
    return {"number": number, "title": f"pull {number}", "merged_at": merged,
            "updated_at": merged or "2026-03-19T00:00:00Z", "user": {"login": "li"},
            "html_url": f"https://github/{number}"} | more  # fmt: skip


ANSWERS: dict[str, Any] = {
    ROOT: (200, JSON, {"full_name": "acme/model"}),
    f"{ROOT}/deployments?{PAGE}": [
        deployment(3, "2026-03-18T10:00:00Z"),
        deployment(2, "2026-03-17T10:00:00Z"),
        deployment(1, "2025-01-01T00:00:00Z"),
    ],
    f"{ROOT}/deployments/3/statuses?{PAGE}": [
        {"state": "success", "created_at": "2026-03-18T12:30:00Z"},
        {"state": "in_progress", "created_at": "2026-03-18T12:00:00Z"},
    ],
    f"{ROOT}/deployments/2/statuses?{PAGE}": [
        {"state": "failure", "created_at": "2026-03-17T10:05:00Z"}
    ],
    f"{ROOT}/releases?{PAGE}": [
        {"id": 9, "tag_name": "v2", "name": None, "draft": True, "prerelease": False,
         "created_at": "2026-03-19T00:00:00Z", "published_at": None, "author": {"login": "bo"}},
        {"id": 8, "tag_name": "v1", "name": "One", "draft": False, "prerelease": True,
         "created_at": "2024-01-01T00:00:00Z", "published_at": "2026-03-02T00:00:00Z",
         "author": None},
    ],
    f"{ROOT}/pulls?{PULLS}": (
        200,
        {"Link": f'<{{here}}{ROOT}/pulls?{PULLS}&page=2>; rel="next", '
                 f'<{{here}}{ROOT}/pulls?{PULLS}&page=7>; rel="last"'},
        [pull(20, "2026-03-16T08:00:00Z"), pull(19, None)],
    ),
    f"{ROOT}/pulls?direction=desc&page=2&per_page=100&sort=updated&state=closed": [
        pull(18, "2026-03-15T08:00:00Z"),
        pull(2, "2025-01-01T00:00:00Z"),
    ],
    f"{ROOT}/pulls/20/files?{PAGE}": [
        {"filename": "features/distance.py", "patch": "@@ -1 +1 @@\n-a\n+b"},
        {"filename": "requirements.txt",
         "patch": "@@ -1,2 +1,2 @@\n-numpy==1.26.4\n+numpy==2.0.1\n pandas"},
        {"filename": "svc/pyproject.toml",
         "patch": '@@ -7,3 +7,3 @@ dependencies = [\n-  "scipy>=1.10",\n+  "scipy>=1.14",\n ]'},
        {"filename": "poetry.lock"},
        {"filename": "tests/test_x.py"},
    ],
    f"{ROOT}/pulls/18/files?{PAGE}": [{"filename": "README.md"}],
}  # fmt: skip


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorded]:
    monkeypatch.setenv("GITHUB_TOKEN", "s3cret")
    with replayed(ANSWERS) as server:
        yield server


def settings(server: Recorded, **options: Any) -> Settings:
    source = SourceSettings(
        kind="github", url=f"{server.url}/api/v3", bearer="${GITHUB_TOKEN}",
        options={"repository": "acme/model"} | options,
    )  # fmt: skip
    here = OutgoingSettings(private=("loopback",))
    return Settings(folder=Path(), sources={"code": source}, outgoing=here)


def read(server: Recorded, **options: Any) -> list[dict[str, Any]]:
    events, wrong = open_sources(settings(server, **options)).changes(["code"], at=NOW)
    assert not wrong
    return events


def test_deployments_releases_and_merged_pulls_are_changes_in_order(github: Recorded) -> None:
    found = [(event["id"], event["kind"], event["who"]) for event in read(github)]

    assert found == [
        ("github-release-8", "code", ""),
        ("github-pull-20/dependency", "dependency", "li"),
        ("github-pull-20/pipeline", "pipeline", "li"),
        ("github-deployment-3", "code", "bo"),
    ]


def test_a_deployment_is_dated_when_it_came_to_serve_and_a_failed_one_is_none(
    github: Recorded,
) -> None:
    (event,) = read(github, events=["deployments"])

    assert event["time"] == datetime(2026, 3, 18, 12, 30, tzinfo=UTC)
    assert event["what"] == "main was deployed to prod"
    assert event["ref"] == "c3"


def test_pages_are_followed_until_what_is_too_old(github: Recorded) -> None:
    read(github, events=["pulls"])

    assert [path for path in github.asked if "page=2" in path]
    assert not [path for path in github.asked if "pulls/2/" in path]


def test_what_is_asked_says_the_version_and_the_token(github: Recorded) -> None:
    read(github)

    assert {one["x-github-api-version"] for one in github.headers} == {"2022-11-28"}
    assert {one["authorization"] for one in github.headers} == {"Bearer s3cret"}


def test_a_next_page_on_another_host_is_not_asked(github: Recorded) -> None:
    elsewhere = {"Link": '<http://169.254.169.254/x>; rel="next"'}
    github.answers[f"{ROOT}/releases?{PAGE}"] = (200, elsewhere, [])

    with pytest.raises(SourceError, match="of another host"):
        read(github, events=["releases"])


SPENT = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1900000000"}


@pytest.mark.parametrize(
    ("status", "headers", "until"),
    [
        (403, SPENT, "2030-03-17"),
        (429, SPENT, "2030-03-17"),
        (403, {"Retry-After": "3600", "X-RateLimit-Remaining": "4000"}, r"\d{4}-\d\d-\d\d"),
        (429, {"Retry-After": "3600"}, r"\d{4}-\d\d-\d\d"),
        (429, {"Retry-After": "3600", **SPENT}, r"20(?!30-03)"),
    ],
)
def test_a_spent_allowance_is_said_with_its_end_and_not_asked_again(
    github: Recorded, status: int, headers: dict[str, str], until: str
) -> None:
    """The primary limit and the secondary one, as "Rate limits for the REST API" has them."""
    body = {"message": "You have exceeded a secondary rate limit", "documentation_url": "https://x"}
    github.answers[f"{ROOT}/releases?{PAGE}"] = (status, headers, body)

    with pytest.raises(SourceError, match=f"too many calls until {until}") as caught:
        read(github, events=["releases"])

    assert not caught.value.permanent
    assert len(github.asked) == 1


def test_a_refusal_that_is_no_limit_speaks_of_the_credentials(github: Recorded) -> None:
    refused = {"message": "Resource not accessible by personal access token"}
    github.answers[f"{ROOT}/releases?{PAGE}"] = (403, JSON, refused)

    with pytest.raises(SourceError, match=r"not accessible.*check the credentials") as caught:
        read(github, events=["releases"])

    assert caught.value.permanent


def test_an_upgrade_in_a_pull_request_says_which_versions(github: Recorded) -> None:
    (event,) = (one for one in read(github, events=["pulls"]) if one["kind"] == "dependency")

    assert event["what"] == "pull 20 (numpy 1.26.4 → 2.0.1, scipy >=1.10 → >=1.14)"
    assert event["details"]["bumps"] == ["numpy 1.26.4 → 2.0.1", "scipy >=1.10 → >=1.14"]


@pytest.mark.parametrize("answer", [{"message": "hi"}, [1], [{"id": 1}], [{"created_at": 7}]])
def test_an_answer_of_another_shape_is_an_error_and_no_defect(
    github: Recorded, answer: object
) -> None:
    github.answers[f"{ROOT}/deployments?{PAGE}"] = answer

    with pytest.raises(SourceError, match=r"GitHub answered|answered with an object without"):
        read(github, events=["deployments"])


def test_a_list_without_end_is_left_and_that_is_said(github: Recorded) -> None:
    following = {"Link": f'<{{here}}{ROOT}/releases?{PAGE}>; rel="next"'}
    github.answers[f"{ROOT}/releases?{PAGE}"] = (200, following, [])

    events, unread = open_sources(settings(github, events=["releases"])).changes(["code"], at=NOW)

    assert not events
    assert unread == [
        "sources.code.url: of releases only the newest 2,000 were read; ask for fewer `days`"
    ]


def test_a_repository_that_cannot_be_read_is_one_clear_error(github: Recorded) -> None:
    with pytest.raises(SourceError, match=r"answered 404 \(Not Found\)"):
        read(github, repository="acme/gone")
    with pytest.raises(SourceError, match=r"sources.code.options.repository"):
        read(github, repository="https://github.com/acme/model")


def test_the_doctor_says_that_it_can_be_read_and_what_is_new(github: Recorded) -> None:
    there = settings(github, days=(datetime.now(UTC) - datetime(2026, 2, 1, tzinfo=UTC)).days)
    with open_sources(there) as opened:
        says = look_at_source(there, "code", opened)

    assert says.startswith("acme/model can be read, 4990 calls left; its clock agrees; ")
    assert "change events" in says
