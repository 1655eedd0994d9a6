"""Change events that senders told the bot of, by `POST /changes` or a registry's webhook."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from bot.errors import SourceError, StoreError
from bot.incident import ChangeEvent
from bot.settings import SourceSettings, nearest

Received = Callable[[str | None], Sequence[ChangeEvent]]
"""The changes that a sender told of, or all of them; raises `StoreError`."""

_OPTIONS = ("sender", "model")


def require_known(name: str, source: SourceSettings) -> None:
    """Raise `SourceError` for an option that is none."""
    for key in source.options:
        if key not in _OPTIONS:
            raise SourceError(f"unknown key sources.{name}.options.{key}{nearest(key, _OPTIONS)}")


def read_received(
    name: str, source: SourceSettings, received: Received | None
) -> list[dict[str, Any]]:
    """The events of a source of kind `received`, narrowed to its `sender` and `model` options.

    A `model` is what `details.model` says; an event that names none is about all of them.

    Raises:
        SourceError: There is no store, or an option is unknown; says which.
    """
    require_known(name, source)
    if received is None:
        raise SourceError(f"sources.{name} is what a running bot was told; there is none here")
    sender, model = source.options.get("sender"), source.options.get("model")
    try:
        found = received(None if sender is None else str(sender))
    except StoreError as error:
        raise SourceError(f"sources.{name} cannot be read: {error}") from error
    return [
        asdict(event)
        for event in found
        if model is None or event.details.get("model", model) == model
    ]
