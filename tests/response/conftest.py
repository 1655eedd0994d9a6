"""A desk with the real store, a chat that records, and a clock that a test sets."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from bot.cards import Card, Notice
from bot.checks import CHECKS
from bot.errors import ChatError
from bot.incident import Alert, Incident, Person, Request, Verb
from bot.playbook import Shelf
from bot.render import Renderer
from bot.response import Desk, accept
from bot.response.shown import Shown
from bot.response.worker import perform, put_back
from bot.settings import Settings, read_settings
from bot.shipped import shipped
from bot.sockets import Room
from bot.sources import Sources
from bot.store import Store

NOW = datetime(2026, 3, 14, tzinfo=UTC)
MARIA, BEN = Person(id="U1", name="maria"), Person(id="U2", name="ben")
REFUSED = ChatError("Slack refused it: is_archived", code="is_archived", permanent=True)
DOWN = ChatError("Slack did not answer", code="connection")

NOTHING: Mapping[str, str] = MappingProxyType({})

BLIND = """
[sources.files]
kind = "table"
url = "duckdb://"
path = "."

[slack]
announce = "#incidents"

[models.delays]
task = "binary"
metric = "accuracy"
positive = "1"
owner = "@maria"
experts = ["@li"]

[models.delays.predictions]
source = "files"
table = "nothing/*.parquet"

[models.delays.predictions.columns]
time = "event_time"
prediction = "prediction"
label = "label"

[models.churn]
task = "binary"
metric = "auc"

[models.churn.predictions]
source = "files"
table = "nothing/*.parquet"
columns = { time = "t", prediction = "p", label = "l" }
"""


class Died(BaseException):
    """The process ended here, as by SIGKILL: nothing after it is done, nothing catches it."""


class SetClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message as it was posted."""

    id: str
    room: str
    step: str
    incident: str
    thread: str | None
    card: Card


@dataclass(kw_only=True)
class Trouble:
    """What a method of the chat meets: `landed` when the write was done all the same."""

    error: BaseException
    times: float
    landed: bool


@dataclass
class FakeChat:
    """Records what the bot writes, and fails as it is told to."""

    people: dict[str, Person] = field(
        default_factory=lambda: {
            "maria": MARIA, "ben": BEN, "li": Person(id="U3", name="li")
        }
    )  # fmt: skip
    self_named: list[Person] = field(default_factory=list)
    """Those of `people` whose name there is one that they chose."""
    rooms: dict[str, tuple[str, str]] = field(default_factory=dict)
    messages: list[Said] = field(default_factory=list)
    shown: dict[str, Card] = field(default_factory=dict)
    topics: list[str] = field(default_factory=list)
    invited: list[str] = field(default_factory=list)
    pins: list[str] = field(default_factory=list)
    bookmarks: dict[str, str] = field(default_factory=dict)
    whispers: list[tuple[str, str, Card]] = field(default_factory=list)
    answers: list[tuple[str, Card]] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    troubles: dict[str, Trouble] = field(default_factory=dict)

    def fails(
        self,
        *methods: str,
        error: BaseException,
        times: float = float("inf"),
        landed: bool = False,
    ) -> None:
        """Have these methods meet an error, so many times; after the write when it `landed`."""
        for method in methods:
            self.troubles[method] = Trouble(error=error, times=times, landed=landed)

    def open_room(self, *, name: str, incident: str, title: str) -> Room:
        del title
        with self._met("open_room"):
            if name in self.rooms:
                raise ChatError("taken", code="name_taken", permanent=True)
            self.rooms[name] = (f"C{len(self.rooms) + 1}", incident)
        return Room(id=self.rooms[name][0], name=name)

    def find_room(self, *, name: str, incident: str) -> Room | None:
        with self._met("find_room"):
            found = self.rooms.get(name)
        return Room(id=found[0], name=name) if found and found[1] == incident else None

    def set_topic(self, room: str, topic: str) -> None:
        assert room
        with self._met("set_topic"):
            self.topics.append(topic)

    def invite(self, room: str, people: Sequence[Person]) -> tuple[Person, ...]:
        assert room
        with self._met("invite"):
            self.invited += [one.name for one in people if one.name in self.people]
        return tuple(one for one in people if one.name not in self.people)

    def bookmark(self, room: str, *, title: str, url: str) -> None:
        assert room
        with self._met("bookmark"):
            self.bookmarks[title] = url

    def post(
        self, room: str, card: Card, *, incident: str, step: str, thread: str | None = None
    ) -> str:
        assert room
        with self._met("post"):
            message = f"m{len(self.messages) + 1}"
            self.messages.append(
                Said(id=message, room=room, step=step, incident=incident, thread=thread, card=card)
            )
            self.shown[message] = card
        return message

    def find_post(self, room: str, *, incident: str, step: str) -> str | None:
        with self._met("find_post"):
            found = [
                said.id
                for said in self.messages
                if (said.room, said.incident, said.step) == (room, incident, step)
            ]
        return found[0] if found else None

    def edit(self, room: str, message: str, card: Card) -> None:
        assert room
        with self._met("edit"):
            self.shown[message] = card

    def pin(self, room: str, message: str) -> None:
        assert room
        with self._met("pin"):
            self.pins.append(message)

    def whisper(self, room: str, person: Person, card: Card) -> None:
        with self._met("whisper"):
            self.whispers.append((room, person.name, card))

    def answer(self, reply_to: str, card: Card) -> None:
        with self._met("answer"):
            self.answers.append((reply_to, card))

    def link(self, room: str, message: str) -> str:
        with self._met("link"):
            return f"https://chat.example/{room}/{message}"

    def find_person(self, handle: str, *, proven: bool = False) -> Person | None:
        with self._met("find_person"):
            found = self.people.get(handle.removeprefix("@"))
            return None if proven and found in self.self_named else found

    def steps(self) -> list[str]:
        """The steps that were posted, in order."""
        return [said.step for said in self.messages]

    def words(self) -> str:
        """Everything that notices say, for a test to look for a sentence."""
        notices = [said.card for said in self.messages if isinstance(said.card, Notice)]
        return "\n".join(line for card in notices for line in (card.says, *card.lines))

    def card(self, step: str) -> Card:
        """The message of a step as it reads now."""
        return self.shown[next(said.id for said in self.messages if said.step == step)]

    def _met(self, method: str) -> "_Met":
        return _Met(self, method)


class _Met:
    """One call: fails before what is inside, or after it."""

    def __init__(self, chat: FakeChat, method: str) -> None:
        self._chat, self._method = chat, method

    def __enter__(self) -> None:
        self._chat.calls[self._method] += 1
        self._raise(landed=False)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._raise(landed=True)

    def _raise(self, *, landed: bool) -> None:
        trouble = self._chat.troubles.get(self._method)
        if trouble and trouble.landed == landed and trouble.times > 0:
            trouble.times -= 1
            raise trouble.error


@dataclass(kw_only=True)
class House:
    """A desk, and what a test does around it."""

    path: Path
    settings: Settings
    clock: SetClock
    chat: FakeChat
    desk: Desk
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def alert(self, **given: object) -> Alert:
        """A sender delivers an alert."""
        number = next(self.numbers)
        values: dict[str, object] = {
            "id": f"a{number}", "sender": "monitor", "status": "firing", "title": "Accuracy fell",
            "starts_at": self.clock(), "model": "delays", "metric": "accuracy",
            "link": "https://monitor.example/1",
        }  # fmt: skip
        alert = Alert(**(values | given))  # type: ignore[arg-type]  # the values of an Alert by name
        self.desk.store.receive(sender="monitor", body=b"{}", headers={}, alerts=[alert])
        return alert

    def opened(self, **given: object) -> Incident:
        """An incident with its channel and cards."""
        self.alert(**given)
        self.work()
        return self.incident

    def request(
        self,
        verb: Verb,
        given: Mapping[str, str] = NOTHING,
        /,
        *,
        by: Person = MARIA,
        reply_to: str | None = "hook",
        **args: str,
    ) -> Request:
        """What somebody asks for in the incident's channel."""
        room = self.incident.room if self.desk.store.incidents(open_only=False) else "C0"
        return Request(
            id=f"r{next(self.numbers)}", verb=verb, by=by, at=self.clock(), room=room,
            args={**given, **args}, reply_to=reply_to,
        )  # fmt: skip

    def ask(
        self,
        verb: Verb,
        given: Mapping[str, str] = NOTHING,
        /,
        *,
        by: Person = MARIA,
        reply_to: str | None = "hook",
        **args: str,
    ) -> Request:
        """Somebody asks, and the worker does it."""
        request = self.request(verb, {**given, **args}, by=by, reply_to=reply_to)
        accept(self.desk.store, request)
        self.work()
        return request

    def work(self) -> None:
        """Do every job that is due, as a worker would."""
        for _ in range(1_000):
            job = self.desk.store.take()
            if job is None:
                return
            try:
                perform(self.desk, job)
                self.desk.store.finish(job)
            except Exception as error:  # noqa: BLE001 - the worker's own way
                put_back(self.desk, job, error)
        raise AssertionError("the jobs do not end")

    def later(self, seconds: float) -> None:
        """Time passes, and what is due then is done."""
        self.clock.forward(seconds)
        self.work()

    def restart(self) -> None:
        """The process died; another takes its place."""
        self.desk.store.close()
        store = Store.open(self.path, clock=self.clock, settle=0)
        self.desk = replace(self.desk, store=store, shown=Shown(spacing=0))

    def told(self) -> str:
        """What the last private answer says."""
        (_, card) = self.chat.answers[-1]
        assert isinstance(card, Notice)
        return card.says

    @property
    def incident(self) -> Incident:
        """The newest incident."""
        return self.desk.store.incidents(open_only=False)[0]


@pytest.fixture
def chat() -> FakeChat:
    return FakeChat()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


Built = Callable[[Path], House]


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    """One for all: to compile the templates takes longer than most of these tests."""
    return Renderer([shipped("templates")])


@pytest.fixture
def build(tmp_path: Path, chat: FakeChat, clock: SetClock, renderer: Renderer) -> Iterator[Built]:
    """A house for the configuration at a path."""
    houses: list[House] = []

    def made(configuration: Path) -> House:
        path = tmp_path / "plummet.db"
        settings = read_settings(configuration)
        desk = Desk(
            settings=settings,
            store=Store.open(path, clock=clock, settle=0),
            chat=chat,
            sources=Sources(settings),
            checks=CHECKS,
            renderer=renderer,
            playbooks=Shelf(folders=(tmp_path / "playbooks", shipped("playbooks")), checks=CHECKS),
            clock=clock,
            shown=Shown(spacing=0),
        )
        houses.append(House(path=path, settings=settings, clock=clock, chat=chat, desk=desk))
        return houses[-1]

    yield made
    for house in houses:
        house.desk.store.close()
        house.desk.sources.close()


@pytest.fixture
def house(build: Built, tmp_path: Path) -> House:
    """A house whose data cannot be read: everything but the diagnosis."""
    path = tmp_path / "plummet.toml"
    path.write_text(BLIND, encoding="utf-8")
    return build(path)


@pytest.fixture
def sighted(build: Built, own_case: Path) -> House:
    """A house with the small case: `distance` is missing in one region since a day."""
    return build(own_case / "plummet.toml")
