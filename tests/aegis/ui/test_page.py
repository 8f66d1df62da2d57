"""The page in a real browser: from words to a report, with trainings that are played."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from aegis.ui.browsing import PATIENCE_S, WORDS, Site, aegis_ui, begin, overflow, plan, say
from aegis.ui.playing_python import HOSTILE

pytestmark = pytest.mark.browser

expect.set_options(timeout=PATIENCE_S * 1000)


def test_each_value_of_the_form_says_who_says_it(page: Page, aegis_site: Site) -> None:
    plan(page, aegis_site)
    expect(page.get_by_label("lora.rank")).to_have_value("16")
    expect(page.get_by_text("default: 16 is enough for most tasks")).to_be_visible()
    expect(page.get_by_text('words: "micro batch 8"')).to_be_visible()


def test_a_value_that_is_changed_in_the_form_is_the_specs(page: Page, aegis_site: Site) -> None:
    plan(page, aegis_site)
    page.get_by_label("lora.rank").fill("8")
    page.get_by_role("button", name="Change the spec").click()
    expect(page.get_by_text("answer: you answered so")).to_be_visible()
    page.get_by_role("tab", name="YAML").click()
    expect(page.get_by_text("rank: 8")).to_be_visible()


def test_further_words_add_to_those_before(page: Page, aegis_site: Site) -> None:
    plan(page, aegis_site)
    say(page, "seed 42")
    expect(page.get_by_test_id("stChatMessage").get_by_text("seed 42", exact=True)).to_be_visible()
    page.get_by_text("All other values").click()
    expect(page.get_by_label("seed", exact=True)).to_have_value("42")


def test_what_contradicts_is_told_and_counts_for_nothing(page: Page, aegis_site: Site) -> None:
    plan(page, aegis_site)
    say(page, "under $3")
    expect(page.get_by_text("the wishes contradict one another")).to_be_visible()
    expect(page.get_by_role("button", name="Begin the run")).to_be_enabled()


def test_what_was_not_said_is_asked_in_a_form(page: Page, aegis_site: Site) -> None:
    page.goto(aegis_site.url)
    say(page, "LoRA fine-tune ./model under $2")
    page.get_by_label("data.path").fill("rows.jsonl")
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_role("button", name="Begin the run")).to_be_visible()


def test_gpus_are_compared_and_the_best_are_named(page: Page, aegis_site: Site) -> None:
    plan(page, aegis_site)
    page.get_by_role("tab", name="GPUs").click()
    expect(page.get_by_text("the cheapest that fits:")).to_be_visible()
    expect(page.get_by_text("the fastest in the budget:")).to_be_visible()


def test_an_approved_run_ends_with_curves_numbers_and_a_report(page: Page, aegis_site: Site, tmp_path: Path) -> None:
    begin(page, aegis_site)
    page.get_by_role("button", name="approve").click()
    expect(page.get_by_text("finished: better than its base")).to_be_visible()
    expect(page.get_by_role("heading", name="Loss")).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible()
    expect(page.get_by_role("cell", name="perplexity", exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download REPORT.md").click()
    download.value.save_as(tmp_path / "REPORT.md")
    assert "better than its base" in (tmp_path / "REPORT.md").read_text()


def test_a_cheaper_one_is_asked_about_again_and_can_be_cancelled(page: Page, aegis_site: Site) -> None:
    begin(page, aegis_site)
    page.get_by_role("button", name="optimize").click()
    expect(page.get_by_text("attempt 2 of 4")).to_be_visible()
    page.get_by_role("button", name="cancel").click()
    expect(page.get_by_text("failed: cancelled by a person")).to_be_visible()
    assert not list(aegis_site.run(page).path.glob("jobs/*"))


def test_a_reload_in_the_middle_neither_loses_nor_doubles_the_run(page: Page, aegis_site: Site) -> None:
    before = len(aegis_site.runs)
    begin(page, aegis_site)
    page.get_by_role("button", name="approve").click()
    expect(page.get_by_role("button", name="approve")).to_be_hidden()
    page.reload()
    expect(page.get_by_text("finished: better than its base")).to_be_visible()
    assert len(aegis_site.runs) == before + 1
    assert len(list(aegis_site.run(page).path.glob("jobs/*-train-*"))) == 1


def test_a_run_outlives_the_server_that_began_it(page: Page, aegis_site: Site) -> None:
    with aegis_ui(aegis_site.folder, aegis_site.env) as url:
        begin(page, Site(url, aegis_site.folder, aegis_site.env))
        page.get_by_role("button", name="approve").click()
        expect(page.get_by_role("button", name="approve")).to_be_hidden()
    page.goto(f"{aegis_site.url}?{page.url.partition('?')[2]}")
    expect(page.get_by_text("finished: better than its base")).to_be_visible()


def test_of_two_tabs_one_answer_counts(page: Page, aegis_site: Site) -> None:
    begin(page, aegis_site)
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="cancel").wait_for()
    page.get_by_role("button", name="cancel").click()
    other.get_by_role("button", name="cancel").click()
    for tab in (page, other):
        expect(tab.get_by_text("failed: cancelled by a person")).to_be_visible()
    assert len(aegis_site.entries(page, "answered")) == 1


def test_a_run_is_found_in_the_sidebar(page: Page, browser: Browser, aegis_site: Site) -> None:
    begin(page, aegis_site)
    run_id = page.url.partition("?run=")[2]
    other = browser.new_page()
    other.goto(aegis_site.url)
    other.get_by_role("button", name=run_id).click()
    expect(other.get_by_role("button", name="approve")).to_be_visible()
    other.close()


def test_hostile_words_are_shown_as_they_are(page: Page, aegis_site: Site) -> None:
    plan(page, aegis_site, f"{WORDS}; {HOSTILE}")
    expect(page.get_by_test_id("stChatMessage").get_by_text(HOSTILE).first).to_be_visible()
    assert page.locator("img[src*='x.png'], .katex, main strong").count() == 0


def test_a_hostile_log_is_shown_as_it_is(page: Page, aegis_site: Site) -> None:
    begin(page, aegis_site)
    page.get_by_role("button", name="approve").click()
    page.get_by_text("Log", exact=True).click()
    expect(page.get_by_text(HOSTILE)).to_be_visible()
    assert page.locator("img[src*='x.png'], .katex").count() == 0


def test_an_id_that_is_none_is_refused(page: Page, aegis_site: Site) -> None:
    page.goto(f"{aegis_site.url}?run=../../etc")
    expect(page.get_by_text("is no run id")).to_be_visible()


def test_a_narrow_window_has_nothing_beyond_its_edge(page: Page, aegis_site: Site) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    plan(page, aegis_site)
    expect(page.get_by_label("lora.rank")).to_be_visible()
    wide = [overflow(page)]
    page.get_by_role("button", name="Begin the run").click()
    page.get_by_role("button", name="approve").wait_for()
    wide.append(overflow(page))
    page.get_by_role("button", name="approve").click()
    expect(page.get_by_text("finished: better than its base")).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible()
    assert [*wide, overflow(page)] == [0, 0, 0]


def test_the_page_talks_to_its_own_server_alone(page: Page, aegis_site: Site) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    plan(page, aegis_site)
    assert asked
    assert [url for url in asked if not url.startswith((aegis_site.url, "data:", "blob:"))] == []
