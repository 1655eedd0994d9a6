"""Reading the store beside a running bot."""

from contextlib import closing

from bot.checks import CHECKS
from bot.errors import RequestError
from bot.incident import Incident
from bot.playbook import find_playbook
from bot.postmortem import Postmortem, write_postmortem
from bot.render import Renderer
from bot.settings import Settings
from bot.store import Archive
from bot.wiring.folders import folders


def postmortem_of(settings: Settings, name: str) -> Postmortem:
    """The post-mortem of the incident of that number or id.

    Raises:
        StoreError: There is no store.
        RequestError: There is no such incident; says which there are.
    """
    renderer = Renderer(folders(settings, settings.files.templates, "templates"))
    playbooks = folders(settings, settings.files.playbooks, "playbooks")
    with closing(Archive(settings.path(settings.store.path))) as archive:
        incident = _chosen(archive.incidents(open_only=False, limit=1_000), name)
        return write_postmortem(
            incident,
            archive.timeline(incident.id),
            renderer=renderer,
            playbook=find_playbook(incident.playbook, folders=playbooks, checks=CHECKS),
        )


def _chosen(incidents: tuple[Incident, ...], name: str) -> Incident:
    for incident in incidents:
        if name.lstrip("#") in (incident.id, str(incident.number), incident.room_name):
            return incident
    known = ", ".join(f"{each.number} ({each.title})" for each in incidents[:5])
    raise RequestError(f"there is no incident {name!r}; the newest are: {known or 'none'}")
