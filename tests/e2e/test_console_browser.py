"""The knowledge pages of the console in a browser, against the console's own fake server."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from desk.clock import system_clock
from desk.database import Database
from gateway.console import fake_knowledge
from tests.e2e.console_site import PHONE, db, overflow, sign_in, site

__all__ = ["db", "sign_in", "site"]  # fixtures
pytestmark = pytest.mark.browser
PAGES = (
    "/console/entries", "/console/entries/faq-import-header-mismatch", "/console/entries/faq-ver-import-parallel/edit",
    "/console/new-entry", "/console/review", "/console/gaps", "/console/gaps/1", "/console/gaps/1/talk/1",
    "/console/publications", "/console/publications/2", "/console/jobs/1", "/console/jobs/2", "/console/imports",
    "/console/hit-test",
)  # fmt: skip


@pytest.mark.parametrize(
    "options", [{}, {"viewport": PHONE}, {"color_scheme": "dark"}], ids=["desktop", "phone", "dark"]
)
def test_no_page_complains_or_is_wider_than_the_window(sign_in, options: dict) -> None:
    chen = sign_in("chen", **options)
    for path in PAGES:
        response = chen.page.goto(path)
        assert response is not None
        assert response.status == 200
        chen.page.wait_for_load_state("networkidle")
        assert overflow(chen.page) <= 0, path
    assert chen.complaints == []


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}], ids=["desktop", "phone"])
def test_the_hit_test_opens_what_speaks_for_each_candidate_and_what_it_means(sign_in, options: dict) -> None:
    li = sign_in("li", **options)
    page = li.page
    page.goto("/console/hit-test")
    page.fill("[name=question]", "导入材料价报 err1042")
    page.click("form.ask button")
    first, second = page.locator(".candidate").nth(0), page.locator(".candidate").nth(1)
    expect(first.get_by_text("说到了多少")).to_be_visible()
    expect(second.get_by_text("说到了多少")).to_be_hidden()
    second.locator("summary").click()
    expect(second.get_by_text("说到了多少")).to_be_visible()
    page.click(".legend summary")
    expect(page.get_by_text("句子的意思有多近")).to_be_visible()
    assert overflow(page) <= 0
    assert li.complaints == []


def test_the_preview_follows_the_typing_by_the_rules_of_the_widget(sign_in) -> None:
    page = sign_in("zhang").page
    page.goto("/console/new-entry")
    page.fill("[name=title]", "打印机找不到")
    page.fill("[name=answer]", "先看 **驱动**。\n1. 点【系统设置】\n2. 运行 `spooler`")
    card = page.locator("[data-preview] .answer-card")
    expect(card.locator("strong")).to_have_text("驱动")
    expect(card.locator("ol li")).to_have_count(2)
    expect(card.locator("code")).to_have_text("spooler")


def test_what_was_typed_outlives_the_page_until_it_is_saved(sign_in) -> None:
    page = sign_in("li").page
    page.goto("/console/new-entry")
    page.fill("[name=title]", "打印机找不到")
    page.click("[data-more]")
    page.fill("[name=variant_versions]", "6.2")
    page.goto("/console/entries")
    page.goto("/console/new-entry")
    expect(page.locator("[data-restored]")).to_be_visible()
    expect(page.locator("[name=title]")).to_have_value("打印机找不到")
    expect(page.locator("[name=variant_versions]")).to_have_value("6.2")
    page.click("[data-less]")
    page.fill("[name=question]", "打印机找不到怎么办")
    page.keyboard.press("Control+s")
    page.wait_for_url("**/console/entries/entry-*")
    page.goto("/console/new-entry")
    expect(page.locator("[name=title]")).to_have_value("")


def test_what_is_kept_can_be_thrown_away(sign_in) -> None:
    page = sign_in("li").page
    page.goto("/console/entries/faq-import-too-large/edit")
    before = page.input_value("[name=title]")
    page.fill("[name=title]", "别的标题")
    page.reload()
    expect(page.locator("[name=title]")).to_have_value("别的标题")
    page.click("[data-forget]")
    expect(page.locator("[name=title]")).to_have_value(before)


def test_all_boxes_are_ticked_at_once_and_the_button_says_how_many(sign_in) -> None:
    page = sign_in("wang").page
    page.goto("/console/review")
    button = page.locator("[data-ticked]")
    expect(button).to_be_disabled()
    page.check("[data-all]")
    ticked = page.locator("[name=entry]:checked").count()
    expect(button).to_have_text(f"批准所选（{ticked}）")
    page.locator("[name=entry]").first.uncheck()
    assert page.locator("[data-all]").evaluate("box => box.indeterminate") is (ticked > 1)


def test_the_page_of_a_job_shows_its_report_without_a_reload(sign_in, db: Database) -> None:
    page = sign_in("chen").page
    page.goto("/console/publications")
    page.click("[value=rehearse]")
    expect(page.locator(".working")).to_be_visible()
    page.evaluate("window.stayed = true")
    fake_knowledge.work(db, system_clock, fake_knowledge.read_sample())
    expect(page.locator("dl.figures")).to_be_visible()
    expect(page.locator(".notice").first).to_contain_text("正式发布会被拒绝")
    assert page.evaluate("window.stayed") is True


def test_a_document_is_uploaded_and_its_report_read(sign_in, db: Database, tmp_path: Path) -> None:
    document = tmp_path / "手册.md"
    document.write_text("# 一", encoding="utf-8")
    page = sign_in("chen").page
    page.goto("/console/imports")
    page.set_input_files("[name=file]", document)
    page.click("button.primary")
    page.wait_for_url("**/console/jobs/*")
    fake_knowledge.work(db, system_clock, fake_knowledge.read_sample())
    expect(page.locator("section.file").first).to_be_visible()


def test_a_dialog_is_opened_and_closed_with_the_keyboard(sign_in) -> None:
    page = sign_in("wang").page
    page.goto("/console/entries/faq-import-stuck")
    page.locator("[data-opens=retire]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#retire")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#retire")).to_be_hidden()
