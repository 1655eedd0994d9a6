"""What happens in the channel, line by line in the terminal."""

import re
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from bot.workspace import LocalWorkspace, Seen
from bot.workspace.reader import seen

_LINES = 4
_VERDICTS = ("🔴", "✅", "❔")
_WIDTH = 110
_MARKUP = re.compile(r"<([^>|]*)(?:\|([^>]*))?>")
_STYLES = {"plummet": "bold cyan", "world": "bold magenta", "monitor": "bold red"}


class Transcript:
    """Prints what is said and done; in colour on a terminal, plain elsewhere, little if `quiet`."""

    def __init__(self, *, clock: Callable[[], datetime], quiet: bool = False) -> None:
        from rich.console import Console  # noqa: PLC0415 - only when a demo really runs

        self._clock = clock
        self._quiet = quiet
        self._console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
        self._lock = threading.Lock()

    def says(self, who: str, what: str) -> None:
        """One thing that somebody said or did, at the simulated time."""
        if self._quiet:
            return
        from rich.text import Text  # noqa: PLC0415 - only when a demo really runs

        first, *rest = what.splitlines() or [""]
        line = Text()
        line.append(f"{self._clock().astimezone(UTC):%H:%M}  ", style="dim")
        line.append(f"{who:<8} ", style=_STYLES.get(who, "bold green"))
        line.append(first)
        for more in rest:
            line.append(f"\n{'':16}{more}", style="dim")
        with self._lock:
            self._console.print(line)

    def heading(self, what: str) -> None:
        """A new part of the story."""
        if not self._quiet:
            with self._lock:
                self._console.print(f"\n{what}", style="bold", markup=False)

    def result(self, what: str) -> None:
        """Something to keep: it is printed even when quiet."""
        with self._lock:
            self._console.print(what, markup=False)


class Listener:
    """Reads the workspace's channels along and prints what the bot writes there."""

    def __init__(self, workspace: LocalWorkspace, transcript: Transcript) -> None:
        self._workspace = workspace
        self._transcript = transcript
        self._known: dict[str, str] = {}
        self._said: set[str] = set()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="transcript", daemon=True)

    def start(self) -> None:
        """Listen, on a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Say what is left and listen no more."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def catch_up(self) -> None:
        """Say now what has been written until now."""
        with self._lock:
            self._look()

    def _run(self) -> None:
        while not self._stopping.wait(0.25):
            self.catch_up()
        self.catch_up()

    def _look(self) -> None:
        state = self._workspace.state()
        names = {user["id"]: user["name"] for user in state["users"]}
        bots = {user["id"] for user in state["users"] if user.get("is_bot")}
        names |= {channel["id"]: channel["name"] for channel in state["channels"]}
        for channel in state["channels"]:
            for message in channel["messages"]:
                if message["user"] in bots and not message.get("subtype"):
                    self._hear(seen(message), names)

    def _hear(self, message: Seen, names: Mapping[str, str]) -> None:
        """Print a new message, and the headline of one that was edited to another."""
        before = self._known.get(message.ts)
        if before == message.text:
            return
        self._known[message.ts] = message.text
        words = plain(message.text if before else _read_out(message), names)
        if words not in self._said:
            self._said.add(words)
            self._transcript.says("plummet", words)


def _read_out(message: Seen) -> str:
    """The words of a message without those on its buttons."""
    blocks = [block for block in message.blocks if block["type"] != "actions"]
    return replace(message, blocks=blocks).says


def plain(words: str, names: Mapping[str, str]) -> str:
    """Slack's markup as a terminal shows it, cut to a few lines; `names` are those behind ids."""

    def shown(match: re.Match[str]) -> str:
        sign, name = match[1][:1], names.get(match[1][1:])
        return f"{sign}{name}" if name else match[2] or match[1]

    words = _MARKUP.sub(shown, words)
    words = words.replace("*", "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    found = [line for line in lines[1:] if line.startswith(_VERDICTS)]
    short = [*lines[:1], *found] if found else lines
    return "\n".join(_cut(line) for line in short[:_LINES])


def _cut(line: str) -> str:
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"
