"""mrkdwn as HTML: what is shown, and that nothing from outside becomes a tag."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.workspace.mrkdwn import Names, from_markdown, mrkdwn, plain

NAMES = Names(user={"U1": "Maria", "U2": "<b>Jonas</b>"}.get, channel={"C1": "inc-7"}.get, me="U1")
ALLOWED = {
    "a": {"href", "target", "rel", "class", "data-channel"},
    "span": {"class", "role"},
    "time": {"datetime", "title"},
    **{tag: set() for tag in ("b", "i", "s", "code", "pre", "blockquote", "br")},
}
PIECES = st.sampled_from(
    [
        "<", ">", "&", '"', "'", "*", "_", "~", "`", "```", "\n", "> ", "|", "!", "@", "#", ":",
        "<script>", "</b>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "<!channel>",
        "<@U1>", "<@U2|x>", "<#C1>", "<https://a.example/?q=\"'>|<b>", "&lt;", "&amp;lt;", "&#60;",
        "<!date^1^{date}|<b>>", "\ue000", "\ue0000\ue001", "🔴", ":eyes:", "<data:text/html,x|y>",
        "<http://[|x>", "<!subteam^S1|<i>>",
    ]
)  # fmt: skip
HOSTILE = st.lists(PIECES | st.text(max_size=8), max_size=12).map("".join)


class Tags(HTMLParser):
    """Fails at the first tag or attribute that is not the renderer's own."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = ""
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert {name for name, _ in attrs} <= set(ALLOWED[tag]), (tag, attrs)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.shown += data


def read(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    tags.close()
    return tags


@given(HOSTILE)
def test_no_text_from_outside_makes_a_tag_of_its_own(text: str) -> None:
    for html in (mrkdwn(text, NAMES), plain(text), mrkdwn(from_markdown(text), NAMES)):
        links = read(html).links
        assert all(re.match(r"(https?|mailto|tel|slack):|/\?channel=", one) for one in links)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Co"])))
def test_an_escaped_text_is_shown_as_it_was(text: str) -> None:
    for sign in "*_~`:\n\r>":
        text = text.replace(sign, " ")
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")

    assert read(mrkdwn(escaped, NAMES)).shown == text


@given(st.text(alphabet="<!channel>here|&;lt", max_size=30))
def test_an_escaped_ping_is_never_a_mention(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    assert "mention" not in mrkdwn(escaped, NAMES)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*b* _i_ ~s~ `c *x*`", "<b>b</b> <i>i</i> <s>s</s> <code>c *x*</code>"),
        ("snake_case_name 2 * 3 * 4", "snake_case_name 2 * 3 * 4"),
        ("*a _b_*", "<b>a <i>b</i></b>"),
        ("> one\n> two\nthree", "<blockquote>one<br>two</blockquote>three"),
        ("```\n*x*\n```", "<pre>*x*</pre>"),
        ("<!channel>", '<span class="mention broadcast">@channel</span>'),
        ("&lt;!channel&gt;", "&lt;!channel&gt;"),
        ("<@U1>", '<span class="mention me">@Maria</span>'),
        ("<@U2>", '<span class="mention">@&lt;b&gt;Jonas&lt;/b&gt;</span>'),
        ("<#C1>", '<a class="channel" href="/?channel=C1" data-channel="C1">#inc-7</a>'),
        ("<javascript:alert(1)|x>", "&lt;javascript:alert(1)|x&gt;"),
        (":tada: :no-such:", "🎉 :no-such:"),
        (
            "<!date^0^{date} {time}|then>",
            '<time datetime="1970-01-01T00:00:00+00:00" title="then">January 1, 1970 00:00</time>',
        ),
        ("<!date^x^{date}|then>", "then"),
        ("a&amp;lt;b", "a&amp;lt;b"),
    ],
)  # fmt: skip
def test_marks_become_what_slack_shows(text: str, html: str) -> None:
    assert mrkdwn(text, NAMES) == html


def test_a_link_shows_its_label_and_keeps_its_address() -> None:
    tags = read(mrkdwn("<https://a.example/?x=1&amp;y=2|see *this*>", NAMES))

    assert (tags.shown, tags.links) == ("see *this*", ["https://a.example/?x=1&y=2"])


def test_the_common_part_of_markdown_is_understood() -> None:
    html = mrkdwn(from_markdown("## Head\n- **bold** [l](https://a.example)\n<!here>"))

    assert "<b>Head</b>" in html
    assert "• <b>bold</b>" in html
    assert 'href="https://a.example"' in html
    assert "&lt;!here&gt;" in html
