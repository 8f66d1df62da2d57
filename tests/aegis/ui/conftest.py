"""One browser and one server a module: both take seconds to start."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from aegis.ui.browsing import ARGS, CHROMIUM, PATIENCE_S, Site, require_programs, site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    require_programs()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def aegis_site(browser: Browser) -> Iterator[Site]:
    with site() as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 1100})
    context.set_default_timeout(PATIENCE_S * 1000)
    yield context.new_page()
    context.close()
