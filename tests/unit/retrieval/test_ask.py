import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.decisions import Answer, Choices, Decline, Runbook, from_json, to_json
from retrieval.asking.answers import decision_of
from retrieval.asking.retriever import policy_only
from retrieval.knowledge.shown import decision_for, split_blocks
from tests.unit.retrieval.corpus import ENTRIES, entry, retriever


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    return retriever(tmp_path_factory.mktemp("index"))


@pytest.mark.parametrize(
    "text",
    [
        "ERROR_403",
        "error 403怎么办",
        "ＥＲＲＯＲ＿４０３",
        "报错ERROR-403了",
        "E R R O R_403".replace(" ", ""),
        "errOr_4O3",
        "报错四零三",
    ],
)
def test_a_code_in_disguise_gets_its_own_entry(asked, text):
    result = asked.ask(text)

    assert (result.decision, result.reason, result.code) == ("answer", "code", "ERROR_403")


def test_two_codes_that_fold_together_are_offered(asked):
    result = asked.ask("NET_1O 是什么错误")

    assert (result.decision, result.reason) == ("choices", "codes_fold_together")
    assert {offer.entry_id for offer in result.offers} == {"err-i0", "err-10"}


def test_two_known_codes_in_one_question_are_offered(asked):
    result = asked.ask("先报 ERROR_403，后来报 ERR-1042")

    assert (result.decision, result.reason) == ("choices", "several_codes")
    assert {offer.entry_id for offer in result.offers} == {"err-403", "err-1042"}


def test_an_unknown_code_is_declined_whatever_else_the_question_says(asked):
    result = asked.ask("怎么导入材料清单，报 ERR-1043")

    assert (result.decision, result.reason, result.entry_id) == ("decline", "unknown_code", None)
    assert [offer.entry_id for offer in result.offers] == ["err-1042"]


def test_an_unknown_code_beside_a_known_one_does_not_borrow_its_answer(asked):
    result = asked.ask("报 ERR-1042 和 ERR-7777")

    assert (result.decision, result.reason) == ("choices", "some_codes_unknown")


def test_an_own_question_gets_its_own_entry(asked):
    for one in ENTRIES:
        for question in one.questions:
            result = asked.ask(question + "？")
            assert (result.decision, result.entry_id) == ("answer", one.id), question


def test_nothing_in_common_is_declined(asked):
    assert asked.ask("鲸鱼睡觉吗").decision == "decline"


@pytest.mark.parametrize("text", ["", "  ", "？！", "\u200b", "😀"])
def test_a_text_without_words_is_declined(asked, text):
    assert (asked.ask(text).decision, asked.ask(text).reason) == ("decline", "empty")


def test_prices_are_answered_by_policies_alone(asked):
    result = asked.ask("维保续费怎么收费")
    other = asked.ask("导出报表怎么收费，多少钱")

    assert result.entry_id == "pol-fee"
    assert other.entry_id in (None, "pol-fee")


REFUND = entry("faq-refund", "买错了能退款吗", similar=("七天内可以退钱吗",))


def test_a_plain_faq_without_policies_answers_questions_of_price_from_what_it_has(tmp_path):
    faq = tuple(one for one in ENTRIES if one.type != "policy")

    alone, beside = retriever(tmp_path / "faq", (*faq, REFUND)), retriever(tmp_path / "all", (*ENTRIES, REFUND))

    for text in ("买错了能退款吗", "七天内可以退钱吗？"):
        assert (alone.ask(text).decision, alone.ask(text).entry_id) == ("answer", "faq-refund")
        assert beside.ask(text).entry_id in (None, "pol-fee")
    assert alone.ask("鲸鱼能退款吗睡觉").reason != "policy_only"


@pytest.mark.parametrize(
    "text", ["材料价格怎么导入", "人工费怎么录入", "报价单导出失败", "费用报销审批流程怎么走", "免费版和标准版登录地址"]
)
def test_work_with_prices_is_not_a_question_of_price(text):
    assert not policy_only(text)


@pytest.mark.parametrize(
    "text", ["维保续费多少钱", "现场培训怎么收费", "多买五十个并发要不要付费", "软件出错导致返工能赔偿吗"]
)
def test_questions_of_price_and_law_are_recognised(text):
    assert policy_only(text)


def test_the_same_question_gives_the_same_bytes(asked):
    first, second = (json.dumps(asked.ask("材料怎么导").to_json(), ensure_ascii=False) for _ in range(2))

    assert first == second


def test_the_result_has_the_agreed_keys(asked):
    data = asked.ask("怎么导出报表").to_json()

    agreed = [
        "normalized", "tokens", "codes", "decision", "reason", "entry_id", "code", "title", "probability",
        "thresholds", "build_id", "trace_id", "candidates",
    ]  # fmt: skip
    assert [key for key in data if key in agreed] == agreed
    assert set(data["candidates"][0]) == {"entry_id", "title", "probability", "features"}
    assert json.loads(json.dumps(data)) == data


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_it(asked, text):
    result = asked.ask(text)

    assert result.decision in ("answer", "choices", "decline")
    assert 0 <= result.probability <= 1
    assert len(result.offers) <= 3


def test_results_become_decisions_of_the_contract(asked):
    made = [decision_of(asked.ask(text), asked) for text in ("ERROR_403", "NET_1O", "ERR-1043", "所有人都打不开系统")]

    assert [type(decision) for decision in made] == [Answer, Choices, Decline, Runbook]
    assert made[0].version == ENTRIES[0].version
    assert made[0].blocks == ("请管理员在【角色权限】里勾选该功能。", "1. 打开【系统设置】。\n2. 保存后重新登录。")
    assert made[2].codes == ("ERR-1043",)
    assert [from_json(to_json(decision)) for decision in made] == made


def test_a_picked_choice_shows_its_entry(asked):
    picked = asked.entry("how-export")

    assert decision_for(picked, probability=1.0, build_id="b", trace_id="t").entry_id == "how-export"
    assert asked.entry("nobody") is None


def test_lists_paragraphs_and_code_are_blocks_of_their_own():
    markdown = "先看这里：\n1. 打开\n   细节\n2. 保存\n\n```\na\n\nb\n```\n最后一句。"

    assert split_blocks(markdown) == ("先看这里：", "1. 打开\n   细节\n2. 保存", "```\na\n\nb\n```\n最后一句。")


def test_a_word_or_two_is_too_vague_for_a_direct_answer(asked):
    results = [asked.ask(one.title[:4]) for one in asked.entries]

    assert {result.reason for result in results if result.decision == "answer"} <= {"exact", "code"}
    assert "vague" in {result.reason for result in results}


def test_a_question_written_down_word_for_word_wins_over_a_code_in_it(tmp_path):
    runbook = replace(ENTRIES[-1], similar=("ERROR_403 了，全员", "NLS_LANG 建库时怎么设"))
    asked = retriever(tmp_path, (*ENTRIES[:-1], runbook))

    for text in ("ERROR_403了，全员", "NLS_LANG 建库时怎么设"):
        result = asked.ask(text)
        assert (result.decision, result.reason, result.entry_id) == ("answer", "exact", "run-crash")
    assert asked.ask("ERROR_403 了").entry_id == "err-403"
    assert asked.ask("NLS_LANG 是什么").decision == "decline"
