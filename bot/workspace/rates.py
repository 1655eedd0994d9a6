"""How often each method may be called: Slack's guaranteed figures, as a sliding window."""

import math
import time
from collections import deque
from dataclasses import dataclass, field

from bot.workspace.call import Tier

_WINDOWS: dict[Tier, tuple[int, float]] = {
    "t1": (1, 60),
    "t2": (20, 60),
    "t3": (50, 60),
    "t4": (100, 60),
    "special": (300, 60),
    # One a second in a channel, of which a short burst may come at once.
    "post": (8, 8),
}
_CONNECTIONS = (10, 60)
"""Tier 1 says "1+"; a client that reconnects gets more, as many as sockets are allowed."""
_ALL_POSTS = (300, 60)


@dataclass(slots=True, kw_only=True)
class Rates:
    """Counts calls by method, and posts by channel.

    `scale` multiplies the figures: 0.1 makes tier 2 two calls a minute.
    """

    on: bool = True
    scale: float = 1.0
    _calls: dict[str, deque[float]] = field(default_factory=dict)

    def wait(self, method: str, tier: Tier, *, channel: str = "") -> int | None:
        """Count a call; or the seconds to wait when there were too many."""
        if not self.on:
            return None
        if method == "apps.connections.open":
            return self._count(method, *_CONNECTIONS)
        if tier != "post":
            return self._count(method, *_WINDOWS[tier])
        every = self._count(method, *_ALL_POSTS)
        return every or self._count(f"{method} {channel}", *_WINDOWS[tier])

    def _count(self, key: str, calls: int, seconds: float) -> int | None:
        most = max(1, int(calls * self.scale))
        now = time.monotonic()
        seen = self._calls.setdefault(key, deque())
        while seen and seen[0] <= now - seconds:
            seen.popleft()
        if len(seen) >= most:
            return max(1, math.ceil(seen[0] + seconds - now))
        seen.append(now)
        return None
