"""Texts of others, as a real browser shows them."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from aegis.ui.browsing import free_port, serving
from aegis.ui.playing_python import HOSTILE
from muster.aegis.ui.launch import server_command
from muster.aegis.ui.plain import escaped

TESTS = Path(__file__).parents[2]
MARKED = "[data-testid=stMain] :is(a, img, strong, em, del, h1, script, .katex, [data-testid=stIconMaterial], span[style*=color])"


@pytest.fixture(scope="module")
def labels(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("labels"), free_port()
    command = [*server_command(port, browser=False)]
    command[command.index("run") + 1] = str(Path(__file__).with_name("labels.py"))
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])}
    with serving(command, port, folder, env) as url:
        yield url


def text_of(page: Page, selector: str) -> str:
    return page.locator(selector).first.inner_text().replace("\u200b", "")


@pytest.mark.browser
@pytest.mark.parametrize(
    "place",
    ["[data-testid=stButton] button", "[data-testid=stCaptionContainer]", "[data-testid=stTextInput] label",
     "[data-testid=stExpander] summary", "[data-testid=stHeading]", "[data-testid=stCode]"],
)  # fmt: skip
def test_a_text_of_others_is_shown_as_it_is(page: Page, labels: str, place: str) -> None:
    page.goto(labels)
    page.get_by_test_id("stCode").wait_for()
    shown = text_of(page, place)
    assert HOSTILE in shown
    assert ":smile: :red[x] `y` ~~z~~ # h" in shown


@pytest.mark.browser
def test_nothing_of_it_becomes_markup(page: Page, labels: str) -> None:
    page.goto(labels)
    page.get_by_test_id("stCode").wait_for()
    allowed = page.locator("[data-testid=stExpander] summary [data-testid=stIconMaterial]").count()
    found = page.locator(MARKED).evaluate_all("all => all.map(one => one.outerHTML.slice(0, 200))")
    assert len(found) == allowed, found


@pytest.mark.parametrize("name", ["lora.rank", "20261121-041137-k3f", "max_steps"])
def test_a_name_stays_as_it_is(name: str) -> None:
    assert escaped(name) == name


def test_a_label_is_one_line_and_cut() -> None:
    assert "\n" not in escaped("a\nb " * 1000)
    assert len(escaped("b " * 1000)) < 1000
