"""Draws the README's pictures from a real demo: `python tests/pictures.py`.

Needs Debian's chromium and the `test` extra. Not a test: it is run by hand when a card changes,
and the pictures are looked at before they are committed.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

PICTURES = Path(__file__).parent.parent / ".github" / "pictures"
SIZE: ViewportSize = {"width": 1360, "height": 980}


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        command = f"{sys.executable} -m bot demo --folder {folder}/demo"
        # A terminal of its own keeps the demo up after its incident is over.
        demo = subprocess.Popen(
            ["script", "-qfc", command, "/dev/null"], stdout=subprocess.PIPE, text=True
        )
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
                )
                draw(browser.new_page(viewport=SIZE), demo)
                browser.close()
        finally:
            demo.terminate()
            demo.wait(30)


def draw(page: Page, demo: subprocess.Popen[str]) -> None:
    """The incident while it is open, a form and the post-mortem once it is over."""
    said = wait_for(demo, r"Page\s+(http\S+)")
    page.goto(said)
    wait_for(demo, r"(What caused it)")
    page.locator("#sidebar a", has_text="inc-").click()
    page.locator("article", has_text="Baseline").first.wait_for()
    incident(page)
    wait_for(demo, r"Channel\s+#([a-z0-9-]+)")
    modal(page)
    post_mortem(page)


def wait_for(demo: subprocess.Popen[str], pattern: str) -> str:
    """Read on in the demo's transcript until a line shows this."""
    assert demo.stdout is not None
    for line in demo.stdout:
        sys.stdout.write(line)
        if found := re.search(pattern, line):
            return found[1]
    raise SystemExit(f"the demo ended before it showed {pattern!r}")


def incident(page: Page) -> None:
    ranked = page.locator("article", has_text="What caused it?").first
    ranked.wait_for()
    ranked.evaluate("card => card.scrollIntoView({block: 'center'})")
    page.wait_for_timeout(500)
    page.screenshot(path=PICTURES / "incident.png")


def modal(page: Page) -> None:
    page.locator("#composer").fill("/incident new")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    page.wait_for_timeout(500)
    page.screenshot(path=PICTURES / "modal.png")
    page.keyboard.press("Escape")


def post_mortem(page: Page) -> None:
    address = page.locator("a", has_text="Post-mortem").first.get_attribute("href")
    assert address
    page.goto(address)
    time.sleep(0.5)
    page.screenshot(path=PICTURES / "post-mortem.png")


if __name__ == "__main__":
    main()
