"""The page where a person sees the workspace and acts in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.routing import BaseRoute

from bot.workspace.delivery import Delivery
from bot.workspace.nouns import Json
from bot.workspace.team import Team


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A button of the page's own strip; `run` answers in a few words."""

    name: str
    says: str
    run: Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A place to look, in the sidebar."""

    label: str
    url: str


class Page:
    """Draws the workspace."""

    def __init__(
        self, *, team: Team, delivery: Delivery, controls: Sequence[Control], links: Sequence[Link]
    ) -> None:
        self._team = team
        self._delivery = delivery
        self._controls = {control.name: control for control in controls}
        self._links = tuple(links)

    def routes(self) -> list[BaseRoute]:
        """Where the page answers."""
        return []

    def changed(self, change: Json) -> None:
        """Something has to be drawn again."""

    def close(self) -> None:
        """Let the open pages go."""
