import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.body import DEPTH, read_json
from bot.errors import UnreadableAlert

SCALARS = st.none() | st.booleans() | st.integers(-(10**39), 10**39) | st.text()
JSON = st.recursive(
    SCALARS | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(document=JSON)
def test_every_document_of_ordinary_size_survives(document: Any) -> None:
    assert read_json(json.dumps(document).encode()) == document


@given(body=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_nothing_else(body: bytes) -> None:
    try:
        document = read_json(body)
    except UnreadableAlert:
        return
    json.dumps(document, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xff{}", "not UTF-8 at byte 0"),
        ("{}".encode("utf-16"), "not UTF-8"),
        (b'{"a":', "not JSON: .* at line 1, column 6"),
        (b"{} {}", "not JSON: Extra data"),
        (b'{"a":NaN}', "holds NaN"),
        (b"[Infinity]", "holds Infinity"),
        (b"[-Infinity]", "holds -Infinity"),
        (b"[1e999]", "out of range"),
        (b"[" + b"9" * 41 + b"]", "more than 40 digits"),
        (b"[" + b"9" * 100_000 + b"]", "more than 40 digits"),
        (b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1), "nested deeper than 64"),
        (b"[" * 100_000 + b"]" * 100_000, "nested deeper than 64"),
        (b'{"a":' * 100_000, "nested deeper than 64"),
        (rb'["\ud800"]', "surrogate"),
        (rb'{"\udfff": 1}', "surrogate"),
    ],
)
def test_what_would_be_stumbled_over_later_is_refused(body: bytes, says: str) -> None:
    with pytest.raises(UnreadableAlert, match=says):
        read_json(body)


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b"\xef\xbb\xbf{}", {}),
        (rb'["\ud83d\ude00"]', ["\U0001f600"]),
        (b"[" + b"9" * 39 + b"]", [int("9" * 39)]),
    ],
)
def test_what_is_merely_unusual_is_read(body: bytes, document: Any) -> None:
    assert read_json(body) == document


def test_the_deepest_document_that_is_allowed_is_read() -> None:
    deepest = b"[" * (DEPTH - 1) + b"]" * (DEPTH - 1)

    assert json.dumps(read_json(deepest)).encode() == deepest
