"""What the cards last showed, so that only change is sent to the chat."""

import threading
import time


class Shown:
    """Remembers for one process; what is sent once more after a restart does no harm.

    `spacing` is how many seconds two rounds of edits for one incident are apart.
    """

    def __init__(self, *, spacing: float) -> None:
        self._spacing = spacing
        self._lock = threading.Lock()
        self._last: dict[tuple[str, str], object] = {}
        self._rounds: dict[str, float] = {}

    def differs(self, incident: str, name: str, value: object) -> bool:
        """Whether this is not what was shown last."""
        with self._lock:
            return self._last.get((incident, name)) != value

    def note(self, incident: str, name: str, value: object) -> None:
        """This is shown now."""
        with self._lock:
            self._last[incident, name] = value

    def take_turn(self, incident: str) -> None:
        """Wait until the incident's cards may be edited again."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._rounds.get(incident, 0.0) + self._spacing)
            self._rounds[incident] = turn
        time.sleep(turn - now)
