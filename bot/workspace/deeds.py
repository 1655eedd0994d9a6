"""What a person does in the workspace: says, types a command, presses, submits."""

import re
from typing import Any

from bot.errors import RequestError
from bot.workspace import payloads
from bot.workspace.delivery import Delivery
from bot.workspace.inputs import answer_of, find_element
from bot.workspace.lines import NoAnswer
from bot.workspace.manifest import Command
from bot.workspace.nouns import Channel, Json, Message, User, View
from bot.workspace.replies import Replies
from bot.workspace.team import Team

SLACKBOT = "USLACKBOT"


class Deeds:
    """Each deed ends in what the page shows: `{"ok": true}`, or the error a person sees."""

    def __init__(self, *, team: Team, delivery: Delivery, replies: Replies) -> None:
        self.team = team
        self.delivery = delivery
        self.replies = replies

    async def say(
        self, user: User, channel: Channel, *, text: str, thread: str | None = None
    ) -> Json:
        """Write a message; a `/command` in the box is one."""
        self._inside(user, channel)
        if text.startswith("/"):
            return await self.slash(user, channel, text=text)
        if not text.strip():
            raise RequestError("there is nothing to say: the text is empty")
        written = Message(
            ts=self.team.stamp(), user=user.id, text=self.encode(text), thread_ts=thread
        )
        self.team.say(channel, written)
        return {"ok": True, "ts": written.ts}

    def _inside(self, user: User, channel: Channel) -> None:
        if channel.archived:
            raise RequestError(f"#{channel.name} is archived; nobody can write there")
        if user.id not in channel.members:
            raise RequestError(f"{user.name} is not in #{channel.name}; join it first")

    def encode(self, text: str) -> str:
        """What a person typed, as Slack keeps it: escaped, mentions and links marked."""
        safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        safe = re.sub(r"(?<![\w&;])@([\w.-]+)", self._mention, safe)
        safe = re.sub(r"(?<![\w&;])#([\w-]+)", self._reference, safe)
        return re.sub(r"https?://[^\s<>|]+", lambda found: f"<{found[0]}>", safe)

    def _mention(self, found: re.Match[str]) -> str:
        word = found[1]
        if word in ("channel", "here", "everyone"):
            return f"<!{word}>"
        return next(
            (f"<@{user.id}>" for user in self.team.users.values() if user.name == word), found[0]
        )

    def _reference(self, found: re.Match[str]) -> str:
        channel = self.team.named(found[1])
        return f"<#{channel.id}|{channel.name}>" if channel else found[0]

    async def slash(self, user: User, channel: Channel, *, text: str) -> Json:
        """Give a slash command, and show what the app answers at once."""
        self._inside(user, channel)
        name, _, rest = text.strip().partition(" ")
        command = self.team.manifest.command(name)
        if command is None:
            return self._failed(user, channel, f"{name} is not a valid command.", "invalid_command")
        return await self._command(user, channel, command=command, text=rest.strip())

    async def _command(self, user: User, channel: Channel, *, command: Command, text: str) -> Json:
        url = self.replies.give(channel, user.id)
        said = self.encode(text) if command.escapes else text
        payload = payloads.slash(
            self.team, user, channel, command=command.name, text=said, response_url=url
        )
        try:
            answer = await self.delivery.ask("slash_commands", payload)
        except NoAnswer as fault:
            words = f'{command.name} failed with the error "{fault.code}"'
            return self._failed(user, channel, words, fault.code)
        self.replies.acknowledged(url, answer)
        return {"ok": True}

    def _failed(self, user: User, channel: Channel, words: str, code: str) -> Json:
        """Tell the person, as Slackbot does, in words that only they see."""
        told = Message(ts=self.team.stamp(), user=SLACKBOT, text=words, whispered_to=user.id)
        channel.whispers[told.ts] = told
        self.team.changed("message", channel=channel.id, ts=told.ts)
        return {"ok": False, "error": code, "says": words}

    async def press(
        self,
        user: User,
        channel: Channel,
        ts: str,
        *,
        action_id: str,
        block_id: str | None = None,
        value: Any = None,
    ) -> Json:
        """Press a button, or choose something, in a message."""
        message = channel.messages.get(ts) or channel.whispers.get(ts)
        if message is None or message.whispered_to not in (None, user.id):
            raise RequestError(f"no message {ts} in #{channel.name} that {user.name} can see")
        block, element = find_element(message.blocks, action_id, block_id=block_id)
        action = self._action(block, element, value)
        url = self.replies.give(channel, user.id, original=message.ts)
        payload = payloads.message_action(
            self.team, user, channel, message, actions=[action], response_url=url
        )
        return await self._interact(payload)

    def _action(self, block: Json, element: Json, value: Any) -> Json:
        action: Json = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "action_ts": self.team.stamp(),
        }
        if element["type"] == "button":
            kept = {
                key: element[key] for key in ("text", "value", "style", "url") if key in element
            }
            return action | kept
        return action | answer_of(element, value)

    async def _interact(self, payload: Json) -> Json:
        try:
            await self.delivery.ask("interactive", payload)
        except NoAnswer as fault:
            says = "The app did not respond in time." if fault.code == "operation_timeout" else ""
            says = says or "The app could not be reached."
            return {"ok": False, "error": fault.code, "says": says}
        return {"ok": True}

    async def press_in_view(
        self, user: User, view: View, *, action_id: str, block_id: str | None = None, value: Any
    ) -> Json:
        """Press a button, or choose something, in a modal or an App Home."""
        block, element = find_element(view.body["blocks"], action_id, block_id=block_id)
        action = self._action(block, element, value)
        if element["type"] != "button":
            answer = answer_of(element, value)
            view.values.setdefault(block["block_id"], {})[element["action_id"]] = answer
        return await self._interact(payloads.view_action(self.team, user, view, actions=[action]))

    async def shortcut(
        self, user: User, *, callback_id: str, channel: Channel | None = None, ts: str = ""
    ) -> Json:
        """Start a shortcut, on a message where it is one of those."""
        known = self.team.manifest.shortcut(callback_id)
        if known is None and self.team.manifest.scopes is not None:
            raise RequestError(f"the manifest has no shortcut {callback_id!r}")
        if channel is None:
            return await self._interact(payloads.shortcut(self.team, user, callback_id=callback_id))
        message = self.team.message(channel, ts)
        url = self.replies.give(channel, user.id, original=message.ts)
        payload = payloads.message_shortcut(
            self.team, user, channel, message, callback_id=callback_id, response_url=url
        )
        return await self._interact(payload)

    def open_home(self, user: User) -> Json:
        """Look at the app's home tab."""
        direct = self.team.direct([user.id, self.team.bot.id])
        self.team.event("app_home_opened", None, user=user.id, channel=direct.id, tab="home")
        return {"ok": True, "channel": direct.id}
