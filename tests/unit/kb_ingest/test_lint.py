from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kb_ingest.lint import (
    links,
    openings,
    questions,
    reviews,
    strangers,
    unwritten,
    usage,
    variants,
)
from kb_ingest.lint.corpus import Corpus
from kb_ingest.lint.finding import ERROR, WARNING, Finding
from kb_ingest.lint.run import errors, lint
from kb_ingest.lint.usage import Usage
from retrieval.knowledge.drafts import from_cluster
from retrieval.knowledge.entry import Variant
from tests.unit.kb_ingest.knowledge import entry, short
from tests.unit.retrieval.corpus import NOW
from zhtext.contacts import AllowList

TODAY = date(2026, 11, 22)


def corpus(*entries):
    return Corpus(entries)


def checks(found):
    return [finding.check for finding in found]


def test_a_sound_entry_is_not_complained_about():
    assert lint([entry()], today=TODAY) == ()


def test_errors_come_first_and_are_the_only_ones_that_block():
    bad = entry(answer="请重启软件。", review="2026-11-01")

    found = lint([bad], today=TODAY)

    assert [finding.level for finding in found] == [ERROR, WARNING]
    assert checks(errors([bad])) == ["bare_restart"]


def test_a_finding_is_plain_data():
    finding = Finding("dead_link", ERROR, ("how-a",), "坏了")

    assert finding.to_json() == {
        "check": "dead_link", "level": "error", "entry_ids": ["how-a"], "message": "坏了",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("详见 [表头不对](entry:faq-gone)。", "不存在的条目 faq-gone"),
        ("看 entry:faq-gone", "不存在的条目 faq-gone"),
        ("看 [这里](entry:)", "不存在的条目 （空）"),
        ("看 [下一节](#how-b)", "改成 [下一节](entry:条目编号)"),
        ("看 [本条](entry:how-a)", "指向它自己"),
        ("见《导入失败怎么办》。", "没有这个标题的条目"),
    ],
)
def test_a_link_that_leads_nowhere_is_an_error(text, said):
    (finding,) = links.check(corpus(entry(answer=text), short("how-b", "导出报表")))

    assert finding.level == ERROR
    assert finding.entry_ids == ("how-a",)
    assert said in finding.message


@pytest.mark.parametrize(
    "text",
    [
        "看 [导出](entry:how-b)。",
        "参见《导出报表》。",
        "见《用户手册》§12。",
        "按《施工合同》填写；见《GB/T 50328》。",
        "见[官网](https://example.com/#top)。",
        "对照《材料清单》核对。",
    ],
)
def test_links_to_entries_and_names_of_papers_are_fine(text):
    assert list(links.check(corpus(entry(answer=text), short("how-b", "导出报表")))) == []


def test_links_of_variants_and_workarounds_are_checked_too():
    linked = entry(
        workaround="先看 entry:faq-x",
        variants=(Variant("<6.0", "5.x", "看 entry:faq-y"), Variant(">=6.0", "6.x", "在后台导入。")),
    )

    assert len(list(links.check(corpus(linked)))) == 2


@pytest.mark.parametrize(
    "answer",
    [
        "请重启。",
        "重启试试",
        "请重启电脑后再试。不行再联系客服。",
        "1. 请先重启一下软件，还不行就重装。",
        "**处理**：重启服务器即可。",
        "建议您重新启动浏览器试试看",
        "請重新啟動電腦。",
        "处理步骤：\n1. 重启手机",
    ],
)
def test_an_answer_that_begins_with_a_bare_restart_is_an_error(answer):
    assert openings.is_bare_restart(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "重启服务器前先备份数据。",
        "重启电脑，让新驱动生效。",
        "**原因**：补丁没有装完。\n1. 重启电脑。",
        "重启 `JhAppService` 服务，看 `logs/app.log`。",
        "重启后仍报错的，把日志发给客服。",
        "不要重启服务器。",
        "先保存，再重启软件。",
    ],
)
def test_a_restart_with_its_reason_or_place_is_fine(answer):
    assert not openings.is_bare_restart(answer)


@pytest.mark.parametrize("key", ["answer", "title", "question", "source", "workaround"])
def test_a_strangers_contact_is_an_error_wherever_it_stands(key):
    (finding,) = strangers.check(corpus(entry(**{key: "加QQ群 123456789 领取"})), AllowList())

    assert finding.level == ERROR
    assert "support.toml" in finding.message


def test_the_vendors_own_contact_may_stand_there():
    own = entry(answer="拨打 400-820-8820。")

    assert list(strangers.check(corpus(own), AllowList(frozenset({"400-820-8820"})))) == []


def test_a_draft_without_an_answer_blocks_publication():
    draft = from_cluster(["能导出成 P6 吗"], "计划能导出 P6 吗", now=NOW, author="小林")

    assert checks(unwritten.check(corpus(draft))) == ["unwritten"]
    assert list(unwritten.check(corpus(replace(draft, answer="可以，选 XER。")))) == []


def variant(versions):
    return Variant(versions, versions, f"{versions} 这样做。")


@pytest.mark.parametrize(
    ("ranges", "said"),
    [
        (("<6.0", ">=5.4"), "5.4 版有 2 个答案"),
        (("5.2-5.3", ">=6.0"), "5.4 版没有答案"),
        (("<=5.4",), "6.0 版没有答案"),
    ],
)
def test_every_version_has_one_answer(ranges, said):
    known = (entry("rel-54", versions="5.4"), entry("rel-60", versions="6.0"))

    found = list(variants.check(corpus(entry(variants=tuple(map(variant, ranges))), *known)))

    assert {finding.level for finding in found} == {ERROR}
    assert any(said in finding.message for finding in found)


def test_variants_that_divide_the_entrys_own_range_are_fine():
    divided = entry(versions=">=6.0", variants=(variant("6.0-6.1"), variant("6.2")))

    assert list(variants.check(corpus(divided, entry("rel-54", versions="5.4")))) == []


def test_too_few_ways_of_asking_are_counted_after_collapsing_near_ones():
    poor = entry(similar=("表头不对导不进去", "表头不对导不进去了", "表头不对，导不进去！", "清單匯入失敗"))

    (finding,) = questions.check(corpus(poor))

    assert finding.check == "few_questions"
    assert "4 条相似问合并近似的以后只有 2 种，还差 6 种" in finding.message


def test_the_own_question_again_is_no_similar_one():
    assert questions.similar_patterns(entry(similar=("怎么批量导入材料清单？",)), ()) == 0


def test_a_missing_traditional_question_is_only_told_where_others_have_them():
    plain = tuple(text for text in entry().similar if not questions.is_traditional(text))
    simplified = entry("how-b", similar=(*plain, "导进去以后少了两行", "换电脑以后还要重新导吗"))

    assert checks(questions.check(corpus(entry(), simplified))) == ["no_traditional"]
    assert list(questions.check(corpus(simplified))) == []


@pytest.mark.parametrize(
    ("review", "check", "said"),
    [
        ("2026-11-21", "review_overdue", "已过 1 天"),
        ("", "review_missing", "没有复核日期"),
        ("明年", "review_missing", "“明年”不是日期"),
    ],
)
def test_a_review_that_is_due_or_not_planned_is_told(review, check, said):
    (finding,) = reviews.check(corpus(entry(review=review)), TODAY)

    assert finding.check == check
    assert said in finding.message


def test_a_review_due_today_is_not_overdue():
    assert list(reviews.check(corpus(entry(review="2026-11-22")), TODAY)) == []


def test_entries_that_many_reject_are_told():
    used = {"how-a": Usage(10, 4), "how-b": Usage(20, 5), "how-c": Usage(2, 2)}

    found = list(usage.check(corpus(*map(entry, used)), used))

    assert [(finding.check, finding.entry_ids) for finding in found] == [("often_rejected", ("how-a",))]
    assert "出现 10 次，被踩 4 次" in found[0].message


def test_never_shown_is_said_only_of_a_knowledge_base_in_use():
    entries = (entry("how-a"), entry("how-b"), entry("err-c", type="error_code"))

    busy = list(usage.check(corpus(*entries), {"how-a": Usage(100)}))

    assert [(finding.check, finding.entry_ids) for finding in busy] == [("never_shown", ("how-b",))]
    assert list(usage.check(corpus(*entries), {"how-a": Usage(3)})) == []
    assert "never_shown" not in checks(lint(entries, today=TODAY))
