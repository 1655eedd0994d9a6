"""The configured source of a name, of a kind that can do what is wanted."""

from collections.abc import Collection, Mapping

from bot.errors import SettingsError, SourceError
from bot.outgoing import Endpoint, access
from bot.settings import Settings, SourceSettings, nearest

KINDS = (
    "table", "changes", "metrics", "received", "git", "github", "mlflow", "prometheus",
)  # fmt: skip
"""The kinds of source that Plummet brings along."""


def find_source(
    settings: Settings, name: str, kinds: Collection[str], *, brought: Collection[str] = ()
) -> SourceSettings:
    """The source of that name; `brought` are the kinds that packages bring.

    Raises:
        SourceError: There is none of that name, of its kind, or of these kinds.
    """
    known: Mapping[str, SourceSettings] = settings.sources
    if name not in known:
        raise SourceError(f"no source {name!r} is configured{nearest(name, known)}")
    source, every = known[name], {*KINDS, *brought}
    if source.kind not in every:
        hint = nearest(source.kind, every)
        raise SourceError(f"sources.{name}: there is no kind {source.kind!r}{hint}")
    if source.kind not in kinds:
        wanted = " or ".join(repr(kind) for kind in sorted(kinds))
        raise SourceError(
            f"sources.{name} is of kind {source.kind!r}, but is used where {wanted} is wanted"
        )
    return source


def find_reading(
    settings: Settings, name: str, source: SourceSettings, *, url: str | None = None,
    largest: int = 20_000_000,
) -> Endpoint:  # fmt: skip
    """The same for one reading that begins now, and has to end by the source's deadline.

    Raises:
        SourceError: As `find_endpoint`.
    """
    found = find_endpoint(settings, name, source, url=url, largest=largest)
    return found.within(source.deadline_seconds)


def find_endpoint(
    settings: Settings, name: str, source: SourceSettings, *, url: str | None = None,
    largest: int = 20_000_000,
) -> Endpoint:  # fmt: skip
    """Where a source is reached over HTTP; `url` where it names none.

    Raises:
        SourceError: It has no address, or one that cannot be used: what is optional in a
            diagnosis must not end it.
    """
    where = f"sources.{name}"
    address = source.url or url
    if address is None:
        raise SourceError(f"{where} needs `url`, the address of its {source.kind}")
    try:
        return Endpoint.of(
            settings, address, where=f"{where}.url", access=access(settings, source, where=where),
            seconds=source.timeout_seconds, largest=largest,
        )  # fmt: skip
    except SettingsError as error:
        raise SourceError(str(error)) from error
