from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb_ingest.gaps.clusters import Cluster, Question, assign, title
from retrieval.asking.content import about, content, is_question
from retrieval.building.placing import Place, place
from retrieval.indexing.encoder import HashEncoder
from retrieval.knowledge.drafts import MAX_SIMILAR, from_cluster, from_ticket
from retrieval.knowledge.entry import Entry
from retrieval.knowledge.unwritten import MARK
from tests.unit.retrieval.corpus import ENTRIES, NOW, entry, retriever

ENCODER = HashEncoder()
WEIGHBRIDGE = ("地磅的数据能自动进来吗", "地磅能不能跟入库联动", "地磅的磅單可以自動帶到收料嗎")
WATERMARK = ("下载的图纸能不能加水印", "下載的圖紙可以加浮水印嗎", "图纸水印在哪里设置")


def asked(*texts):
    return [Question(number, text) for number, text in enumerate(texts, 1)]


def groups(texts, clusters=()):
    return [(one.cluster_id, one.group) for one in assign(asked(*texts), clusters, ENCODER)]


def test_questions_about_one_thing_make_one_group_in_either_script():
    assert groups((*WEIGHBRIDGE, *WATERMARK)) == [(None, 0)] * 3 + [(None, 1)] * 3


def test_new_questions_join_a_cluster_that_exists():
    known = [Cluster(7, WATERMARK[:2]), Cluster(9, WEIGHBRIDGE[:2])]

    assert groups((WEIGHBRIDGE[2], WATERMARK[2]), known) == [(9, None), (7, None)]


def test_clusters_that_exist_stay_apart_however_alike_they_are():
    twins = [Cluster(1, WATERMARK), Cluster(2, WATERMARK)]

    (found,) = groups((WATERMARK[0],), twins)

    assert found in {(1, None), (2, None)}


def test_a_question_of_its_own_is_a_group_of_one():
    assert groups(("塔吊监测怎么对接", *WATERMARK))[0] == (None, 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "？？？",
        "啊啊啊啊啊",
        "asdfghjkl",
        "jkjkjk sdfsdf",
        "hhhhh",
        "1",
        "666",
        "打不开",
        "报错",
        "你好",
        "好的",
        "转人工",
        "怎么办",
    ],
)
def test_gibberish_and_single_words_are_in_no_cluster(text):
    assert groups((text, *WATERMARK))[0] == (None, None)


@pytest.mark.parametrize("text", ["导入失败", "login failed", "報表空白", "发票 ocr", "E1001 怎么处理"])
def test_two_words_are_a_question(text):
    assert is_question(text)


def test_script_makes_no_difference_to_what_a_question_is_about():
    assert content("匯入清單顯示亂碼") == content("导入清单显示乱码")
    assert about("我要 export report") == "export report"


def test_nothing_asked_is_nothing_assigned():
    assert assign([], [Cluster(1, WATERMARK)], ENCODER) == ()
    assert groups(("打不开",)) == [(None, None)]


def test_an_empty_cluster_attracts_nothing():
    assert groups(WATERMARK, [Cluster(1, ())]) == [(None, 0)] * 3


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=12), st.integers(0, 99))
def test_every_question_gets_one_assignment_and_groups_are_numbered_from_nothing(texts, seed):
    mixed = [*texts, *WATERMARK]
    random.Random(seed).shuffle(mixed)

    found = assign(asked(*mixed), [Cluster(5, WEIGHBRIDGE)], ENCODER)

    assert [one.question_id for one in found] == list(range(1, len(mixed) + 1))
    numbers = [one.group for one in found if one.group is not None]
    assert sorted(set(numbers)) == list(range(len(set(numbers))))
    assert all(one.cluster_id is None or one.group is None for one in found)


def test_the_title_is_the_question_most_like_the_others():
    texts = ["图纸水印", "图纸下载的时候加水印", "下载加水印"]

    assert title(texts) == "图纸下载的时候加水印"
    assert title(texts, ENCODER) in texts
    assert title(["只有一句"]) == "只有一句"


def test_a_title_needs_a_question():
    with pytest.raises(ValueError, match="no title"):
        title([])


def test_a_draft_of_a_cluster_asks_the_question_and_waits_for_its_answer():
    draft = from_cluster([*WATERMARK, "图纸水印在哪里设置？"], WATERMARK[0], now=NOW, author="小林")

    assert draft.question == WATERMARK[0]
    assert draft.similar == WATERMARK[1:]
    assert draft.answer.startswith(MARK)
    assert (draft.type, draft.owner, draft.review) == ("faq", "小林", "2027-02-20")
    assert Entry.from_json(draft.to_json()) == draft


def test_drafting_a_gap_twice_gives_one_entry():
    first = from_cluster(WATERMARK, WATERMARK[0], now=NOW, author="小林")
    again = from_cluster(WATERMARK[:1], WATERMARK[0], now=NOW, author="阿明")

    assert first.id == again.id
    assert first.id != from_cluster(WATERMARK, WATERMARK[2], now=NOW, author="小林").id


def test_no_secret_of_an_asker_gets_into_a_draft():
    draft = from_cluster(
        ["打我电话 13812345678 说下水印怎么加"], "水印怎么加，我密码是 Abc123456", now=NOW, author="小林"
    )

    assert "13812345678" not in str(draft)
    assert "Abc123456" not in str(draft)
    assert "［电话］" in draft.similar[0]


def test_a_draft_keeps_a_readable_number_of_wordings():
    texts = [f"{chr(0x4E00 + 97 * n)}{chr(0x5E00 + 89 * n)}怎么{chr(0x6E00 + 83 * n)}出来" for n in range(60)]

    assert len(from_cluster(texts, "水印怎么加", now=NOW, author="小林").similar) == MAX_SIMILAR


def test_a_gap_without_a_title_is_no_draft():
    with pytest.raises(ValueError, match="empty"):
        from_cluster(WATERMARK, "  ", now=NOW, author="小林")


def ticket(**changes):
    given = {
        "number": "GD-20261122-0042-7", "summary": "导入材料清单报 ERR-1042", "solution": "1. 关掉 Excel。\n2. 重新导入。",
        "slots": {"phenomenon": "导入材料清单读不出来", "error_code": "ERR-1042", "version": "6.2", "os": "Windows 10",
                  "phone": "13812345678"},
        "transcript": ["在吗", "我们导入清单一直读不出来", "密码是 Abc123456 你们登上看看"], "now": NOW, "author": "阿明",
    }  # fmt: skip
    return from_ticket(**{**given, **changes})


def test_a_resolved_ticket_becomes_a_case_with_what_helped():
    draft = ticket(topic="data_import")

    assert (draft.id, draft.type, draft.topic, draft.versions) == ("case-20261122-0042", "case", "data_import", "6.2")
    assert draft.question == "导入材料清单读不出来"
    assert "**环境**：错误码 ERR-1042、版本 6.2、系统 Windows 10" in draft.answer
    assert draft.answer.endswith("**处理**\n1. 关掉 Excel。\n2. 重新导入。")
    assert "我们导入清单一直读不出来" in draft.similar
    assert draft.code is None
    assert MARK not in str(draft)


def test_no_secret_of_a_ticket_gets_into_its_case():
    draft = ticket(solution="远程密码：Abc123456，打 13912345678 确认后删了缓存。")

    for secret in ("Abc123456", "13812345678", "13912345678", "0042-7"):
        assert secret not in str(draft)


def test_a_ticket_without_a_solution_waits_for_one():
    assert MARK in ticket(solution=" ").answer
    assert MARK in ticket(summary="", slots={}, transcript=[]).question


def test_a_new_entry_is_placed_where_the_nearest_ones_are(tmp_path):
    importing = tuple(
        Entry(**{**vars(one), "topic": "data_import", "module": "数据导入"}) if "导入" in one.question else one
        for one in (*ENTRIES, entry("how-list", "材料清单导入以后怎么核对"))
    )

    near = retriever(tmp_path, importing)
    found = place(near, ["材料清单怎么导入", "批量导入清单"])

    assert (found.topic, found.module) == ("data_import", "数据导入")
    assert place(near, []) == Place()
