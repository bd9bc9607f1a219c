from __future__ import annotations

from gateway.console.forms import Form
from gateway.console.knowledge.begun import Near, best, wordings
from gateway.console.knowledge.written import blank, of_content, of_form
from gateway.wording import Wording


def test_each_entry_is_suggested_once_by_its_best_probability() -> None:
    found = [Near("a", "甲", 0.2), Near("b", "乙", 0.5), Near("a", "甲", 0.7)]
    assert [(one.entry_id, one.probability) for one in best(found)] == [("a", 0.7), ("b", 0.5)]


def test_only_wordings_that_are_really_new_are_added() -> None:
    asked = ["图纸怎么下载？", "圖紙怎麼下載", "图纸打不开，密码是 Abc12345", "手机上能看模型吗"]
    assert wordings("图纸怎么下载", ["手机上能看模型吗？"], asked) == ("图纸打不开，密码是 ［密码］",)


def test_new_wordings_go_to_the_end_and_nothing_else_changes() -> None:
    sheet = blank(question="问", similar="甲\n\n乙 ")
    assert sheet.adding(["丙"]).fields["similar"] == "甲\n乙 \n丙"
    assert sheet.adding([]) is sheet


def test_an_answer_that_nobody_has_written_is_left_empty_in_the_form() -> None:
    assert of_content({"answer": "〔待编写〕请写。"}).fields["answer"] == ""
    assert of_content({"answer": "**现象**：黑屏\n\n〔待编写〕请写。"}).fields["answer"].startswith("**现象**")


def test_rows_of_versions_stay_together() -> None:
    items = tuple(
        (f"variant_{name}", value)
        for row in (("6.2", "新", "答一"), ("", "", ""), ("<6", "旧", "答二"))
        for name, value in zip(("versions", "label", "answer"), row, strict=True)
    )
    read = of_form(Form(dict(items), Wording({}), items))
    assert [(one.versions, one.label, one.answer) for one in read.variants] == [
        ("6.2", "新", "答一"),
        ("<6", "旧", "答二"),
    ]
