"""Deployments, releases and merged pull requests at GitHub, as change events.

Source: docs.github.com, REST API version 2022-11-28; an Enterprise server has it below `/api/v3`.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.errors import SourceError
from bot.outgoing import Endpoint
from bot.sources.bumps import Bump, bumps_of, in_details, in_words
from bot.sources.options import Github
from bot.sources.paths import by_kind

PUBLIC = "https://api.github.com"
HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_MOST_PAGES = 20
_PAGE = "100"
_MOST_LOOKED_AT = 30
"""Of so many deployments and pull requests, the newest, the outcome or the files are asked for."""
_DEPLOYED = frozenset({"success", "inactive"})
"""`inactive` succeeded once, and another took its place since."""

Raw = Mapping[str, Any]


class GithubChanges:
    """What happened to one repository in the days before `at`."""

    def __init__(self, endpoint: Endpoint, options: Github, *, at: datetime) -> None:
        self._endpoint, self._options, self._at = endpoint, options, at
        self._since = at - timedelta(days=options.days)
        self.unread: list[str] = []
        """A sentence for each list that was too long to be read to its end."""

    def read(self) -> list[dict[str, Any]]:
        """The events, in no order.

        Raises:
            SourceError: GitHub cannot be asked, refuses, or has had enough calls; says until when.
        """
        readers: Mapping[str, Callable[[], Iterator[dict[str, Any]]]] = {
            "deployments": self._deployments, "releases": self._releases, "pulls": self._pulls,
        }  # fmt: skip
        try:
            return [event for name in self._options.events for event in readers[name]()]
        except (KeyError, TypeError) as error:
            where = self._endpoint.where
            raise SourceError(f"{where} answered with an object without {error}") from error

    def _deployments(self) -> Iterator[dict[str, Any]]:
        only = {"environment": self._options.environment} if self._options.environment else {}
        for count, raw in enumerate(self._pages("deployments", only, dated="created_at")):
            state, time = "", raw["created_at"]
            if count < _MOST_LOOKED_AT:
                state, time = self._outcome(raw)
            if state in {"failure", "error"}:
                continue  # It changed nothing that serves.
            place = raw.get("environment") or "an environment"
            yield _event(
                raw, f"deployment-{raw['id']}", time=time, kind="code",
                what=f"{raw.get('ref') or 'a commit'} was deployed to {place}",
                who=_who(raw.get("creator")), ref=str(raw.get("sha") or ""),
                details={"environment": place, "state": state or "unknown"},
            )  # fmt: skip

    def _outcome(self, raw: Raw) -> tuple[str, str]:
        """The state of a deployment, and when it came to serve."""
        answer = self._get(f"deployments/{raw['id']}/statuses", {"per_page": _PAGE})
        statuses = sorted(_objects(answer[0]), key=lambda one: str(one.get("created_at")))
        served = [one for one in statuses if one.get("state") in _DEPLOYED]
        if served:
            return "success", str(served[0]["created_at"])
        return (str(statuses[-1].get("state")) if statuses else "pending"), str(raw["created_at"])

    def _releases(self) -> Iterator[dict[str, Any]]:
        for raw in self._pages("releases", {}, dated="created_at", published="published_at"):
            if raw.get("draft") or not raw.get("published_at"):
                continue
            name = raw.get("name") or raw.get("tag_name")
            early = " (pre-release)" if raw.get("prerelease") else ""
            yield _event(
                raw, f"release-{raw['id']}", time=raw["published_at"], kind="code",
                what=f"release {name}{early}", who=_who(raw.get("author")),
                ref=str(raw.get("tag_name") or ""), details={"to": raw.get("tag_name")},
            )  # fmt: skip

    def _pulls(self) -> Iterator[dict[str, Any]]:
        asked = {"state": "closed", "sort": "updated", "direction": "desc"}
        asked |= {"base": self._options.base} if self._options.base else {}
        looked = 0
        for raw in self._pages("pulls", asked, dated="updated_at"):
            if not raw.get("merged_at") or _time(raw["merged_at"]) < self._since:
                continue
            looked += 1
            yield from self._merged(raw, self._patches(raw) if looked <= _MOST_LOOKED_AT else None)

    def _merged(self, raw: Raw, patches: Mapping[str, str] | None) -> Iterator[dict[str, Any]]:
        """A pull request by the kinds of its paths; `code` where nobody looked at them."""
        kinds = {"code": []} if patches is None else by_kind(patches, self._options.kinds)
        for kind, paths in kinds.items():
            bumps: list[Bump] = []
            if patches and kind == "dependency":
                diffs = (f"diff --git a/{path} b/{path}\n{patches[path]}\n" for path in paths)
                bumps = bumps_of("".join(diffs))
            yield _event(
                raw, f"pull-{raw['number']}/{kind}", time=raw["merged_at"], kind=kind,
                what=in_words(str(raw.get("title") or ""), bumps), who=_who(raw.get("user")),
                ref=f"#{raw['number']}",
                details={"paths": paths[:20], "files": len(paths), **in_details(bumps)},
            )  # fmt: skip

    def _patches(self, raw: Raw) -> dict[str, str]:
        """File = its diff; GitHub leaves a large one out."""
        found, _ = self._get(f"pulls/{raw['number']}/files", {"per_page": _PAGE})
        return {str(file.get("filename")): str(file.get("patch") or "") for file in _objects(found)}

    def _pages(
        self, path: str, query: Mapping[str, str], *, dated: str, published: str = ""
    ) -> Iterator[Raw]:
        """Every object of a list, newest first, until one is older than what is asked for."""
        found, following = self._get(path, {**query, "per_page": _PAGE})
        for _ in range(_MOST_PAGES):
            for raw in _objects(found):
                newest = max(str(raw.get(dated) or ""), str(raw.get(published) or ""))
                if newest and _time(newest) < self._since:
                    return
                yield raw
            if following is None:
                return
            found, following = self._get(following, {})
        self.unread.append(
            f"{self._endpoint.where}: of {path} only the newest {_MOST_PAGES * int(_PAGE):,} were"
            " read; ask for fewer `days`"
        )

    def _get(self, path: str, query: Mapping[str, str]) -> tuple[object, str | None]:
        whole = path if path.startswith("http") else f"repos/{self._options.repository}/{path}"
        answer = self._endpoint.call("GET", whole, query=query, headers=HEADERS)
        return answer.json(where=self._endpoint.where), answer.next


def _objects(found: object) -> list[Raw]:
    if not isinstance(found, list) or not all(isinstance(raw, dict) for raw in found):
        raise SourceError("GitHub answered with something else than a list of objects")
    return found


def _event(raw: Raw, id: str, **more: Any) -> dict[str, Any]:  # noqa: A002 - the noun's own word
    details = {**more.pop("details"), "url": raw.get("html_url") or raw.get("url")}
    return {"id": f"github-{id}", "details": details, **more}


def _who(user: object) -> str:
    return str(user.get("login") or "") if isinstance(user, dict) else ""


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise SourceError(f"GitHub answered with the time {text!r}") from error
