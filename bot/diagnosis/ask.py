"""One question to the evidence; the same call for the chat, the playbook and the command line."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.checks import CHECKS
from bot.diagnosis.harm import claimed
from bot.errors import CheckError
from bot.incident import Finding
from bot.settings import nearest
from bot.sockets import Check

if TYPE_CHECKING:
    from bot.profile import Evidence


def ask(
    evidence: "Evidence",
    check: str,
    args: Mapping[str, object] | None = None,
    *,
    checks: Mapping[str, Check] = CHECKS,
) -> tuple[Finding, ...]:
    """What a check finds; one that cannot run answers `unknown` and says why.

    None claims a harm that the labels do not show (`bot.diagnosis.harm`).

    Raises:
        CheckError: There is no such check, or no such argument.
    """
    found = checks.get(check)
    if found is None:
        raise CheckError(f"there is no check {check!r}{nearest(check, checks)}")
    wanted = _arguments(found, args or {})
    try:
        findings = tuple(claimed(evidence, found.run(evidence, **wanted)))
    except CheckError as error:
        return (Finding(check=check, verdict="unknown", says=str(error)),)
    except Exception as error:  # noqa: BLE001 - a defect in one check must not cost the others
        reason = f"{check} failed: {type(error).__name__}: {error}"
        return (Finding(check=check, verdict="unknown", says=reason),)
    if not findings:
        reason = f"{check} had nothing to look at in this log"
        return (Finding(check=check, verdict="unknown", says=reason),)
    return findings


def _arguments(check: Check, given: Mapping[str, object]) -> dict[str, object]:
    wanted: dict[str, object] = {}
    for name, value in given.items():
        argument = check.arguments.get(name)
        if argument is None:
            known = nearest(name, check.arguments) or "; it takes none"
            raise CheckError(f"{check.name} has no argument {name!r}{known}")
        try:
            wanted[name] = _typed(value, argument.kind)
        except (TypeError, ValueError):
            raise CheckError(
                f"{check.name}: {name} is a {argument.kind.__name__}, not {value!r}"
            ) from None
    return wanted


def _typed(value: object, kind: type) -> object:
    if kind is bool and isinstance(value, str):
        words = {"true": True, "yes": True, "false": False, "no": False}
        if value.lower() not in words:
            raise ValueError(value)
        return words[value.lower()]
    return value if isinstance(value, kind) else kind(value)
