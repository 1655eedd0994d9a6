"""The arguments of a Web API call, however they were sent: query, form, multipart or JSON."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.workspace.nouns import Json
from bot.workspace.refusal import Refusal

_TRUE = frozenset({"1", "true", "True", "yes"})


class Arguments:
    """Typed reading of one call's arguments; a wrong one is refused as Slack does."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = {name: value for name, value in given.items() if value is not None}

    def text(self, name: str, default: str = "") -> str:
        """A string; numbers are taken as their digits."""
        value = self.given.get(name, default)
        return value if isinstance(value, str) else json.dumps(value)

    def need(self, name: str) -> str:
        """A string that has to be there."""
        value = self.text(name)
        if not value:
            raise Refusal(
                "invalid_arguments", messages=(f"[ERROR] missing required field: {name}",)
            )
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean: JSON's own, or a form's `1`, `0`, `true`, `false`."""
        value = self.given.get(name)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        return str(value) in _TRUE

    def number(self, name: str, default: int) -> int:
        """A whole number."""
        value = self.given.get(name, default)
        try:
            return int(value)
        except (TypeError, ValueError):
            raise Refusal(
                "invalid_arguments", messages=(f"[ERROR] must be a number: {name}",)
            ) from None

    def names(self, name: str) -> list[str]:
        """A list: JSON's own, or separated by commas."""
        value = self.given.get(name, "")
        if isinstance(value, list):
            return [str(part) for part in value]
        if str(value).startswith("["):
            return [str(part) for part in self.document(name, wrong="invalid_arguments")]
        return [part.strip() for part in str(value).split(",") if part.strip()]

    def document(self, name: str, *, wrong: str) -> Any:
        """A JSON value, or the string that a form makes of it; `wrong` is the error's code."""
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            raise Refusal(wrong) from None

    def documents(self, name: str, *, wrong: str) -> list[Json]:
        """A list of JSON objects."""
        value = self.document(name, wrong=wrong)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            raise Refusal(wrong)
        return value


async def read_arguments(request: Request) -> Arguments:
    """The arguments of a request; an empty JSON body is none (the SDK sends that)."""
    given: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        async with request.form() as form:
            given |= {name: part for name, part in form.items() if isinstance(part, str)}
        return Arguments(given)
    body = (await request.body()).decode("utf-8", errors="replace")
    if not body.strip():
        return Arguments(given)
    if kind == "application/json":
        try:
            document = json.loads(body)
        except json.JSONDecodeError:
            raise Refusal("invalid_json") from None
        if not isinstance(document, dict):
            raise Refusal("json_not_object")
        return Arguments(given | document)
    return Arguments(given | dict(parse_qsl(body, keep_blank_values=True)))
