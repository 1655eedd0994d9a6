"""An answer that repeats what was sent as a proof is told without its words."""

import base64

import pytest

from bot.errors import SourceError
from bot.outgoing import Access, Endpoint
from bot.outgoing.discretion import repeats
from tests.outgoing.conftest import Service, allowing

BASIC = base64.b64encode(b"us:open sesame").decode()


@pytest.mark.parametrize(
    ("said", "url", "proofs"),
    [
        (b"not valid: Bearer a-token", "https://x", {"Authorization": "Bearer a-token"}),
        (BASIC.encode(), "https://x", {"Authorization": f"Basic {BASIC}"}),
        (b"wrong password 'open sesame'", "https://x", {"Authorization": f"Basic {BASIC}"}),
        (b"no key abcde", "https://x", {"X-Key": "abcde"}),
        (b"no /a?token=ab%2Fcd", "https://x/a?token=ab%2Fcd", {}),
        (b"no ab/cd", "https://x/a?token=ab%2Fcd", {}),
        (b"not for u:hunter2", "https://u:hunter2@x/a", {}),
    ],
)
def test_what_was_sent_is_found_in_what_comes_back(
    said: bytes, url: str, proofs: dict[str, str]
) -> None:
    assert repeats(said, url=url, proofs=proofs)
    assert not repeats(b"no such model", url=url, proofs=proofs)


def test_such_an_answer_keeps_its_status_and_loses_its_words(service: Service) -> None:
    service.says(403, body={"message": "no such token: hunter2"})
    access = Access(headers={"Authorization": "Bearer hunter2"})
    endpoint = Endpoint.of(allowing("loopback"), service.url, where="x.url", access=access)

    with pytest.raises(SourceError, match="answered 403") as caught:
        endpoint.get()

    assert "hunter2" not in str(caught.value)
