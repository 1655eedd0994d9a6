from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import RenderError
from bot.render import Renderer


@pytest.fixture
def team(tmp_path: Path) -> Path:
    folder = tmp_path / "team"
    folder.mkdir()
    return folder


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    folder = tmp_path / "shipped"
    folder.mkdir()
    return folder


@pytest.fixture
def renderer(team: Path, shipped: Path) -> Renderer:
    return Renderer([team, shipped], output_limit=1_000)


def put(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_the_teams_template_goes_before_the_shipped_one(
    renderer: Renderer, team: Path, shipped: Path
) -> None:
    put(shipped, "a.md.j2", "theirs")
    put(shipped, "b.md.j2", "theirs {% include 'a.md.j2' %}")
    put(team, "a.md.j2", "ours")

    assert renderer.render("a.md.j2", {}) == "ours"
    assert renderer.render("b.md.j2", {}) == "theirs ours"


@pytest.mark.parametrize(
    ("name", "out"),
    [
        ("a.html.j2", "&lt;b&gt; &amp; *x* | &#34;"),
        ("a.md.j2", '\\<b> & \\*x\\* \\| "'),
        ("a.mrkdwn.j2", '&lt;b&gt; &amp; *x* | "'),
        ("a.txt.j2", '<b> & *x* | "'),
    ],
)
def test_text_is_escaped_for_the_kind_of_its_template(
    renderer: Renderer, shipped: Path, name: str, out: str
) -> None:
    put(shipped, name, "{{ text }}")

    assert renderer.render(name, {"text": '<b> & *x* | "'}) == out


def test_macros_and_partials_escape_once(renderer: Renderer, shipped: Path) -> None:
    put(shipped, "_cell.md.j2", "{% macro cell(text) %}**{{ text }}**{% endmacro %}")
    put(shipped, "a.md.j2", "{% from '_cell.md.j2' import cell %}{{ cell('a*b') }} {{ 1.5 }}")

    assert renderer.render("a.md.j2", {}) == "**a\\*b** 1.5"


@pytest.mark.parametrize(
    ("name", "out"),
    [
        ("a.md.j2", r"[a\]](https://x.example/%28?a=1&amp;b=2)"),
        ("a.html.j2", '<a href="https://x.example/%28?a=1&amp;b=2">a]</a>'),
    ],
)
def test_a_link_is_written_in_the_templates_language(
    renderer: Renderer, shipped: Path, name: str, out: str
) -> None:
    put(shipped, name, "{{ 'a]' | link(url) }}")

    assert renderer.render(name, {"url": "https://x.example/(?a=1&b=2"}) == out


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", None])
def test_a_link_to_nowhere_is_its_words(renderer: Renderer, shipped: Path, url: str | None) -> None:
    put(shipped, "a.html.j2", "{{ '<x>' | link(url) }}")

    assert renderer.render("a.html.j2", {"url": url}) == "&lt;x&gt;"


def test_filters_put_times_and_numbers_into_words(renderer: Renderer, shipped: Path) -> None:
    put(
        shipped,
        "a.txt.j2",
        "{{ t | utc }}, {{ t | day }}, {{ t | clock }}, {{ 7500 | duration }}, {{ 0 | duration }},"
        " {{ 93600 | duration }}, {{ 0.123 | percent(1) }}, {{ 12345.6 | number }}",
    )

    text = renderer.render("a.txt.j2", {"t": "2026-03-01T15:05:00+01:00"})

    assert text == (
        "2026-03-01 14:05 UTC, 2026-03-01, 14:05, 2 hours 5 minutes, 0 seconds,"
        " 1 day 2 hours, 12.3 %, 12,346"
    )


WRONG = {
    "an unknown name": ("one\n{{ nmae }}", r"a\.txt\.j2:2: 'nmae' is undefined"),
    "an unknown key": ("{{ given.nmae }}", r"a\.txt\.j2:1: 'dict object' has no attribute 'nmae'"),
    "broken syntax": ("one\n\n{% if %}", r"a\.txt\.j2:3: Expected an expression"),
    "an unknown filter": ("{{ 1 | shout }}", r"a\.txt\.j2:1: No filter named 'shout'"),
    "a division by nothing": ("\n{{ 1 / 0 }}", r"a\.txt\.j2:2: division by zero"),
    "a word as a time": ("{{ 'noon' | utc }}", r"a\.txt\.j2:1: Invalid isoformat string: 'noon'"),
    "a way out of the sandbox": (
        "{{ ''.__class__.__mro__ }}",
        r"a\.txt\.j2:1: access to attribute '__class__' of 'str' object is unsafe",
    ),
    "a change of what it was given": (
        "{{ given.update({'a': 2}) }}",
        r"a\.txt\.j2:1: access to attribute 'update' of 'dict' object is unsafe",
    ),
    "an endless text": (
        "{% for i in range(9999) %}x{% endfor %}",
        r"a\.txt\.j2: more than 1,000 characters come out",
    ),
    "an endless loop": ("{% for i in range(10 ** 9) %}{% endfor %}", r"a\.txt\.j2:1: Range too"),
    "a missing part": ("{% include 'b.md.j2' %}", r"no template 'b\.md\.j2' in .*team or "),
    "itself": ("{% include 'a.txt.j2' %}", r"a\.txt\.j2:1: maximum recursion depth"),
}


@pytest.mark.parametrize(("text", "says"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_template_is_named_with_its_line(
    renderer: Renderer, shipped: Path, text: str, says: str
) -> None:
    put(shipped, "a.txt.j2", text)

    with pytest.raises(RenderError, match=says):
        renderer.render("a.txt.j2", {"given": {"a": 1}})


def test_a_key_named_like_a_method_is_the_key(renderer: Renderer, shipped: Path) -> None:
    put(shipped, "a.txt.j2", "{{ row.clear }} {{ row.items }} {{ row.keys() | list }}")

    text = renderer.render("a.txt.j2", {"row": {"clear": 1, "items": 2}})

    assert text == "1 2 ['clear', 'items']"


def test_a_fault_in_a_part_names_the_part(renderer: Renderer, shipped: Path) -> None:
    put(shipped, "_part.md.j2", "\n\n{{ gone }}")
    put(shipped, "a.md.j2", "{% include '_part.md.j2' %}")

    with pytest.raises(RenderError, match=r"^_part\.md\.j2:3: 'gone' is undefined"):
        renderer.render("a.md.j2", {})


@pytest.mark.parametrize(
    "name", ["../secret.txt.j2", "/etc/passwd", "", "a\0.txt.j2", "link.txt.j2"]
)
def test_nothing_outside_its_folders_is_rendered(
    renderer: Renderer, tmp_path: Path, team: Path, name: str
) -> None:
    put(tmp_path, "secret.txt.j2", "secret")
    (team / "link.txt.j2").symlink_to(tmp_path / "secret.txt.j2")

    with pytest.raises(RenderError, match="no template"):
        renderer.render(name, {})


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (datetime(2026, 3, 1, tzinfo=UTC), "a.b is datetime; templates take plain values only"),
        ([1, {"c": Path()}], r"a.b\[1\].c is PosixPath; templates"),
        ({1: "x"}, "a.b is dict; templates"),
    ],
)
def test_only_plain_values_reach_a_template(renderer: Renderer, value: object, says: str) -> None:
    with pytest.raises(RenderError, match=says):
        renderer.render("a.txt.j2", {"a": {"b": value}})


def test_an_edited_template_is_seen_at_once(renderer: Renderer, shipped: Path) -> None:
    put(shipped, "a.txt.j2", "before")
    assert renderer.render("a.txt.j2", {}) == "before"

    put(shipped, "a.txt.j2", "after it was edited")

    assert renderer.render("a.txt.j2", {}) == "after it was edited"
