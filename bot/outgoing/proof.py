"""How we prove who we are, and whom we believe."""

import base64
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import SettingsError, SourceError
from bot.settings import HttpSettings, Settings, resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Headers that prove who we are, and the certificates of both sides."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    ca_file: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def tls(self, *, where: str) -> ssl.SSLContext:
        """What TLS goes by: the usual authorities, and one's own beside them.

        Raises:
            SourceError: A file is not there, or is none of its kind.
        """
        import httpx  # noqa: PLC0415 - a slow import, and only who calls needs it

        context = httpx.create_ssl_context(trust_env=False)
        try:
            if self.ca_file is not None:
                context.load_verify_locations(cafile=self.ca_file)
            if self.certificate is not None:
                context.load_cert_chain(self.certificate, keyfile=self.key)
        except (OSError, ssl.SSLError) as error:
            # Read at the call, where what is optional must not end a diagnosis.
            raise SourceError(f"{where}: its certificates cannot be read ({error})") from error
        return context


def access(
    settings: Settings,
    source: HttpSettings,
    *,
    where: str,
    prefix: str = "",
    environment: Mapping[str, str] | None = None,
) -> Access:
    """The proofs of a part of the configuration that is reached over HTTP.

    `prefix` is what its keys begin with in the table `where`.

    Raises:
        SettingsError: One of them cannot be used; names the key.
    """

    def file(text: str | None) -> Path | None:
        return None if text is None else settings.path(text)

    if source.client_key and not source.client_certificate:
        raise SettingsError(f"{where}.client_key needs client_certificate beside it")
    proofs = _authorization(
        bearer=source.bearer, basic=source.basic, where=where, prefix=prefix,
        environment=environment,
    )  # fmt: skip
    return Access(
        headers=proofs,
        ca_file=file(source.ca_file),
        certificate=file(source.client_certificate),
        key=file(source.client_key),
    )


def _authorization(
    *,
    bearer: str | None,
    basic: str | None,
    where: str,
    prefix: str,
    environment: Mapping[str, str] | None,
) -> dict[str, str]:
    """The header for a token, or for `USER:PASSWORD`; none where neither is configured.

    `where` is the table that they stand in, and `prefix` what their keys begin with there.

    Raises:
        SettingsError: Both are, a variable is not set, or `basic` has no colon.
    """
    if bearer is not None and basic is not None:
        raise SettingsError(f"{where}: either {prefix}bearer or {prefix}basic, not both")
    if bearer is not None:
        token = resolve(bearer, where=f"{where}.{prefix}bearer", environment=environment)
        return {"Authorization": f"Bearer {_printable(token, f'{where}.{prefix}bearer')}"}
    if basic is None:
        return {}
    pair = resolve(basic, where=f"{where}.{prefix}basic", environment=environment)
    if ":" not in pair:
        raise SettingsError(f"{where}.{prefix}basic has to be USER:PASSWORD")
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _printable(token: str, where: str) -> str:
    if not token.isascii() or not token.isprintable() or " " in token:
        raise SettingsError(f"{where} holds characters that no header can carry")
    return token
