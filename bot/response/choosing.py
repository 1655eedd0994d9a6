"""Which playbook an incident follows: what was asked for, else the configuration's word."""

from bot.errors import PlaybookError, RequestError
from bot.response.desk import Desk

UNKNOWN_MODEL = "unknown-model"
"""The playbook of an incident whose model nobody has named yet."""

LABEL = "playbook"
"""The label of an alert that names one."""


def chosen_playbook(
    desk: Desk, *, model: str | None, metric: str | None = None, wanted: str = ""
) -> str:
    """The playbook somebody asks for, else the one for this metric of the model, else its own.

    As long as the model is not known, the one that asks for it comes first.

    Raises:
        RequestError: There is no playbook of the name that is asked for; names the nearest.
    """
    if model is None:
        return UNKNOWN_MODEL
    if wanted:
        try:
            desk.playbooks.find(wanted)
        except PlaybookError as error:
            raise RequestError(str(error)) from error
        return wanted
    found = desk.settings.model(model)
    return found.playbooks.get(metric or "", found.playbook)


def labelled_playbook(
    desk: Desk, *, model: str | None, metric: str | None, labels: dict[str, str]
) -> str:
    """The same for an alert: a label that names no playbook must not cost its incident."""
    try:
        return chosen_playbook(desk, model=model, metric=metric, wanted=labels.get(LABEL, ""))
    except RequestError:
        return chosen_playbook(desk, model=model, metric=metric)
