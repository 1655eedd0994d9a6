"""Templates: the team's own before the shipped ones, sandboxed, strict, and safe by default."""

import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound, pass_context
from jinja2.exceptions import TemplateError, TemplateSyntaxError
from jinja2.runtime import Context, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from bot.errors import RenderError
from bot.render.escaping import escape_markdown, escape_mrkdwn, one_line, safe_url
from bot.render.wording import clock, day, duration, number, percent, utc

OUTPUT_LIMIT = 2_000_000
TEMPLATE_LIMIT = 200_000

_ESCAPES: dict[str, Callable[[str], str]] = {
    ".md.j2": escape_markdown,
    ".mrkdwn.j2": escape_mrkdwn,
    ".txt.j2": str,
}
"""What `{{ … }}` does to text, by the template's name; anything else is HTML."""

_FAULTS = (
    TemplateError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError,
    ValueError, MemoryError, OSError,
)  # fmt: skip
"""Whatever an expression in a template can raise."""


class Renderer:
    """Renders a template by name with plain values.

    Text is escaped for the kind of the template wherever it is put out: HTML for `.html.j2`,
    Markdown for `.md.j2`, Slack's for `.mrkdwn.j2`, not at all for `.txt.j2`. The filters `md`,
    `mrkdwn` and `link` do it by hand.
    """

    def __init__(self, folders: Sequence[Path], *, output_limit: int = OUTPUT_LIMIT) -> None:
        self._limit = output_limit
        self._environment = _environment(folders)

    def render(self, template: str, values: Mapping[str, object]) -> str:
        """The text of a template.

        Raises:
            RenderError: The template is missing, wrong, or too long; names it and the line.
        """
        for name, value in values.items():
            _require_plain(value, where=name)
        try:
            pieces = self._environment.get_template(template).generate(**values)
            return self._within_limit(pieces, template)
        except TemplateNotFound as error:
            raise RenderError(f"no template {error.name!r} in {self.folders}") from error
        except _FAULTS as error:
            raise RenderError(f"{_place(error, template)}: {_words(error)}") from error

    @property
    def folders(self) -> str:
        """Where templates are looked for, in words."""
        loader = self._environment.loader
        found = loader.folders if isinstance(loader, _Folders) else ()
        return " or ".join(str(folder) for folder in found) or "any folder"

    def _within_limit(self, pieces: Any, template: str) -> str:
        kept: list[str] = []
        length = 0
        for piece in pieces:
            length += len(piece)
            if length > self._limit:
                raise RenderError(f"{template}: more than {self._limit:,} characters come out")
            kept.append(piece)
        return "".join(kept)


class _Folders(BaseLoader):
    """Templates from the first folder that has them; none from outside these folders."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        del environment
        for folder in self.folders:
            path = folder / template
            if not _is_inside(path, folder):
                continue
            if path.stat().st_size > TEMPLATE_LIMIT:
                raise TemplateSyntaxError("the template is too large", 1, template, str(path))
            changed = path.stat().st_mtime_ns
            source = path.read_text(encoding="utf-8")
            return source, str(path), partial(_is_unchanged, path, changed)
        raise TemplateNotFound(template)


def _is_unchanged(path: Path, changed: int) -> bool:
    try:
        return path.stat().st_mtime_ns == changed
    except OSError:
        return False


def _is_inside(path: Path, folder: Path) -> bool:
    try:
        return path.is_file() and path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError):  # a name with a NUL in it, a loop of links
        return False


class _Sandbox(ImmutableSandboxedEnvironment):
    """`row.clear` is the row's own key, not a method of dictionaries."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


def _environment(folders: Sequence[Path]) -> Environment:
    environment = _Sandbox(
        loader=_Folders(folders),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=_escaped,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "utc": utc, "clock": clock, "day": day, "duration": duration, "percent": percent,
        "number": number, "one_line": one_line, "mrkdwn": _marked(escape_mrkdwn),
        "md": _marked(escape_markdown), "link": _link, "url": safe_url,
    }  # fmt: skip
    return environment


@pass_context
def _escaped(context: Context, value: object) -> object:
    """What is put out: marked text as it is, other text escaped for its template."""
    if isinstance(value, Markup | Undefined):
        return value
    escape = next((_ESCAPES[end] for end in _ESCAPES if (context.name or "").endswith(end)), None)
    if escape is None:
        return value
    return Markup(escape(str(value)))  # noqa: S704 - escaped for its template one step before


def _marked(escape: Callable[[str], str]) -> Callable[[object], Markup]:
    def escaped(value: object) -> Markup:
        return Markup(escape(str(value)))  # noqa: S704 - this is the escape

    return escaped


@pass_context
def _link(context: Context, says: str, url: str | None) -> object:
    """The words as a link in the template's language; the words alone where `url` is no address."""
    address = safe_url(url)
    words = _escaped(context, says)
    if not address:
        return words
    if (context.name or "").endswith(".md.j2"):
        address = address.replace("&", "&amp;")  # Markdown reads entities in addresses too
        return Markup(f"[{words}]({address})")  # noqa: S704 - both were made safe above
    return Markup('<a href="{}">{}</a>').format(address, words)


def _require_plain(value: object, *, where: str) -> None:
    """Templates see plain values and nothing that has methods of ours."""
    kind: type = type(value)
    if isinstance(value, list | tuple) and kind in {list, tuple}:
        for place, part in enumerate(value):
            _require_plain(part, where=f"{where}[{place}]")
    elif isinstance(value, dict) and kind is dict and all(type(key) is str for key in value):
        for key, part in value.items():
            _require_plain(part, where=f"{where}.{key}")
    elif value is not None and kind not in {str, int, float, bool}:
        raise RenderError(f"{where} is {kind.__name__}; templates take plain values only")


def _place(error: BaseException, template: str) -> str:
    """`name:line`, as near to the fault as is known."""
    if isinstance(error, TemplateSyntaxError):
        return f"{error.name or template}:{error.lineno}"
    lines = [
        (Path(frame.filename).name, frame.lineno)
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.endswith(".j2")
    ]
    return "{}:{}".format(*lines[-1]) if lines else template


def _words(error: BaseException) -> str:
    says = error.message if isinstance(error, TemplateError) else str(error)
    return says or type(error).__name__
