"""A rollback in MLflow's model registry: the alias that is served moves back to a version.

MLflow keeps no history of an alias, and knows no compare-and-set: between the look at the alias
and its move lies one round trip, in which somebody else may still move it.
"""

import json
from collections.abc import Mapping
from typing import Any

from bot.actions.line import Line
from bot.actions.target import Wish
from bot.errors import ActionError
from bot.incident import Call

ALIAS = "/api/2.0/mlflow/registered-models/alias"
VERSIONS = "/api/2.0/mlflow/model-versions/search"


class MlflowAlias:
    """One alias of one registered model, behind MLflow's REST interface (2.x and 3.x)."""

    def __init__(self, line: Line, *, name: str, alias: str) -> None:
        self._line, self._name, self._alias = line, name, alias

    def plan(self, wish: Wish) -> Call:
        """The move to the version that was named, else to the newest ready one before this one."""
        was = self._live()
        to = wish.to or self._before(was)
        if to == was:
            raise ActionError(f"alias {self._alias} of {self._name} points at version {was} now")
        if wish.to:
            self._known(to)
        body = {"alias": self._alias, "name": self._name, "version": to}
        return Call(
            method="POST",
            url=self._line.address(ALIAS),
            body=json.dumps(body, indent=2, sort_keys=True),
            says=f"move the alias {self._alias} of {self._name} from version {was} to {to}",
            was=was,
        )

    def carry_out(self, call: Call, *, key: str) -> None:
        """Move the alias, if it still points where it did."""
        live = self._live()
        if live != call.was:
            raise ActionError(
                f"alias {self._alias} of {self._name} points at version {live} now, not at"
                f" {call.was} as when it was asked for; nothing was called"
            )
        self._line.send(call, key=key)

    def was_done(self, call: Call) -> bool:
        """Whether the alias points at the version that the call names."""
        return self._live() == str(json.loads(call.body)["version"])

    def symptom(self) -> str:
        """Where the alias points."""
        return f"alias {self._alias} of {self._name} points at version {self._live()}"

    def _live(self) -> str:
        found = self._line.ask(ALIAS, {"name": self._name, "alias": self._alias})
        return str(_version(found.get("model_version")))

    def _before(self, was: str) -> str:
        earlier = [number for number in self._ready() if number < int(was)]
        if not earlier:
            raise ActionError(f"{self._name} has no ready version before {was} in the registry")
        return str(max(earlier))

    def _known(self, to: str) -> None:
        ready = self._ready()
        if not to.isdecimal() or int(to) not in ready:
            known = ", ".join(str(number) for number in sorted(ready, reverse=True)[:10])
            raise ActionError(f"{self._name} has no ready version {to!r}; it has {known or 'none'}")

    def _ready(self) -> set[int]:
        """Versions of the model, those left out that MLflow could not register."""
        query = {
            "filter": f"name='{self._name}'",
            "order_by": "creation_timestamp DESC",
            "max_results": "1000",
        }
        found = self._line.ask(VERSIONS, query).get("model_versions", [])
        if not isinstance(found, list):
            raise ActionError("MLflow answered no list of model versions")
        return {
            _version(one)
            for one in found
            if isinstance(one, dict) and one.get("status", "READY") == "READY"
        }


def _version(found: Any) -> int:
    """The number of a version as MLflow writes it.

    Raises:
        ActionError: There is none in it.
    """
    said = found.get("version") if isinstance(found, Mapping) else None
    if not str(said).isdecimal():
        raise ActionError("MLflow answered no version; is this address its tracking server?")
    return int(str(said))
