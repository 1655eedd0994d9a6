from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.render import escape_markdown, escape_mrkdwn, one_line, safe_url

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
NASTY = st.text(alphabet="ab1 \t\n\\`*_{}[]()#+-.!|<>~&;:/@=\"'$^é\u200b\u2028\x00", max_size=40)
TEXTS = NASTY | st.text(max_size=40)
ATTACKS = [
    "<script>alert(1)</script>", "<!channel>", "[click](https://evil.example)", "![](http://x/y.png)",
    "a | b\n|---|---|", "`code`", "**bold**", "_it_ __b__ a_b", "~~gone~~", "# heading", "- item",
    "1. item", "1) item", "> quote", "---", "- - -", "--", "===", ":-:", "\\",
    "&copy; &#60;b&#62;", "<https://evil.example>",
    "    code", "\tcode", "```\nfence", "[ref]: https://evil.example", "\\|", "\\\\|", "a\\",
]  # fmt: skip


def kinds(source: str) -> set[str]:
    """Every kind of token in it, inline ones too."""
    tokens = MARKDOWN.parse(source)
    return {token.type for token in tokens} | {
        child.type for token in tokens for child in token.children or ()
    }


def shown(source: str) -> str:
    """What a reader sees of a text that has no markup."""
    return "".join(
        child.content for token in MARKDOWN.parse(source) for child in token.children or ()
    )


def with_examples(test: Any) -> Any:
    for attack in ATTACKS:
        test = example(text=attack)(test)
    return test


@with_examples
@given(text=TEXTS)
def test_escaped_text_at_the_start_of_a_line_is_one_paragraph_of_the_same_text(text: str) -> None:
    expected = one_line(text)

    source = escape_markdown(text)

    assert kinds(source) <= {
        "paragraph_open", "paragraph_close", "inline", "text", "text_special",
    }  # fmt: skip
    assert shown(source) == expected


@with_examples
@given(text=TEXTS)
def test_escaped_text_stays_in_its_cell_of_a_table(text: str) -> None:
    cell = escape_markdown(text)

    source = f"| a | b |\n|---|---|\n| {cell} | end |\n"

    tokens = MARKDOWN.parse(source)
    cells = [tokens[at + 1] for at, token in enumerate(tokens) if token.type == "td_open"]
    assert [shown_cell.content == "end" for shown_cell in cells][1:] == [True]
    assert shown(source) == f"ab{one_line(text)}end"


@with_examples
@given(text=TEXTS)
def test_escaped_text_in_a_list_in_bold_and_in_a_link_stays_text(text: str) -> None:
    inner = escape_markdown(text) or "x"

    assert kinds(f"- {inner}\n- **x {inner} x**\n- [{inner}](https://x.example)\n") <= {
        "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close", "inline",
        "paragraph_open", "paragraph_close", "text", "text_special", "strong_open",
        "strong_close", "link_open", "link_close",
    }  # fmt: skip


def test_words_and_numbers_stay_readable() -> None:
    plain = "dep_hour is missing in 62.5 % of rows (region eu) since 14:00, never before!"

    assert escape_markdown(plain) == plain


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("see https://evil.example/x", r"see https\://evil.example/x"),
        ("www.evil.example", r"www\.evil.example"),
        ("mailto:a@b.c", r"mailto\:a@b.c"),
        ("_x_", r"\_x\_"),
        ("a & b &lt;", r"a & b \&lt;"),
        ("12. x", r"12\. x"),
        ("-0.13", "-0.13"),
        ("- x", r"\- x"),
        ("two\nlines\u2028and\u202e more", "two lines and more"),
    ],
)
def test_what_github_would_link_is_broken(text: str, escaped: str) -> None:
    assert escape_markdown(text) == escaped


@given(text=TEXTS)
def test_slack_sees_no_control_sequence(text: str) -> None:
    escaped = escape_mrkdwn(text)

    assert "<" not in escaped
    assert ">" not in escaped
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


def test_slacks_escape_leaves_quotes_alone() -> None:
    assert escape_mrkdwn('<!channel> & "it\'s"') == '&lt;!channel&gt; &amp; "it\'s"'


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//x", "https://", "ftp://x", "http://[", None, 5],
)
def test_an_address_that_is_no_web_address_is_none(url: object) -> None:
    assert safe_url(url) == ""


@given(text=st.text(max_size=60))
def test_an_address_cannot_leave_its_brackets(text: str) -> None:
    url = safe_url(f"https://x.example/{text}")

    assert not set(url) & set("()<>\"' \\|`*\n\r\t")


def test_an_address_keeps_its_query() -> None:
    url = "https://x.example:8443/d/abc?from=1&to=2%20#panel-3"

    assert safe_url(url) == url
