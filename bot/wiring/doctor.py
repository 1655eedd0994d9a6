"""What `plummet doctor` looks at, a line each."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.actions import open_rollbacks
from bot.alerts import open_polls, open_senders
from bot.checks import all_checks
from bot.diagnosis.looking import look_at
from bot.diagnosis.received import open_evidence
from bot.errors import PlummetError
from bot.playbook import find_playbook, playbook_names
from bot.render import Renderer
from bot.settings import Settings
from bot.slack import slack_symptoms
from bot.sources import Sources, look_at_source
from bot.wiring.folders import folders


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """One part and whether it is well."""

    part: str
    well: bool
    says: str


def examine_all(
    settings: Settings, *, slack: bool = True, environment: Mapping[str, str] | None = None
) -> list[Symptom]:
    """Look at settings, senders, playbooks, templates, sources, models and Slack."""
    found = [Symptom(part="settings", well=True, says=_models(len(settings.models)))]
    found += [_of_sender(settings, name, environment) for name in settings.alerts]
    found += list(_of_playbooks(settings))
    with open_evidence(settings) as sources:
        found += [_of_source(settings, name, sources) for name in settings.sources]
        found += [_of_model(settings, name, sources) for name in settings.models]
    found += [_of_rollback(settings, name, environment) for name in _with_rollback(settings)]
    if slack:
        found += [
            Symptom(part=line.part, well=line.well, says=line.says)
            for line in slack_symptoms(
                settings.slack, environment=environment, approvers=_approvers(settings)
            )
        ]
    return found


def check_playbooks(settings: Settings) -> None:
    """Read every playbook that an incident may need.

    Raises:
        PlaybookError: File, line, what is wrong, the nearest right name.
    """
    for name in sorted(_wanted_playbooks(settings)):
        find_playbook(
            name,
            folders=folders(settings, settings.files.playbooks, "playbooks"),
            checks=all_checks(),
        )


def _wanted_playbooks(settings: Settings) -> set[str]:
    models = settings.models.values()
    named = {name for model in models for name in (model.playbook, *model.playbooks.values())}
    return named | {"unknown-model", "alert-storm"}


def _looked(part: str, look: Callable[[], str]) -> Symptom:
    try:
        return Symptom(part=part, well=True, says=look())
    except PlummetError as error:
        return Symptom(part=part, well=False, says=" ".join(str(error).split()))
    except Exception as error:  # noqa: BLE001 - a source's driver may fail in its own way; the line says how
        says = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return Symptom(part=part, well=False, says=says)


def _of_sender(settings: Settings, name: str, environment: Mapping[str, str] | None) -> Symptom:
    one = settings.model_copy(update={"alerts": {name: settings.alerts[name]}})

    def look() -> str:
        says = [
            f"reads {sender.format.name} at /alerts/{name}"
            for sender in open_senders(one, environment=environment).values()
        ]
        says += [
            f"{len(poll.ask().alerts)} alerts of these models fire now"
            for poll in open_polls(one, environment=environment).values()
        ]
        return "; ".join(says)

    return _looked(f"alerts {name}", look)


def _approvers(settings: Settings) -> list[str]:
    rollbacks = (model.actions.rollback for model in settings.models.values())
    return sorted({name for one in rollbacks if one is not None for name in one.approvers})


def _with_rollback(settings: Settings) -> list[str]:
    return [name for name, model in settings.models.items() if model.actions.rollback]


def _of_rollback(settings: Settings, name: str, environment: Mapping[str, str] | None) -> Symptom:
    one = settings.model_copy(update={"models": {name: settings.models[name]}})

    def look() -> str:
        return open_rollbacks(one, environment=environment)[name].symptom()

    return _looked(f"rollback of {name}", look)


def _of_playbooks(settings: Settings) -> Iterator[Symptom]:
    places = folders(settings, settings.files.playbooks, "playbooks")
    for name in sorted({*playbook_names(places), *_wanted_playbooks(settings)}):

        def look(name: str = name) -> str:
            playbook = find_playbook(name, folders=places, checks=all_checks())
            return f"{len(playbook.steps)} steps"

        yield _looked(f"playbook {name}", look)

    def render() -> str:
        renderer = Renderer(folders(settings, settings.files.templates, "templates"))
        return f"templates in {renderer.folders}"

    yield _looked("templates", render)


def _of_source(settings: Settings, name: str, sources: Sources) -> Symptom:
    return _looked(f"source {name}", lambda: look_at_source(settings, name, sources))


def _of_model(settings: Settings, name: str, sources: Sources) -> Symptom:
    return _looked(f"model {name}", lambda: look_at(settings, name, sources=sources))


def _models(number: int) -> str:
    return f"{number} model" if number == 1 else f"{number} models"
