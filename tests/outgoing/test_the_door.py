"""What is called, what is not, and what is met again."""

import time
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from bot.errors import SettingsError, SourceError
from bot.outgoing import Access, Endpoint, access
from bot.outgoing.addresses import kind_of
from bot.outgoing.failures import answered
from bot.settings import HttpSettings
from tests.loopback import Answer, answering
from tests.outgoing.conftest import Service, allowing

NOWHERE = "http://127.0.0.1:9"


def test_an_answer_comes_with_its_body_and_its_next_page(
    service: Service, endpoint: Endpoint
) -> None:
    service.says(200, body=[1], Link=f'<{service.url}/b?page=2>; rel="next"')

    answer = endpoint.get("a/b", query={"x": "1 2"})

    assert answer.json(where="it") == [1]
    assert answer.next == f"{service.url}/b?page=2"
    assert service.asked[0].target == "/a/b?x=1+2"


def test_it_says_honestly_who_asks(service: Service, endpoint: Endpoint) -> None:
    endpoint.get()

    assert service.asked[0].headers["user-agent"].startswith("plummet-bot/")


def test_a_failure_that_passes_is_met_again(service: Service, endpoint: Endpoint) -> None:
    service.says(503, 502, 200)

    assert endpoint.get().status == 200
    assert len(service.asked) == 3


def test_a_failure_that_stays_ends_after_a_few_calls_and_one_error(
    service: Service, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    service.says(503)

    with pytest.raises(SourceError, match=r"sources.x.url: .* answered 503") as caught:
        endpoint.get()

    assert not caught.value.permanent
    assert len(service.asked) == 3
    assert caplog.messages == []


def test_a_reading_of_several_calls_ends_in_its_time(service: Service, endpoint: Endpoint) -> None:
    began = time.monotonic()
    reading = endpoint.within(0.5)
    service.says(200)
    reading.get()
    service.says(503)

    with pytest.raises(SourceError) as first:
        reading.get()
    time.sleep(max(0.0, began + 0.5 - time.monotonic()))
    asked = len(service.asked)
    with pytest.raises(
        SourceError, match=r"more than 0.5 s and was ended.*deadline_seconds"
    ) as late:
        reading.get()

    assert time.monotonic() - began < 5
    assert len(service.asked) == asked
    assert not first.value.permanent
    assert not late.value.permanent


def test_one_that_hangs_is_waited_for_no_longer_than_the_reading_may_take(
    service: Service, endpoint: Endpoint
) -> None:
    service.answers = [Answer(body=silence())]
    began = time.monotonic()

    with pytest.raises(SourceError, match=r"sources.x.url: .* (cannot be asked|took more than)"):
        endpoint.within(0.4).get()

    assert time.monotonic() - began < endpoint.seconds


def silence() -> Iterator[bytes]:
    time.sleep(1)
    yield b"too late"


def test_what_was_refused_is_not_asked_again(service: Service, endpoint: Endpoint) -> None:
    service.says(404, body={"message": "no such\nmodel"})

    with pytest.raises(SourceError, match=r"answered 404 \(no such model\)") as caught:
        endpoint.get()

    assert caught.value.permanent
    assert len(service.asked) == 1


@pytest.mark.parametrize(("idempotent", "calls"), [(None, 1), (True, 3)])
def test_a_post_is_repeated_only_where_it_may_be(
    service: Service, endpoint: Endpoint, *, idempotent: bool | None, calls: int
) -> None:
    service.says(503)

    with pytest.raises(SourceError):
        endpoint.call("POST", "act", body={"to": 1}, idempotent=idempotent)

    assert len(service.asked) == calls
    assert service.asked[0].body == b'{"to": 1}'


def test_a_long_wait_is_not_waited_but_said(service: Service, endpoint: Endpoint) -> None:
    service.says(429, Retry_After="3600")

    with pytest.raises(SourceError, match=r"too many calls until \d{4}-.* UTC"):
        endpoint.get()

    assert len(service.asked) == 1


def test_a_spent_allowance_says_until_when() -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1772700000"}

    error = answered(403, headers, b"", shown="it")

    assert str(error) == "it answered 403: too many calls until 2026-03-05 08:40:00 UTC"
    assert not error.permanent


def test_no_redirect_is_followed(service: Service, endpoint: Endpoint) -> None:
    service.says(302, Location=f"{service.url}/elsewhere")

    with pytest.raises(SourceError, match="answered 302, a redirect, which is not followed"):
        endpoint.get()

    assert [one.path for one in service.asked] == ["/"]


def test_a_page_on_another_host_is_not_called(endpoint: Endpoint) -> None:
    with pytest.raises(SourceError, match="of another host than"):
        endpoint.get("http://169.254.169.254/latest/meta-data")


def test_no_private_address_is_called_unless_that_is_allowed(service: Service) -> None:
    closed = Endpoint.of(allowing(), service.url, where="sources.x.url")

    with pytest.raises(SourceError, match=r'127.0.0.1 is a loopback address.*\["loopback"'):
        closed.get()

    assert service.asked == []


def test_a_name_is_judged_by_what_it_stands_for(service: Service) -> None:
    named = service.url.replace("127.0.0.1", "localhost")

    with pytest.raises(SourceError, match="a loopback address"):
        Endpoint.of(allowing("private"), named, where="w").get()
    Endpoint.of(allowing("loopback"), named, where="w").get()

    assert service.asked[0].headers["host"] == named.removeprefix("http://")


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("93.184.216.34", "public"), ("2606:4700::1", "public"),
        ("127.8.8.8", "loopback"), ("::1", "loopback"), ("::ffff:127.0.0.1", "loopback"),
        ("10.1.2.3", "private"), ("192.168.0.1", "private"), ("172.16.0.9", "private"),
        ("100.64.1.1", "private"), ("fd12::1", "private"), ("::ffff:10.0.0.1", "private"),
        ("64:ff9b::a00:1", "private"),
        ("169.254.169.254", "never"), ("fe80::1", "never"), ("fd00:ec2::254", "never"),
        ("0.0.0.0", "never"),  # noqa: S104 - it is not bound
        ("::", "never"), ("224.0.0.1", "never"), ("240.0.0.1", "never"),
    ],
)  # fmt: skip
def test_every_address_is_of_a_kind(address: str, kind: str) -> None:
    assert kind_of(ip_address(address)) == kind


def test_nobody_there_is_an_error_that_may_pass() -> None:
    gone = Endpoint.of(allowing("loopback"), NOWHERE, where="w", attempts=1)

    with pytest.raises(SourceError, match="cannot be asked") as caught:
        gone.get()

    assert not caught.value.permanent


def test_too_long_an_answer_is_cut_off(service: Service) -> None:
    service.answers = [Answer(body=b" " * 2_000)]
    small = Endpoint.of(allowing("loopback"), service.url, where="w", largest=1_000)

    with pytest.raises(SourceError, match="more than 1,000 bytes"):
        small.get()


def test_an_answer_that_drips_without_end_is_left(service: Service) -> None:
    service.answers = [Answer(body=drops())]
    slow = Endpoint.of(allowing("loopback"), service.url, where="w", seconds=0.1)

    with pytest.raises(SourceError, match="no end in"):
        slow.get()


def drops() -> Iterator[bytes]:
    while True:
        yield b" "
        time.sleep(0.02)


def test_no_error_and_no_repr_shows_a_secret(service: Service) -> None:
    service.says(401)
    url = service.url.replace("http://", "http://user:planted@") + "/a?token=planted"
    endpoint = Endpoint.of(allowing("loopback"), url, where="w", access=proof(bearer="planted"))

    with pytest.raises(SourceError, match="check the credentials") as caught:
        endpoint.get()

    assert "planted" not in f"{caught.value} {endpoint!r}"


def proof(**keys: str) -> Access:
    return access(allowing(), HttpSettings.model_validate(keys), where="sources.x", environment={})


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"bearer": "${NOPE}"}, "sources.x.bearer needs the environment variable NOPE"),
        ({"bearer": "a", "basic": "b:c"}, "sources.x: either bearer or basic"),
        ({"basic": "nobody"}, "USER:PASSWORD"),
        ({"bearer": "a\nb"}, "no header can carry"),
        ({"client_key": "key.pem"}, "needs client_certificate"),
    ],
)
def test_a_proof_that_cannot_be_given_names_its_key(keys: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        proof(**keys)


@pytest.mark.parametrize("url", ["ftp://x", "prometheus:9090", "http://", "http://[", "file:///a"])
def test_what_is_no_address_is_an_error_of_the_configuration(url: str) -> None:
    with pytest.raises(SettingsError, match=r"sources.x.url has to begin with http"):
        Endpoint.of(allowing(), url, where="sources.x.url")


@pytest.fixture
def secured(localhost: Path) -> Iterator[str]:
    with answering(lambda _: Answer(status=204), certificate=localhost) as url:
        yield url


def test_a_certificate_is_held_against_the_name_and_the_authorities(
    secured: str, localhost: Path
) -> None:
    url = secured
    settings = allowing("loopback")
    ours = access(settings, HttpSettings(ca_file=str(localhost)), where="w")

    assert Endpoint.of(settings, url, where="w", access=ours).get().status == 204
    with pytest.raises(SourceError, match=r"cannot be asked.*(?i:certificate)"):
        Endpoint.of(settings, url, where="w", attempts=1).get()
    other = url.replace("localhost", "127.0.0.1")
    with pytest.raises(SourceError, match=r"cannot be asked.*(?i:certificate)"):
        Endpoint.of(settings, other, where="w", access=ours, attempts=1).get()


def test_a_client_s_certificate_is_shown_to_whoever_wants_it(localhost: Path) -> None:
    settings, file = allowing("loopback"), str(localhost)
    stranger = access(settings, HttpSettings(ca_file=file), where="w")
    proofs = HttpSettings(ca_file=file, client_certificate=file, client_key=file)
    ours = access(settings, proofs, where="w")

    with answering(lambda _: Answer(status=204), certificate=localhost, clients=localhost) as url:
        assert Endpoint.of(settings, url, where="w", access=ours).get().status == 204
        with pytest.raises(SourceError, match="cannot be asked"):
            Endpoint.of(settings, url, where="w", access=stranger, attempts=1).get()
