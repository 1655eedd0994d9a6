"""Reading the store beside a running bot."""

from contextlib import closing
from pathlib import Path

from bot.checks import all_checks
from bot.errors import PlaybookError, RequestError
from bot.incident import Incident, Playbook
from bot.playbook import find_playbook
from bot.postmortem import Postmortem, write_postmortem
from bot.render import Renderer
from bot.settings import Settings
from bot.store import Archive
from bot.wiring.folders import folders

_ALL = 1_000_000
"""More incidents than a store will ever hold."""


def postmortem_of(settings: Settings, name: str) -> Postmortem:
    """The post-mortem of the incident of that number or id.

    Raises:
        StoreError: There is no store.
        RequestError: There is no such incident; says which there are.
    """
    renderer = Renderer(folders(settings, settings.files.templates, "templates"))
    playbooks = folders(settings, settings.files.playbooks, "playbooks")
    with closing(Archive(settings.path(settings.store.path))) as archive:
        incident = _chosen(archive, name)
        return write_postmortem(
            incident,
            archive.timeline(incident.id),
            renderer=renderer,
            playbook=_playbook(incident, playbooks),
        )


def _playbook(incident: Incident, folders: tuple[Path, ...]) -> Playbook | None:
    """Its checklist; one that was renamed or broken since must not hide what happened."""
    try:
        return find_playbook(incident.playbook, folders=folders, checks=all_checks())
    except PlaybookError:
        return None


def _chosen(archive: Archive, name: str) -> Incident:
    wanted = name.strip().lstrip("#")
    if found := archive.incident(wanted):
        return found
    incidents = archive.incidents(open_only=False, limit=_ALL)
    for incident in incidents:
        if wanted in (str(incident.number), incident.room_name):
            return incident
    known = ", ".join(f"{each.number} ({each.title})" for each in incidents[:5])
    raise RequestError(f"there is no incident {name!r}; the newest are: {known or 'none'}")
