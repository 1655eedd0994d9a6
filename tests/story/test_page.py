"""A person with a browser: the incident appears, a button is pressed, a form is filled in."""

import shutil
import warnings
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.story.stage import World
from tests.story.test_story import the_room

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def page() -> Iterator[Page]:
    if CHROMIUM is None:
        warnings.filterwarnings("default", message="NO BROWSER")
        warnings.warn("NO BROWSER: install Debian's chromium to test the page", stacklevel=1)
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(60_000)
        expect.set_options(timeout=60_000)
        yield page
        browser.close()


@pytest.mark.slow
def test_an_incident_is_worked_on_in_the_page(world: World, page: Page) -> None:
    page.goto(f"{world.workspace.url}/?as=maria")

    world.alert(alertname="AccuracyLow", model="delays", metric="accuracy")
    page.locator("#sidebar a", has_text="inc-").click()
    room = the_room(world)
    card = page.locator("article", has=page.get_by_role("button", name="Take the lead"))
    expect(card).to_contain_text("missing values", timeout=90_000)
    expect(card).to_contain_text("nobody yet")

    card.get_by_role("button", name="Take the lead").click()
    expect(card).not_to_contain_text("nobody yet")
    expect(card).to_contain_text("maria", ignore_case=True)

    card.get_by_role("button", name="Add finding").click()
    form = page.get_by_role("dialog")
    form.locator("textarea").first.fill("the feed changed its format at noon")
    form.get_by_role("button", name="Add").click()
    expect(form).to_be_hidden()
    expect(page.locator("article", has_text="1 reply").or_(
        page.locator("button.replies")).first).to_be_visible()  # fmt: skip
    world.member("maria").sees(room, "the feed changed its format at noon")
    (incident,) = world.bot.store.incidents()
    assert [note.says for note in incident.notes] == ["the feed changed its format at noon"]
    assert incident.lead is not None
    assert incident.lead.name == "maria"
