"""What is common to all that is configured, and to all that is reached over HTTP."""

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """A part of the configuration; keys that are not known are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class HttpSettings(Frozen):
    """How something is reached over HTTP."""

    bearer: str | None = None
    """A token; write it as `${NAME}`."""
    basic: str | None = None
    """`USER:PASSWORD`; write the password as `${NAME}`."""
    ca_file: str | None = None
    """Authorities to believe beside the usual ones, in PEM."""
    client_certificate: str | None = None
    client_key: str | None = None
    timeout_seconds: float = Field(default=10, gt=0, le=300)
    """The longest silence of the other side."""
