"""The site: it builds, and in a real browser it can be searched and fits a telephone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from scripts import screenshots
from tests.outside.test_docs import copy_repository
from tests.shared.needs import need
from tests.shared.processes import succeed

pytestmark = pytest.mark.needs_package

TELEPHONE = 390  # pixels


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site, built from a copy of the repository; a broken link would be an error."""
    folder = tmp_path_factory.mktemp("site") / "copy"
    copy_repository(folder)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-c", "docs", ".", "build/site"]
    succeed(*command, cwd=folder, timeout=100)
    return folder / "build" / "site"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    need(program="chromium")
    with screenshots.browser() as started:
        yield started


def open_window(browser: Browser, width: int = 1280, scheme: str = "light") -> Page:
    window = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    window.set_default_timeout(screenshots.PATIENCE)
    return window


def test_the_reference_has_every_public_name(site: Path) -> None:
    reference = (site / "docs" / "reference.html").read_text(encoding="utf-8")
    for name in ("install", "uninstall", "is_installed", "testing.errors", "testing.assert_survives"):
        assert f'id="mysql_errors_compat.{name}"' in reference


def test_the_names_of_files_stand_above_their_code(site: Path) -> None:
    guide = (site / "docs" / "guides" / "celery.html").read_text(encoding="utf-8")
    for name in ("tasks.py", "main.py", "output", "output without the package"):
        assert f'<span class="caption-text">{name}</span>' in guide


def test_the_search_works_from_a_folder(site: Path, browser: Browser) -> None:
    window = open_window(browser)
    window.goto((site / "index.html").as_uri())
    window.wait_for_url("**/docs/index.html")
    window.get_by_placeholder("Search").fill("hangs")
    window.keyboard.press("Enter")
    found = window.locator("#search-results li a")
    found.first.wait_for()
    window.get_by_text("Search finished").wait_for()
    assert {"The fault", "What is still not possible"} <= set(found.all_inner_texts())
    window.close()


def test_no_page_is_wider_than_a_telephone(site: Path, browser: Browser) -> None:
    window = open_window(browser, TELEPHONE)
    pages = [page for page in sorted(site.rglob("*.html")) if page != site / "index.html"]  # which leads to docs/
    assert len(pages) > 20
    widths = {}
    for page in pages:
        window.goto(page.as_uri())
        widths[page.relative_to(site).as_posix()] = window.evaluate("document.documentElement.scrollWidth")
    window.close()
    assert {page: width for page, width in widths.items() if width > TELEPHONE} == {}


@pytest.mark.parametrize(("scheme", "shown", "hidden"), [("light", "light", "dark"), ("dark", "dark", "light")])
def test_the_pictures_follow_the_theme(site: Path, browser: Browser, scheme: str, shown: str, hidden: str) -> None:
    window = open_window(browser, scheme=scheme)
    window.goto((site / "docs" / "costs.html").as_uri())
    for kind, visible in (shown, True), (hidden, False):
        pictures = window.locator(f"img.only-{kind}").all()
        assert [picture.is_visible() for picture in pictures] == [visible] * 2
        assert all(picture.evaluate("picture => picture.naturalWidth") for picture in pictures)
    window.close()
