"""The Web API, one file a family; `METHODS` is the list of all."""

from collections.abc import Mapping

from bot.workspace.call import Method
from bot.workspace.methods import (
    bookmarks,
    chat,
    conversations,
    files,
    history,
    membership,
    pins,
    reactions,
    scheduled,
    users,
    views,
)

METHODS: Mapping[str, Method] = {
    **users.METHODS,
    **conversations.METHODS,
    **membership.METHODS,
    **history.METHODS,
    **chat.METHODS,
    **scheduled.METHODS,
    **pins.METHODS,
    **bookmarks.METHODS,
    **reactions.METHODS,
    **views.METHODS,
    **files.METHODS,
}

__all__ = ["METHODS"]
