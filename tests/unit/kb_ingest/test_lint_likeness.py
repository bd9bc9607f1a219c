from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from kb_ingest.likeness import Bags
from kb_ingest.lint import duplicates, reachability
from kb_ingest.lint.contradictions import check_answers, check_numbers
from kb_ingest.lint.corpus import Corpus
from kb_ingest.lint.quantities import quantities
from kb_ingest.lint.run import lint
from retrieval.knowledge.entry import Variant
from tests.unit.kb_ingest.knowledge import entry, short
from tests.unit.retrieval.corpus import retriever


def corpus(*entries):
    return Corpus(entries)


def test_equal_bags_are_wholly_alike_and_empty_ones_like_none():
    bags = Bags([Counter("abc"), Counter("abc"), Counter("xyz"), Counter()])

    (pair,) = bags.pairs(0.5)

    assert (pair.one, pair.other) == (0, 1)
    assert pair.likeness == pytest.approx(1.0, abs=1e-5)


def test_no_bags_have_no_pairs():
    assert list(Bags([]).pairs(0.5)) == []


def test_pairs_are_found_across_blocks():
    bags = Bags([{f"w{place}": 1.0} for place in range(600)] + [{"w3": 1.0}])

    assert [(pair.one, pair.other) for pair in bags.pairs(0.9)] == [(3, 600)]


def test_two_entries_that_say_the_same_are_told_once():
    (finding,) = duplicates.check_entries(corpus(entry("how-a"), entry("how-b"), short("how-c", "手机怎么打卡")))

    assert finding.entry_ids == ("how-a", "how-b")
    assert "合并成一条" in finding.message


def test_a_code_and_the_question_about_it_are_two_entries_by_design():
    code = entry(
        "err-a", type="error_code", code="ERR-1042",
        answer="**原因**：模板不对。在【工具】→【数据导入】选模板，上传填好的表格，先点【校验】；表头别改，合并单元格要拆开。",
    )  # fmt: skip
    other = short("faq-c", "手机怎么打卡")

    assert list(duplicates.check_entries(corpus(code, entry("how-b"), other))) == []


def test_a_copied_answer_is_told_although_one_has_a_code():
    code = entry("err-a", type="error_code", code="ERR-1042")

    assert len(list(duplicates.check_entries(corpus(code, entry("how-b"), short("faq-c", "手机怎么打卡"))))) == 1


def test_titles_that_differ_only_in_script_and_marks_cannot_be_told_apart():
    same = (short("a", "甲问题", title="导出报表"), short("b", "乙问题", title="導出報表！"))

    (finding,) = duplicates.check_titles(corpus(*same))

    assert finding.entry_ids == ("a", "b")


def test_the_same_question_in_two_entries_is_told_with_both_wordings():
    one = short("a", "匠衡服务端要开放哪些端口")
    other = short("b", "服务端要开放哪些端口呢")

    (finding,) = duplicates.check_questions(corpus(one, other, short("c", "手机怎么打卡")))

    assert "“匠衡服务端要开放哪些端口” 与 “服务端要开放哪些端口呢”" in finding.message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("每周的周报没自动发", "每周的周报自动发"),
        ("怎么从 5.2 升级上来", "怎么从 5.4 升级上来"),
        ("导出时报 ERR-1042 失败", "导出时报 ERR-1043 失败"),
        ("报进度", "补报进度"),
        ("审批单打不开", "审批单打不开，换电脑也一样，只有我这台报内存不足"),
    ],
)
def test_questions_that_differ_in_what_matters_are_not_shared(one, other):
    assert list(duplicates.check_questions(corpus(short("a", one), short("b", other)))) == []


def test_a_vague_question_may_stand_in_three_entries_but_not_in_four():
    vague = [short(name, f"{name}的问题", similar=("打不开",)) for name in "abcd"]

    assert list(duplicates.check_questions(corpus(*vague[:3]))) == []
    (finding,) = duplicates.check_questions(corpus(*vague))
    assert finding.entry_ids == ("a", "b", "c", "d")


def limit(entry_id, answer, **changes):
    return entry(entry_id, title=f"{entry_id} 的大小", answer=answer, **changes)


def test_two_amounts_of_one_thing_contradict_each_other():
    one = limit("faq-a", "单个导入文件的上限是 50 MB，超了就会被拒。")
    other = limit("faq-b", "导入文件单个上限 100 MB。")

    (finding,) = check_numbers(corpus(one, other))

    assert finding.entry_ids == ("faq-a", "faq-b")
    assert "50 MB" in finding.message
    assert "100 MB" in finding.message


@pytest.mark.parametrize(
    "answer",
    [
        "导入文件单个上限 50 MB。",
        "导入文件单个上限 51,200 KB。",
        "标准版导入文件单个上限 50 MB，集团版导入文件单个上限 100 MB。",
        "资料附件上传单个不超过 200 MB。",
        "导入文件至少 1 MB 才会压缩。",
        "例如导入文件上限 100 MB 的项目。",
        "回收站里的导入文件保留 30 天。",
    ],
)
def test_agreeing_or_different_amounts_do_not(answer):
    one = limit("faq-a", "单个导入文件的上限是 50 MB，超了就会被拒。")

    assert list(check_numbers(corpus(one, limit("faq-b", answer)))) == []


def test_amounts_for_other_editions_versions_and_topics_do_not():
    one = limit("faq-a", "标准版导入文件单个上限 50 MB。")
    edition = limit("faq-b", "集团版导入文件单个上限 100 MB。")
    older = limit("faq-c", "导入文件单个上限 20 MB。", versions="<6.0")
    variants = limit("faq-d", "看版本。", variants=(Variant(">=6.0", "6.x", "导入文件单个上限 80 MB。"),))
    elsewhere = limit("faq-e", "照片和导入的其他文件，上限定在 10 MB。", topic="mobile_app")

    assert list(check_numbers(corpus(one, edition, older, variants, elsewhere))) == []


def test_yes_here_and_no_there_contradict_each_other():
    one = short("a", "手机上能不能导入清单", answer="可以。在手机端点【导入】。")
    other = short("b", "手机上能不能导入清单呢", answer="目前不支持，请用电脑导入。")
    agreeing = short("c", "手机上能不能导入清单啊", answer="暂时不能。")

    found = list(check_answers(corpus(one, other, agreeing)))

    assert [finding.entry_ids for finding in found] == [("a", "b"), ("a", "c")]


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("单个导入文件上限是 50 MB、50,000 行", {("size", (50.0,), "upper"), ("行", (50000.0,), "upper")}),
        ("单个模型 2 GB", {("size", (2048.0,), "")}),
        ("到期前 60、30、7 天", {("days", (60.0, 30.0, 7.0), "")}),
        ("通常 1-4 小时恢复", {("duration", (3600.0, 14400.0), "")}),
        ("3 个工作日内给出", {("working_days", (3.0,), "")}),
        ("每天 02:00 自动备份", {("clock", (120.0,), "")}),
        ("消息端口 8443", {("消息端口", (8443.0,), "")}),
        ("密码至少 10 位", {("位", (10.0,), "lower")}),
        ("64 位 Windows 10/11 在第 3 行", set()),
        ("RVT 2018-2024 年的版本", set()),
        ("6.1 起支持 IFC4", set()),
    ],
)
def test_amounts_are_read_in_base_units(clause, expected):
    assert {(found.kind, found.values, found.bound) for found in quantities(clause)} == expected


LOST = (
    short("err-403", "没有权限", type="error_code", code="ERROR_403", similar=("提示没有权限访问该功能",)),
    short("faq-menu", "菜单是灰的怎么办", similar=("点菜单报 ERROR_403", "菜单少了一半")),
    short("faq-fee", "续费要多少钱", similar=("维保到期了还能用吗",)),
    short("how-report", "怎么导出报表", similar=("报表如何导出成表格",)),
    short("pol-refund", "退款规则在哪里看", type="policy", similar=("交了钱想退", "合同终止后的余款")),
)


def test_entries_whose_own_questions_lead_elsewhere_are_told_with_the_share(tmp_path):
    found = {finding.entry_ids[0]: finding for finding in reachability.check(Corpus(LOST), retriever(tmp_path, LOST))}

    assert set(found) == {"faq-fee"}
    assert "1/2 条问法（50 %）" in found["faq-fee"].message
    assert "只有 policy 类条目能答" in found["faq-fee"].message


def test_without_policies_an_own_question_of_price_leads_to_its_entry(tmp_path):
    faq = tuple(one for one in LOST if one.type != "policy")

    assert list(reachability.check(Corpus(faq), retriever(tmp_path, faq))) == []


def test_questions_that_are_not_asked_lead_to_their_entry(tmp_path):
    serving, whole = retriever(tmp_path, LOST), Corpus(LOST)
    doubtful = {row.text for row in reachability._doubtful(whole)}

    for row in whole.rows:
        if row.text not in doubtful:
            assert serving.ask(row.text).entry_id == LOST[row.entry].id


def test_an_entry_that_asks_for_the_version_first_is_found(tmp_path):
    by_version = short(
        "faq-version", "菜单是灰的该找谁", similar=("点菜单弹出没有权限的提示",),
        variants=(Variant("<6.0", "5.x", "找管理员。"), Variant(">=6.0", "6.x", "看【账号中心】。")),
    )  # fmt: skip
    entries = (by_version, short("faq-b", "点菜单弹出没有权限的提示", answer="找管理员。"), *LOST)

    assert "faq-version" not in {
        one.entry_ids[0] for one in reachability.check(Corpus(entries), retriever(tmp_path, entries))
    }


def test_all_checks_run_together(tmp_path):
    found = lint(LOST, today=date(2026, 11, 22), retriever=retriever(tmp_path, LOST), used={})

    assert {"unreachable", "few_questions"} == {finding.check for finding in found}
