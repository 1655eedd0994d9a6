"""Shortcuts, reactions and the home arrive over a real Socket Mode connection."""

from bot.incident import Person
from bot.slack import vocabulary
from bot.sockets import Room
from bot.workspace import LocalWorkspace, Member
from tests.slack.conftest import Heard
from tests.slack.reading import until
from tests.slack.samples import INCIDENT


def test_the_global_shortcut_opens_an_incident(maria: Member, heard: Heard) -> None:
    maria.open_shortcut(vocabulary.OPEN_SHORTCUT.callback_id)
    view = maria.sees_modal("Open an incident")

    maria.submit(view["id"], {"title/value": "odd", "model/value": "delays"})

    request = heard.only()
    assert (request.verb, request.room, request.reply_to) == ("new", None, None)


def test_a_message_of_the_incident_becomes_a_finding_with_its_link(
    maria: Member, heard: Heard, room: Room, workspace: LocalWorkspace
) -> None:
    jonas = workspace.member("jonas")
    jonas.join(room.name)
    ts = jonas.say(room.name, "the feed of <distance> stopped & @maria knows")

    maria.open_shortcut(vocabulary.FINDING_SHORTCUT.callback_id, channel=room.name, ts=ts)

    request = heard.only()
    assert request.verb == "finding"
    assert request.args["says"] == "jonas: the feed of <distance> stopped & @maria knows"
    assert request.args["link"].startswith("http")
    assert (request.incident, request.by.id) == (INCIDENT.id, maria.id)


def test_a_message_from_elsewhere_asks_which_incident(maria: Member, heard: Heard) -> None:
    ts = maria.say("general", "scores look odd")

    maria.open_shortcut(vocabulary.FINDING_SHORTCUT.callback_id, channel="general", ts=ts)
    view = maria.sees_modal("Add a finding")
    maria.submit(view["id"], {"incident/value": INCIDENT.id, "says/value": "scores look odd"})

    request = heard.only()
    assert (request.verb, request.incident, request.room) == ("finding", INCIDENT.id, None)
    assert request.args["says"] == "scores look odd"
    assert request.args["link"].startswith("http")


def test_a_message_from_elsewhere_opens_an_incident_where_none_is(
    maria: Member, heard: Heard
) -> None:
    heard.incidents = ()
    ts = maria.say("general", "scores look odd")

    maria.open_shortcut(vocabulary.FINDING_SHORTCUT.callback_id, channel="general", ts=ts)
    view = maria.sees_modal("Open an incident")
    maria.submit(view["id"], {
        "title/value": "odd scores", "model/value": "delays", "says/value": "scores look odd",
    })  # fmt: skip

    assert "scores look odd" in str(view["blocks"])
    assert heard.only().verb == "new"


def test_a_pin_puts_a_message_on_the_timeline_whoever_pins_it_again(
    maria: Member, heard: Heard, room: Room, workspace: LocalWorkspace
) -> None:
    jonas = workspace.member("jonas")
    jonas.join(room.name)
    top = jonas.say(room.name, "look at this")
    reply = jonas.say(room.name, "the join broke", thread=top)

    maria.react(room.name, reply, "pushpin")
    request = heard.only()
    jonas.react(room.name, reply, "pushpin")
    until(lambda: len(heard.requests) == 2)

    assert request.args["says"] == "jonas: the join broke"
    assert request.by == Person(id=maria.id, name="maria")
    assert {one.id for one in heard.requests} == {f"pin:{room.id}:{reply}"}


def test_other_reactions_and_other_rooms_are_left_alone(
    maria: Member, heard: Heard, room: Room
) -> None:
    elsewhere = maria.say("general", "hello")
    here = maria.say(room.name, "hello")

    maria.react("general", elsewhere, "pushpin")
    maria.react(room.name, here, "eyes")
    maria.slash(room.name, "/incident list")

    assert heard.only().verb == "list"


def test_the_home_lists_what_is_open_and_opens_more(maria: Member, heard: Heard) -> None:
    maria.open_home()

    until(lambda: maria.home() is not None)
    home = maria.home()
    assert home is not None
    assert "delays accuracy" in str(home["blocks"])
    assert "1 open incident" in str(home["blocks"])
    assert heard.requests == []
