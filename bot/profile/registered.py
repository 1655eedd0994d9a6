"""What a model registry says of a model: which versions there are, and which one is live."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A data set that went into a run; `digest` is equal for equal data."""

    name: str
    digest: str
    context: str = ""
    """`training`, `validation` and the like, where the run says so."""
    columns: Mapping[str, str] = field(default_factory=dict)
    rows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One registered version; `inputs` is its signature, None where it has none."""

    version: str
    created: datetime
    run: str = ""
    run_name: str = ""
    commit: str = ""
    status: str = ""
    """`READY` where it can be served."""
    datasets: Sequence[Dataset] = ()
    inputs: Mapping[str, str] | None = None
    """Column = type, in the registry's own words, such as `double` or `long`."""

    @property
    def trained_on(self) -> Sequence[Dataset]:
        """The data sets of training; all of them where none is said to be."""
        training = [each for each in self.datasets if each.context in {"training", "train"}]
        return training or list(self.datasets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One registered model. `live` is where its alias points; None where nowhere, or not known.

    `former` is the version that was live before, where that is known; `versions` are the newest
    first, without signature and data sets but for `live` and `former`.
    """

    source: str
    name: str
    alias: str
    live: Version | None
    former: Version | None = None
    live_since: datetime | None = None
    """When the alias was seen to move there; None where that was before anybody looked."""
    watched_since: datetime | None = None
    """Since when it is looked at; None where nobody did."""
    versions: Sequence[Version] = ()

    def version(self, name: str) -> Version | None:
        """The version that a log calls by this name: `2`, `v2`, `fraud/2` or `fraud-v2`."""
        bare = (
            name.strip().lower().removeprefix(self.name.lower()).lstrip("/:-_ ").removeprefix("v")
        )
        known = [self.live, self.former, *self.versions]
        return next((each for each in known if each and each.version == bare), None)
