"""Pictures of the site as readers see it, to be looked at: ``make screenshots`` puts them into build/screenshots."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
SITE = ROOT / "build" / "site"
PICTURES = ROOT / "build" / "screenshots"

PAGES = ["docs/index", "docs/carriers", "docs/costs", "docs/guides/celery"]
WIDTHS = [1280, 390]
SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]

# The pages are our own, and in a container there is often no sandbox to be had.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic"]
PATIENCE = 30_000  # milliseconds for whatever the browser is asked for


def find_chromium() -> str | None:
    """Return the path of the system's Chromium, if there is one."""
    return shutil.which("chromium")


@contextmanager
def browser() -> Iterator[Browser]:
    """Start a headless Chromium with an empty profile, and end it."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS, timeout=PATIENCE)
        try:
            yield started
        finally:
            started.close()


def main() -> int:
    """Photograph some pages in all widths and colour schemes; return the exit status."""
    if not find_chromium():
        print("there is no Chromium: sudo apt-get install chromium", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with browser() as started:
        for width in WIDTHS:
            for scheme in SCHEMES:
                window = started.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
                window.set_default_timeout(PATIENCE)
                for page in PAGES:
                    picture = PICTURES / f"{Path(page).name}-{width}-{scheme}.png"
                    window.goto((SITE / f"{page}.html").as_uri())
                    window.screenshot(path=picture, full_page=True)
                    print(picture.relative_to(ROOT))
                window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
