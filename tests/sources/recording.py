"""A server on loopback that answers what was recorded, and remembers what it was asked."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.loopback import Answer, Asked, answering

Answers = Mapping[str, Any]


@dataclass
class Recorded:
    """`answers` by path and query, in order of the query's names; a text is sent as it is.

    An answer may be a pair of status and headers, and then the body.
    """

    answers: dict[str, Any]
    url: str = ""
    asked: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    ahead: float = 0
    """Seconds by which its clock is ahead."""

    def answer(self, path: str) -> tuple[int, Mapping[str, str], bytes]:
        found = self.answers.get(key_of(path), (404, {}, {"message": "Not Found"}))
        status, headers, body = found if isinstance(found, tuple) else (200, {}, found)
        text = body if isinstance(body, str) else json.dumps(body)
        return status, headers, text.replace("{here}", self.url).encode()


def key_of(path: str) -> str:
    parts = urlsplit(path)
    query = "&".join(f"{name}={value}" for name, value in sorted(parse_qsl(parts.query)))
    return f"{parts.path}?{query}" if query else parts.path


@contextmanager
def replayed(answers: Answers) -> Iterator[Recorded]:
    made = Recorded(dict(answers))

    def answer(asked: Asked) -> Answer:
        made.asked.append(key_of(asked.target))
        made.headers.append(asked.headers)
        status, headers, body = made.answer(asked.target)
        told = {name: value.replace("{here}", made.url) for name, value in headers.items()}
        date = formatdate(time.time() + made.ahead, usegmt=True)
        return Answer(status=status, headers={"Date": date, **told}, body=body)

    with answering(answer) as made.url:
        yield made
