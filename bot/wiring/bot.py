"""The running bot: the real parts, built once, started and stopped in order."""

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry

from bot.actions import open_rollbacks
from bot.alerts import open_polls, open_senders
from bot.checks import all_checks
from bot.diagnosis import warm
from bot.playbook import Shelf
from bot.render import Renderer
from bot.response import (
    Desk,
    Shown,
    Worker,
    accept,
    begin_polls,
    begin_rollups,
    is_address_of,
    write,
)
from bot.settings import Settings
from bot.sources import open_sources
from bot.store import Store, utcnow
from bot.web import Metrics, WebServer, build_web
from bot.wiring.doctor import check_playbooks
from bot.wiring.edge import SlackEdge
from bot.wiring.folders import folders

Clock = Callable[[], datetime]


class Bot:
    """One process of Plummet; `start` gives it running, `stop` ends it in order."""

    def __init__(self, desk: Desk, *, web: WebServer, parts: ExitStack) -> None:
        self.store = desk.store
        self.url = web.url
        self._parts = parts

    @classmethod
    def start(
        cls,
        settings: Settings,
        *,
        clock: Clock = utcnow,
        environment: Mapping[str, str] | None = None,
    ) -> Self:
        """Build everything, then take alerts and requests.

        Raises:
            PlummetError: A setting, a token, a playbook, the store or the port; says which.
        """
        check_playbooks(settings)
        with ExitStack() as parts:
            store = Store.open(
                settings.path(settings.store.path),
                clock=clock,
                settle=settings.store.settle_seconds,
            )
            parts.callback(store.close)
            edge = SlackEdge.of(
                settings,
                store=store,
                accept=lambda request: accept(store, request),
                checks=all_checks(),
                clock=clock,
                environment=environment,
            )
            sources = open_sources(settings, received=lambda sender: store.changes(sender=sender))
            parts.callback(sources.close)
            desk = Desk(
                settings=settings,
                store=store,
                chat=edge.chat,
                sources=sources,
                checks=all_checks(),
                renderer=Renderer(folders(settings, settings.files.templates, "templates")),
                playbooks=Shelf(
                    folders=folders(settings, settings.files.playbooks, "playbooks"),
                    checks=all_checks(),
                ),
                clock=clock,
                shown=Shown(spacing=settings.slack.edit_seconds),
                rollbacks=open_rollbacks(settings, environment=environment),
                polls=open_polls(settings, environment=environment),
                registries=sources.histories.watches(clock=clock),
            )
            begin_polls(desk)
            worker = Worker()
            web = _web(desk, edge, worker, environment=environment)
            parts.callback(web.stop)
            web.bind()
            begin_rollups(desk)
            worker.start(replace(desk, settings=_reached_at(settings, web.url)))
            parts.callback(worker.stop)
            web.start()
            edge.start()
            parts.callback(edge.stop)
            threading.Thread(target=warm, name="warming", daemon=True).start()
            return cls(desk, web=web, parts=parts.pop_all())

    def stop(self) -> None:
        """Take nothing new, finish what is under way, let go of everything."""
        self._parts.close()


def _web(
    desk: Desk, edge: SlackEdge, worker: Worker, *, environment: Mapping[str, str] | None
) -> WebServer:
    server = desk.settings.server
    app = build_web(
        store=desk.store,
        senders=open_senders(desk.settings, environment=environment),
        server=server,
        metrics=Metrics(CollectorRegistry()),
        ready={"slack": edge.symptom, "worker": worker.symptom},
        slack=edge.dispatch if desk.settings.slack.mode == "http" else None,
        postmortem=lambda incident, slug: _page(desk, incident, slug),
    )
    return WebServer(app, host=server.host, port=server.port)


def _page(desk: Desk, incident: str, slug: str) -> str | None:
    """The post-mortem as it stands, for whoever was given its address."""
    if not is_address_of(desk, incident, slug):
        return None
    return write(desk, incident).html


def _reached_at(settings: Settings, url: str) -> Settings:
    """The settings with the port that was really taken; links are made from them."""
    port = urlsplit(url).port
    server = settings.server.model_copy(update={"port": port})
    return settings.model_copy(update={"server": server})
