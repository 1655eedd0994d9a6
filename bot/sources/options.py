"""The `options` of each kind of source that has some of its own."""

from typing import Literal, TypeVar

from pydantic import Field, ValidationError

from bot.errors import SourceError
from bot.incident import CHANGE_KINDS
from bot.settings import SourceSettings, nearest
from bot.settings.http import Frozen

EVERY_KIND = (*CHANGE_KINDS, "none")
"""What a path may be mapped to; of `none` nothing is told."""


class History(Frozen):
    """What a source that could go back for ever is asked for."""

    days: float = Field(default=90, gt=0, le=3_650)


class Git(History):
    """A clone on this machine, kept up to date by somebody else."""

    ref: str = Field(default="HEAD", pattern=r"^[^-\s][^\s]*$")
    paths: tuple[str, ...] = ()
    """Only commits that touch these, for a repository that holds more than one model."""
    kinds: dict[str, str] = Field(default_factory=dict)
    """Path = kind of change, looked at before the usual ones; a path may end in `/` or hold `*`."""


class Github(History):
    """A repository at GitHub or at an Enterprise server of one's own."""

    repository: str = Field(pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$")
    events: tuple[Literal["deployments", "releases", "pulls"], ...] = (
        "deployments", "releases", "pulls",
    )  # fmt: skip
    environment: str | None = None
    """Only deployments there."""
    base: str | None = None
    """Only pull requests that were merged into this branch."""
    kinds: dict[str, str] = Field(default_factory=dict)
    """As of a git repository."""


class Mlflow(History):
    """One registered model in MLflow."""

    model: str = Field(pattern=r"^[^/:]+$")
    alias: str = "champion"
    """What the server loads."""
    days: float = Field(default=365, gt=0, le=3_650)
    poll_seconds: float = Field(default=60, ge=1)
    """How often the bot looks where the alias points: MLflow keeps no history of it."""


class Prometheus(Frozen):
    """What is asked of a Prometheus, or of anything with its HTTP API."""

    queries: dict[str, str] = Field(min_length=1)
    """Metric = PromQL; `$step` in it stands for the step, such as `300s`."""
    host: tuple[str, ...] = ("host", "instance", "node", "pod")
    """The first of these labels that a series has is its host."""
    step_seconds: int | None = Field(default=None, ge=1)


Found = TypeVar("Found", bound=Frozen)


def options_of(name: str, source: SourceSettings, kind: type[Found]) -> Found:
    """The options of a source, read as its kind has them.

    Raises:
        SourceError: A key is unknown, missing or wrong; names it and the nearest known one.
    """
    where = f"sources.{name}.options"
    try:
        found = kind.model_validate(source.options)
    except ValidationError as error:
        raise SourceError(_fault(where, error, kind)) from error
    for path, change in getattr(found, "kinds", {}).items():
        if change not in EVERY_KIND:
            raise SourceError(
                f"{where}.kinds: {path!r} is mapped to {change!r}, no kind of change"
                f"{nearest(change, EVERY_KIND)}"
            )
    return found


def _fault(where: str, error: ValidationError, kind: type[Frozen]) -> str:
    """A misspelt key comes before a missing one: it mostly is the missing one."""
    faults = error.errors(include_url=False)
    fault = min(faults, key=lambda each: each["type"] != "extra_forbidden")
    key = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"unknown key {where}.{key}{nearest(key, kind.model_fields)}"
    return f"{where}.{key}: {fault['msg'][0].lower()}{fault['msg'][1:]}"
