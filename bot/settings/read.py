"""Reading the file, and saying which key is wrong."""

import tomllib
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from bot.errors import SettingsError
from bot.settings.model import REGRESSION_METRICS
from bot.settings.settings import Settings
from bot.settings.words import nearest


def read_settings(path: Path) -> Settings:
    """Read a configuration file.

    Raises:
        SettingsError: What is wrong, at which key, and the nearest right one.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
    document.pop("folder", None)
    try:
        settings = Settings(folder=path.parent.resolve(), **document)
    except ValidationError as error:
        raise SettingsError(f"{path}: {_first(error)}") from error
    _check_references(settings, path)
    return settings


def _check_references(settings: Settings, path: Path) -> None:
    for name, model in settings.models.items():
        wanted = [
            (f"models.{name}.{part}.source", table.source)
            for part in ("predictions", "reference", "offline", "reported")
            if (table := getattr(model, part)) is not None
        ]
        wanted += [
            (f"models.{name}.evidence.{part}", source)
            for part in ("changes", "system")
            for source in getattr(model.evidence, part)
        ]
        if model.evidence.registry is not None:
            wanted.append((f"models.{name}.evidence.registry", model.evidence.registry))
        for where, source in wanted:
            if source not in settings.sources:
                near = nearest(source, settings.sources)
                raise SettingsError(f"{path}: {where} names no source {source!r}{near}")
        regression = model.metric in REGRESSION_METRICS
        if regression != (model.task == "regression"):
            raise SettingsError(
                f"{path}: models.{name}.metric {model.metric!r} is no metric of a {model.task} task"
            )


def _first(error: ValidationError) -> str:
    """One fault, as key, what is wrong, and the nearest right key.

    A misspelt key comes before a missing one: it mostly is the missing one.
    """
    faults = error.errors(include_url=False)
    fault = min(faults, key=lambda each: each["type"] != "extra_forbidden")
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        unknown = str(fault["loc"][-1])
        return f"unknown key {where}{nearest(unknown, _keys_beside(fault['loc']))}"
    return f"{where}: {fault['msg'][0].lower()}{fault['msg'][1:]}"


def _keys_beside(location: tuple[int | str, ...]) -> list[str]:
    """The known keys at the place of an unknown one."""
    place: type[BaseModel] = Settings
    for part in location[:-1]:
        field = place.model_fields.get(str(part))
        if field is None:
            continue
        found = [kind for kind in _kinds(field.annotation) if _is_part(kind)]
        if not found:
            return []
        place = found[0]
    return [name for name in place.model_fields if name != "folder"]


def _kinds(annotation: Any) -> list[Any]:
    inner = get_args(annotation)
    return [annotation, *(kind for part in inner for kind in _kinds(part))]


def _is_part(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
