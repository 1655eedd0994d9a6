"""An Amazon SNS that signs with a key of its own, and is asked for its certificate."""

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from bot.alerts.sns import SnsSignature

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:ml"
CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem"
ORDER = {
    "Notification": ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
    "SubscriptionConfirmation": [
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ],
}  # fmt: skip
HASHES = {"1": hashes.SHA1(), "2": hashes.SHA256()}  # noqa: S303 - what SNS's version 1 is


@dataclass(kw_only=True)
class Aws:
    """An SNS that signs, and what it was asked."""

    key: rsa.RSAPrivateKey
    pem: bytes
    asked: list[str] = field(default_factory=list)

    def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        return self.pem

    def signed(self, envelope: dict[str, Any], version: str = "1") -> bytes:
        envelope = envelope | {"SignatureVersion": version, "SigningCertURL": CERTIFICATE}
        said = "".join(
            f"{name}\n{envelope[name]}\n" for name in ORDER[envelope["Type"]] if name in envelope
        )
        signature = self.key.sign(said.encode(), padding.PKCS1v15(), HASHES[version])
        return json.dumps(envelope | {"Signature": base64.b64encode(signature).decode()}).encode()

    def proof(self, *topics: str) -> SnsSignature:
        heard = frozenset(topics or (TOPIC,))
        return SnsSignature(topics=heard, clock=lambda: NOW, fetch=self.fetch)


def made(key: rsa.RSAPrivateKey, *, until: datetime) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(until)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(Encoding.PEM)
