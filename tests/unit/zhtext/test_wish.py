import pytest

from zhtext.wish import asks_for_ticket, cancels_human, split_cancel, split_wish, wants_human


@pytest.mark.parametrize(
    "text", ["转人工", "轉人工", "人工", "我要找真人", "帮我转人工客服", "找个人", "联系客服", "我要人工服务。"]
)
def test_a_plain_wish_for_a_person_is_one(text: str) -> None:
    assert wants_human(text)


@pytest.mark.parametrize(
    "text", ["人工费怎么录入", "人工成本", "不用转人工了", "转给张工", "工单怎么导出", "焊接机器人", ""]
)
def test_labour_cost_colleagues_and_refusals_are_none(text: str) -> None:
    assert not wants_human(text)


@pytest.mark.parametrize("text", ["取消人工", "取消真人客服", "不用转人工了", "不需要人工", "唔使人工"])
def test_a_refusal_is_heard(text: str) -> None:
    assert cancels_human(text)
    assert not wants_human(text)


@pytest.mark.parametrize("text", ["查工单", "查工單", "我的工单到哪了", "看看工单进度"])
def test_asking_for_ones_ticket_is_heard(text: str) -> None:
    assert asks_for_ticket(text)


@pytest.mark.parametrize(
    ("text", "wish", "rest"),
    [
        ("转人工，审批一直卡住", True, "审批一直卡住"),
        ("审批一直卡住了！轉人工", True, "审批一直卡住了"),
        ("审批一直卡住", False, "审批一直卡住"),
        ("人工费怎么录入，急", False, "人工费怎么录入，急"),
    ],
)
def test_what_comes_along_with_a_wish_is_kept(text: str, wish: bool, rest: str) -> None:
    assert split_wish(text) == (wish, rest)


@pytest.mark.parametrize(
    ("text", "plain", "rest"),
    [
        ("取消人工", True, ""),
        ("取消人工，另外怎么导出", True, "另外怎么导出"),
        ("取消真人客服。登录不上怎么办", True, "登录不上怎么办"),
        ("转人工", False, "转人工"),
        ("怎么取消审批", False, "怎么取消审批"),
    ],
)
def test_what_comes_along_with_taking_it_back_is_kept(text: str, plain: bool, rest: str) -> None:
    assert split_cancel(text) == (plain, rest)
