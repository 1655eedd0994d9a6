"""The page's parts, from Jinja templates."""

import hashlib
import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.shipped import shipped
from bot.workspace import feed
from bot.workspace.delivery import Delivery
from bot.workspace.emoji import BY_NAME
from bot.workspace.inputs import chosen, options_of
from bot.workspace.mrkdwn import Names, from_markdown, mrkdwn, plain
from bot.workspace.nouns import Channel, Json, User, View
from bot.workspace.team import Team

_COLOURS = ("#b4552d", "#2f6f6a", "#6a4c93", "#1f6fb2", "#8a6d1d", "#a23b72", "#3f7d3a", "#5b5f97")


class Drawing:
    """Draws the page, or one part of it, as one person sees it."""

    def __init__(self, *, team: Team, delivery: Delivery, fixed: Json) -> None:
        self._team = team
        self._delivery = delivery
        self._fixed = fixed
        self._jinja = Environment(
            loader=FileSystemLoader(shipped("templates") / "workspace"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.filters |= {
            "plain": plain,
            "clock": lambda when: when.strftime("%H:%M"),
            "day": _day,
            "moment": feed.at,
            "colour": _colour,
            "initials": _initials,
            "options": options_of,
            "chosen": chosen,
            "packed": lambda value: json.dumps(value, ensure_ascii=False),
            "emoji": lambda name: plain(f":{name}:"),
        }
        self._jinja.globals |= {"reactions": ("+1", "eyes", "white_check_mark"), "emoji": BY_NAME}

    def part(self, name: str, user: User, **more: Any) -> str:
        """One template with all it needs to know."""
        names = Names(user=self._user_name, channel=self._channel_name, me=user.id)
        return self._jinja.get_template(f"{name}.html.j2").render(
            team=self._team,
            me=user,
            bot=self._team.bot,
            person=self._person,
            mrkdwn=lambda text: mrkdwn(str(text), names),
            markdown=lambda text: mrkdwn(from_markdown(str(text)), names),
            label=lambda channel: self.label(channel, user),
            manifest=self._team.manifest,
            connected=self._delivery.is_open(),
            **self._fixed,
            **more,
        )

    def page(self, user: User, channel: Channel, *, thread: str, tab: str, since: str) -> str:
        """The whole page."""
        return self.part(
            "page",
            user,
            channel=channel,
            parts={
                "sidebar": Markup(self.sidebar(user, channel)),  # noqa: S704 - drawn by us
                "main": Markup(self.main(user, channel, tab=tab, since=since)),  # noqa: S704 - likewise
                "thread": Markup(self.thread(user, channel, thread)),  # noqa: S704 - likewise
                "modal": Markup(self.modal(user)),  # noqa: S704 - likewise
            },
            tab=tab,
            thread=thread,
            since=since,
            commands=[asdict(command) for command in self._team.manifest.commands],
        )

    def sidebar(self, user: User, channel: Channel) -> str:
        """Channels, people, controls, and who one is."""
        mine = [one for one in self._team.channels.values() if user.id in one.members]
        return self.part(
            "sidebar",
            user,
            current=channel,
            channels=sorted(
                (one for one in self._team.channels.values() if self._listed(one, user)),
                key=lambda one: (one.archived, one.name),
            ),
            others=[one for one in self._team.people() if one.id != user.id],
            home=self._team.homes.get(user.id),
            unread=lambda one: feed.unread(one, user=user.id),
            mentions=lambda one: feed.mentions(one, user=user.id),
            direct_with=lambda id_: _direct(mine, id_),
            bot_direct=_direct(mine, self._team.bot.id),
        )

    def _with_bot(self, channel: Channel) -> bool:
        return channel.kind == "im" and self._team.bot.id in channel.members

    def _listed(self, channel: Channel, user: User) -> bool:
        return channel.kind == "channel" or (channel.kind == "group" and user.id in channel.members)

    def main(self, user: User, channel: Channel, *, tab: str, since: str) -> str:
        """A channel's head, its messages and the box to write in."""
        home = self._team.views.get(self._team.homes.get(user.id, ""))
        return self.part(
            "main",
            user,
            channel=channel,
            rows=feed.channel_rows(channel, user=user.id, since=since),
            with_bot=self._with_bot(channel),
            home=home,
            tab=tab if self._with_bot(channel) else "",
        )

    def thread(self, user: User, channel: Channel, ts: str) -> str:
        """A thread; nothing when none is open."""
        parent = channel.messages.get(ts)
        if parent is None:
            return ""
        rows = feed.thread_rows(channel, parent, user=user.id)
        start = feed.Row(kind="message", key=f"m-{ts}", at=feed.at(ts), message=parent)
        return self.part("thread", user, channel=channel, parent=start, rows=rows)

    def modal(self, user: User) -> str:
        """The topmost modal; nothing when none is open."""
        stack = self._team.stacks.get(user.id)
        view = self._team.views.get(stack[-1]) if stack else None
        if view is None:
            return ""
        return self.part("modal", user, view=view, depth=len(stack or ()), stamp=_stamp(view))

    def wire(self, user: User) -> str:
        """The last calls and deliveries."""
        calls = list(self._team.calls)[-80:]
        sent = [{**one, "name": _delivered(one)} for one in list(self._delivery.sent)[-40:]]
        return self.part("wire", user, calls=list(reversed(calls)), sent=list(reversed(sent)))

    def label(self, channel: Channel, user: User) -> str:
        """What a channel is called in front of this person."""
        if not channel.is_direct:
            return channel.name
        others = [self._team.users[who].real_name for who in channel.members if who != user.id]
        return ", ".join(others) or user.real_name

    def _person(self, id_: str) -> User:
        """Whoever that is; Slackbot for the workspace itself."""
        found = self._team.users.get(id_)
        slackbot = User(id=id_, name="slackbot", real_name="Slackbot", title="", email="")
        return found or slackbot

    def _user_name(self, id_: str) -> str | None:
        found = self._team.users.get(id_)
        return found.real_name if found else None

    def _channel_name(self, id_: str) -> str | None:
        found = self._team.channels.get(id_)
        return found.name if found else None


def _direct(mine: list[Channel], other: str) -> Channel | None:
    return next((one for one in mine if one.kind == "im" and other in one.members), None)


def _delivered(sent: Json) -> str:
    payload = sent["payload"]
    if sent["kind"] == "events_api":
        return f"event {payload['event']['type']}"
    return str(payload.get("command") or payload.get("type"))


def _stamp(view: View) -> str:
    """Changes when a modal has to be drawn again."""
    return f"{view.id} {view.hash} {json.dumps(view.errors, sort_keys=True)}"


def _colour(user: User) -> str:
    return _COLOURS[hashlib.sha256(user.id.encode()).digest()[0] % len(_COLOURS)]


def _initials(user: User) -> str:
    return "".join(word[0] for word in user.real_name.split()[:2]).upper()


def _day(when: datetime) -> str:
    return when.strftime("%A, %-d %B %Y")
