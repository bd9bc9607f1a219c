"""The form of an entry: what is wrong is said beside the field, and nothing that was typed is lost."""

from __future__ import annotations

import re

import pytest

from tests.integration.gateway.console.knowledge_world import Knowledge, entry, form
from tests.integration.gateway.console.world import World

JSON = {"accept": "application/json"}


def new(world: World, login: str = "chen", **fields):
    return world.browser(login).post("/console/new-entry", data=form(entry_id="entry-1", **fields))


def mistakes(page: str) -> dict[str, str]:
    return dict(re.findall(r'id="mistake-(\w+)">([^<]+)<', page))


def test_a_new_entry_is_kept_as_a_draft_in_the_name_of_its_author(world: World, knowledge: Knowledge) -> None:
    answer = new(world, "zhang")
    assert answer.headers["location"] == "/console/entries/entry-1?done=entry_saved"
    kept = knowledge.versions("entry-1")[0]
    assert (kept.state, kept.author) == ("draft", world.agent("zhang").actor)
    assert kept.content["similar"] == ["图纸怎么存", "圖紙怎麼存"]
    assert (kept.content["code"], kept.content["workaround"], kept.content["review"]) == (None, None, "")
    assert knowledge.of("entry-1").owner == "资料组"
    assert "版本" not in kept.content  # nothing but what an entry has
    assert "version" not in kept.content


def test_saving_and_submitting_is_one_step_for_an_editor(world: World, knowledge: Knowledge) -> None:
    assert new(world, action="submit").headers["location"].endswith("?done=entry_submitted")
    assert knowledge.of("entry-1").state == "submitted"


def test_a_second_click_makes_no_second_entry_or_version(world: World, knowledge: Knowledge) -> None:
    assert new(world).status_code == new(world).status_code == 303
    assert knowledge.entry_ids() == ["entry-1"]
    assert len(knowledge.versions("entry-1")) == 1


def test_a_draft_may_lack_its_answer_but_not_be_submitted_without(world: World, knowledge: Knowledge) -> None:
    assert new(world, answer=" ").status_code == 303
    assert knowledge.versions("entry-1")[0].content["answer"].startswith("〔待编写〕")
    page = world.browser("chen").get("/console/entries/entry-1/edit").text
    assert "〔待编写〕" not in page.split("答案", 1)[1].split("</textarea>")[0]
    refused = new(world, answer=" ", action="submit", base=knowledge.of("entry-1").fingerprint)
    assert (refused.status_code, mistakes(refused.text)["answer"]) == (422, "答案不能为空。")


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"title": " "}, "title", "标题不能为空。"),
        ({"question": ""}, "question", "问题不能为空。"),
        ({"title": "长" * 101}, "title", "标题最多 100 个字，现在有 101 个。"),
        ({"type": "poem"}, "type", "请选择类型。"),
        ({"type": "error_code"}, "code", "类型是错误码时要填错误码，例如 ERR-1042。"),
        ({"versions": "六点几"}, "versions", "看不懂“六点几”。写成 *、6.1、&gt;=6.0、&lt;6.0 或 5.2-5.4，几段用逗号隔开。"),
        ({"review": "明年"}, "review", "日期写成 2027-02-20 这样；留空就是批准后 90 天。"),
        ({"similar": "好\n" + "长" * 201}, "similar", "第 2 条相似问太长：最多 200 个字，现在有 201 个。"),
        ({"similar": "\n".join(f"问{n}" for n in range(101))}, "similar", "相似问最多 100 条，现在有 101 条。"),
        ({"answer": "请打 400-123-4567"}, "answer", "含有不在许可名单上的联系方式：400-123-4567。"),
        ({"similar": "加微信 wxid_abc123 问"}, "similar", "含有不在许可名单上的联系方式"),
        ({"answer": "前\x07后"}, "answer", "答案里有看不见的控制字符，保存不了。请删掉后重新输入这一段。"),
        ({"answer": "写了 〔待编写〕", "action": "submit"}, "answer", "还有没写完的地方：找到〔待编写〕，把那一行换成正式内容。"),
        (
            {"variant_versions": "6.2", "variant_label": "", "variant_answer": "答"},
            "variants",
            "第 1 个版本没有填全：版本范围、按钮文字、答案都要有。",
        ),
        (
            {"variant_versions": "新版", "variant_label": "新", "variant_answer": "答"},
            "variants",
            "第 1 个版本的范围看不懂“新版”。",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_said_beside_its_field(world, knowledge, fields, field, said) -> None:
    refused = new(world, **fields)
    assert refused.status_code == 422
    assert mistakes(refused.text)[field].startswith(said)
    assert knowledge.entry_ids() == []


def test_a_refused_form_comes_back_as_it_was_typed(world: World) -> None:
    typed = {
        "title": "", "answer": "第一步\n\n  第二步 <b>", "similar": "甲\n\n乙 ", "workaround": "绕开", "source": "手册 §1",
        "variant_versions": ["6.2", "5.x那种"], "variant_label": ["新", "旧"], "variant_answer": ["新答", "旧答"],
    }  # fmt: skip
    page = new(world, **typed).text
    for said in ("第一步\n\n  第二步 &lt;b&gt;", "甲\n\n乙 ", "绕开", "手册 §1", "5.x那种", "旧答"):
        assert said in page
    assert 'name="entry_id" value="entry-1"' in page


def test_answers_for_versions_are_kept_in_order_and_empty_rows_left_out(world: World, knowledge: Knowledge) -> None:
    new(
        world,
        variant_versions=["6.2", "", "<6.0"],
        variant_label=["6.2 版", "", "5.x"],
        variant_answer=["新", "  ", "旧\r\n第二行"],
    )
    assert knowledge.versions("entry-1")[0].content["variants"] == [
        {"versions": "6.2", "label": "6.2 版", "answer": "新"},
        {"versions": "<6.0", "label": "5.x", "answer": "旧\n第二行"},
    ]


def test_saving_without_a_change_makes_no_version_whatever_white_space_the_file_had(world, knowledge) -> None:
    live = knowledge.live(answer="**原因**\n1. 先备份。  \n2. 再升级。\n", code="ERR-1", type="error_code")
    page = world.browser("chen").get("/console/entries/faq-save/edit").text
    fields = dict(re.findall(r'<input[^>]*name="(\w+)" value="([^"]*)"', page))
    content = knowledge.versions()[0].content
    sent = form(
        base=live.fingerprint, title=fields["title"], question=fields["question"], code=fields["code"],
        source=fields["source"], owner=fields["owner"], versions=fields["versions"], module="", audience="",
        type="error_code", answer="**原因**\r\n1. 先备份。  \r\n2. 再升级。", similar="图纸怎么存\r\n", topic=content["topic"],
    )  # fmt: skip
    answer = world.browser("chen").post("/console/entries/faq-save/draft", data=sent)
    assert answer.headers["location"].endswith("?done=entry_unchanged")
    assert len(knowledge.versions()) == 1


def test_somebody_who_saved_meanwhile_is_shown_beside_what_was_typed(world: World, knowledge: Knowledge) -> None:
    base = knowledge.live().fingerprint
    chen, wang = world.browser("chen"), world.browser("wang")
    path = "/console/entries/faq-save/draft"
    assert chen.post(path, data=form(base=base, answer="陈静写的。")).status_code == 303
    refused = wang.post(path, data=form(base=base, answer="王海涛写的。", similar="我加的问法"))
    assert refused.status_code == 409
    assert "别人刚保存过这一条" in refused.text
    assert "<del>陈静</del>写的。" in refused.text
    assert "<ins>王海涛</ins>写的。" in refused.text
    assert "我加的问法</textarea>" in refused.text
    fresh = re.search(r'name="base" value="(\w+)"', refused.text)
    assert fresh
    assert fresh[1] == knowledge.versions()[-1].fingerprint
    assert wang.post(path, data=form(base=fresh[1], answer="两人的都在。")).status_code == 303
    assert [one.content["answer"] for one in knowledge.versions()][1:] == ["陈静写的。", "两人的都在。"]


def test_a_new_entry_never_buries_one_of_the_same_id(world: World, knowledge: Knowledge) -> None:
    knowledge.live("entry-1", title="原来就有的")
    refused = new(world, title="我的")
    assert refused.status_code == 409
    assert knowledge.of("entry-1").title == "原来就有的"


def test_a_retired_entry_can_be_written_but_not_submitted(world: World, knowledge: Knowledge) -> None:
    base = knowledge.live().fingerprint
    world.browser("chen").post("/console/entries/faq-save/retire", data={"reason": "旧"})
    path = "/console/entries/faq-save/draft"
    refused = world.browser("chen").post(path, data=form(base=base, action="submit", answer="改过。"))
    assert (refused.status_code, "这一条已下架" in refused.text, "改过。</textarea>" in refused.text) == (
        409,
        True,
        True,
    )
    assert world.browser("chen").post(path, data=form(base=base, answer="改过。")).status_code == 303


def test_an_id_that_the_desk_cannot_keep_is_said_in_the_form(world: World, knowledge: Knowledge) -> None:
    refused = world.browser("chen").post("/console/new-entry", data=form(entry_id="../../x"))
    assert refused.status_code == 422
    assert "点【保存】。</textarea>" in refused.text
    assert knowledge.entry_ids() == []


def test_an_older_version_can_be_taken_up_again(world: World, knowledge: Knowledge) -> None:
    knowledge.live(answer="旧答案。")
    newest = knowledge.live(answer="新答案。")
    page = world.browser("chen").get("/console/entries/faq-save/edit?version=1").text
    assert "旧答案。</textarea>" in page
    assert f'name="base" value="{newest.fingerprint}"' in page


def test_the_preview_shows_the_cards_that_customers_get(world: World) -> None:
    fields = form(
        answer="先备份。\n\n1. 点【导出】\n2. 点 **确定**", workaround="手抄", variant_versions="6.2", variant_label="6.2 版",
        variant_answer="自动备份。",
    )  # fmt: skip
    page = world.browser("zhang").post("/console/preview", data=fields).text
    assert re.findall('<h3 translate="no">([^<]+)</h3>', page) == ["怎么保存", "怎么保存（6.2 版）"]
    assert re.findall('<div data-markdown translate="no">([^<]+)</div>', page)[:3] == [
        "先备份。",
        "1. 点【导出】\n2. 点 **确定**",
        "手抄",
    ]
    assert "<script" not in page


def test_a_long_entry_fits_and_one_beyond_reason_is_refused(world: World, knowledge: Knowledge) -> None:
    assert new(world, answer="长" * 8_000).status_code == 303
    assert new(world, answer="长" * 8_001).status_code == 422
    assert new(world, answer="x" * 1_100_000).status_code == 413
    assert len(knowledge.versions("entry-1")) == 1


def test_content_the_knowledge_side_would_refuse_never_reaches_the_desk(world: World, knowledge: Knowledge) -> None:
    new(world)
    content = knowledge.versions("entry-1")[0].content
    assert entry().from_json({**content, "id": "entry-1"}).version == knowledge.of("entry-1").fingerprint
