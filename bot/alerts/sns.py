"""Proof that a request comes from Amazon SNS: an RSA signature under a certificate of Amazon's.

Rules: docs.aws.amazon.com, "Verifying the signatures of Amazon SNS messages". Version 1 signs with
SHA-1, version 2 with SHA-256. Whoever may call us chooses the address of the certificate, so only
one of SNS's own hosts is ever asked, and only topics that the configuration names are heard.
"""

import base64
import binascii
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.alerts.body import read_json
from bot.alerts.fields import Fields
from bot.alerts.times import Clock
from bot.errors import SettingsError, SourceError, UnprovenAlert, UnreadableAlert
from bot.outgoing import Endpoint

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

Fetch = Callable[[str], bytes]
"""What stands at an https address; raises `UnprovenAlert`."""

_HOST = re.compile(r"sns\.[a-z]{2}(-[a-z]+)+-\d\.amazonaws\.com(\.cn)?")
_SIGNED: Mapping[str, tuple[str, ...]] = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    **dict.fromkeys(
        ("SubscriptionConfirmation", "UnsubscribeConfirmation"),
        ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    ),
}
_MOST_CERTIFICATES = 20
_LONGEST = 100_000
"""Bytes of an answer of AWS's; a certificate has two thousand."""


def is_of_aws(url: str) -> bool:
    """Whether this is an https address of SNS itself, on its usual port and with no user."""
    try:
        parts = urlsplit(url)
        plain = parts.port is None and parts.username is None and parts.password is None
    except ValueError:
        return False
    return parts.scheme == "https" and plain and bool(_HOST.fullmatch(parts.netloc))


def fetched(url: str, *, allowed: frozenset[str] = frozenset()) -> bytes:
    """Ask AWS; no redirect is followed, and no more is read than a certificate may have.

    Raises:
        UnprovenAlert: AWS did not answer, or oddly; SNS sends again what was not taken.
    """
    # Whatever the configuration says of its own network, AWS has no private addresses there.
    asked = Endpoint(
        where="Amazon SNS", url=url, allowed=allowed, seconds=5, largest=_LONGEST, attempts=2
    )
    try:
        return asked.get().body
    except SourceError as error:
        raise UnprovenAlert(str(error), again=not error.permanent) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class SnsSignature:
    """A body has to be signed by SNS, and come from one of these topics."""

    topics: frozenset[str]
    clock: Clock
    fetch: Fetch = fetched
    certificates: dict[str, "Certificate"] = field(default_factory=dict, repr=False)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        """See at the start that the library is there, not at the first alarm."""
        try:
            import cryptography  # noqa: F401, PLC0415 - an extra of its own
        except ImportError as error:
            raise SettingsError(
                "alerts of kind cloudwatch need cryptography: pip install 'plummet-bot[sns]'"
            ) from error

    def check(self, headers: Mapping[str, str], body: bytes) -> None:  # noqa: ARG002 - all is in the body
        """Raise `UnprovenAlert` unless topic and signature are right."""
        try:
            envelope = Fields.of(read_json(body))
        except UnreadableAlert as error:
            raise UnprovenAlert(f"no message of Amazon SNS: {error}") from error
        # Before anything is fetched: nobody else's topic makes us ask AWS for certificates.
        if envelope.text("TopicArn") not in self.topics:
            raise UnprovenAlert("TopicArn is none of the configured topics")
        url = envelope.text("SigningCertURL") or envelope.text("SigningCertUrl")
        if not (is_of_aws(url) and urlsplit(url).path.endswith(".pem")):
            raise UnprovenAlert("SigningCertURL is no address of a certificate of Amazon SNS")
        self._verify(envelope, self._certificate(url))

    def _certificate(self, url: str) -> "Certificate":
        from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415 - see above

        with self.lock:
            if url in self.certificates:
                return self.certificates[url]
        try:
            found = load_pem_x509_certificate(self.fetch(url))
        except ValueError as error:
            raise UnprovenAlert("what stands at SigningCertURL is no certificate") from error
        if not found.not_valid_before_utc <= self.clock() <= found.not_valid_after_utc:
            raise UnprovenAlert("the certificate at SigningCertURL is not valid now")
        with self.lock:
            if len(self.certificates) >= _MOST_CERTIFICATES:
                self.certificates.clear()
            self.certificates[url] = found
        return found

    def _verify(self, envelope: Fields, certificate: "Certificate") -> None:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - see above
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - likewise
        from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415 - likewise

        versions = {"1": hashes.SHA1, "2": hashes.SHA256}
        digest = versions.get(envelope.text("SignatureVersion"))
        keys = _SIGNED.get(envelope.text("Type"))
        key = certificate.public_key()
        if digest is None or keys is None or not isinstance(key, rsa.RSAPublicKey):
            raise UnprovenAlert("Type, SignatureVersion or the certificate is none of Amazon SNS's")
        said = "".join(
            f"{name}\n{envelope.raw[name]}\n" for name in keys if envelope.raw.get(name) is not None
        )
        try:
            signature = base64.b64decode(envelope.text("Signature"), validate=True)
            key.verify(signature, said.encode(), padding.PKCS1v15(), digest())
        except (InvalidSignature, binascii.Error) as error:
            raise UnprovenAlert("the signature is not that of this message") from error
