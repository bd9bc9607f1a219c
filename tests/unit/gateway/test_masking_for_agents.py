from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.masking import for_agents


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("账号 admin 密码 Abc@123", "账号 admin 密码 ［密码］"),
        ("打 13812345678，密码是13812345678", "打 13812345678，密码是［密码］"),
        ("jdbc:mysql://root:pw123@10.0.0.1/db", "jdbc:mysql://［连接凭据］@10.0.0.1/db"),
        ("身份证110101199003078515", "身份证［身份证号］"),
        ("Authorization: Bearer abcdefgh12345678", "Authorization: Bearer ［密钥］"),
        ("提取码：8x2k，谢谢", "提取码：［密码］，谢谢"),
    ],
)
def test_secrets_are_hidden_from_agents(typed: str, shown: str) -> None:
    assert for_agents(typed) == shown


@pytest.mark.parametrize(
    "typed",
    [
        "我的电话 13812345678，邮箱 zhang@example.com，微信号 zhang_gong88",
        "加密锁号12345678",
        "序列号 AB12-CD34-EF56",
        "授权码：ABCD-EFGH-1234-5678",
        "GD-20261122-0042-7 导入报 ERR-1042，3.2.1 版",
        "密码是多少？密码至少 10 位",
    ],
)
def test_what_agents_need_stays(typed: str) -> None:
    assert for_agents(typed) == typed


@given(
    st.lists(st.sampled_from(["密码是abc123", "13812345678", "授权码：AB12-CD34", "token=", " ", "，"])).map("".join)
)
def test_hiding_twice_is_hiding_once(text: str) -> None:
    assert for_agents(for_agents(text)) == for_agents(text)
