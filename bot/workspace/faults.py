"""Failures on demand, by method; set from Python or over HTTP."""

import random
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from bot.errors import PlummetError

FaultKind = Literal[
    "429", "5xx", "hang", "hang_after", "drop_before", "drop_after", "error"
]  # fmt: skip
"""`…_after` performs the call first and then gives no answer; `drop` closes, `hang` waits."""
FAULT_KINDS: tuple[FaultKind, ...] = get_args(FaultKind)


@dataclass(slots=True, kw_only=True)
class Fault:
    """One thing that will go wrong: `times` calls of `method` (`*` is any), each by `chance`.

    `skip` lets that many matching calls pass first; `times` None never ends.
    """

    kind: FaultKind
    method: str = "*"
    times: int | None = 1
    chance: float = 1.0
    skip: int = 0
    retry_after: int = 1
    status: int = 503
    seconds: float = 60.0
    code: str = "internal_error"


class Faults:
    """The failures that wait for their call, oldest first."""

    def __init__(self, *, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self._dice = random.Random(seed)  # noqa: S311 - a repeatable test, no secret
        self.on_socket: Callable[[str], None] = lambda _deed: None

    def add(self, method: str, kind: FaultKind, **more: Any) -> None:
        """Let calls of `method` fail; the rest are the fields of `Fault`."""
        if kind not in FAULT_KINDS:
            raise PlummetError(f"no kind of fault {kind!r}; known are {', '.join(FAULT_KINDS)}")
        fault = Fault(kind=kind, method=method, **more)
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Let everything work again."""
        with self._lock:
            self._waiting.clear()

    def cut_socket(self) -> None:
        """Break every Socket Mode connection without a word."""
        self.on_socket("cut")

    def refresh_socket(self) -> None:
        """Send `disconnect`, as Slack does before it takes a connection away."""
        self.on_socket("refresh")

    def draw(self, method: str) -> Fault | None:
        """The fault that this call meets."""
        with self._lock:
            for fault in self._waiting:
                if fault.method not in ("*", method):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                elif fault.chance >= 1.0 or self._dice.random() < fault.chance:
                    self._spend(fault)
                    return fault
        return None

    def _spend(self, fault: Fault) -> None:
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self._waiting.remove(fault)

    def wire(self) -> list[dict[str, Any]]:
        """What still waits."""
        with self._lock:
            return [asdict(fault) for fault in self._waiting]
