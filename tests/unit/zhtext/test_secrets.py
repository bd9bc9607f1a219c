"""What must not be logged or drafted, and what looks like it and may."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhtext.secrets import LABELS, mask_secrets

PIECES = [
    "密码是abc123",
    "password=x1y2z3",
    "pwd:",
    "Token:",
    "Bearer",
    "abcdefgh1234",
    "postgresql://u:p@h",
    "13812345678",
    "a@b.cn",
    "11010519491231002X",
    "锁号",
    "20418873",
    "6222021234567894",
    "；",
    ";",
    "&",
    '"',
    "'",
    "［密码］",
    "身份证号",
    "卡号",
    ":",
    "=",
    "\n",
    "QQ",
    "123456789",
]
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=10).map("".join)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("密码是admin123", "密码是［密码］"),
        ("初始密码 Jh@123456 首次登录要改", "初始密码 ［密码］ 首次登录要改"),
        ("密碼是 abc123", "密碼是 ［密码］"),
        ("把口令改成 S3cret#9 了", "把口令改成 ［密码］ 了"),
        ("验证码 482913", "验证码 ［密码］"),
        ("DB_PASSWORD=s3cret", "DB_PASSWORD=［密码］"),
        ("spring.datasource.password: s3cret", "spring.datasource.password: ［密码］"),
        ('{"password":"abc","user":"x"}', '{"password":"［密码］","user":"x"}'),
        ('"password": "a,b1 c", "user": "x"', '"password": "［密码］", "user": "x"'),
        ("Server=db;User Id=sa;Password=P@ss;w0rd;Encrypt=true", "Server=db;User Id=sa;Password=［密码］;Encrypt=true"),
        ("jdbc:postgresql://db/jh?password=s3cret&ssl=true", "jdbc:postgresql://db/jh?password=［密码］&ssl=true"),
        ("postgresql://jh:pa:ss@db:5432/jh", "postgresql://［连接凭据］@db:5432/jh"),
        ("<password>abc123</password>", "<password>［密码］</password>"),
        ("mysql --password s3cret", "mysql --password ［密码］"),
        ("账号密码 admin/admin123", "账号密码 admin/［密码］"),
        ("Authorization: Bearer abcdefgh12345", "Authorization: Bearer ［密钥］"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc_def", "［密钥］"),
        ("AppSecret：0123456789abcdef0123456789abcdef", "AppSecret：［密钥］"),
        ("access_token=abc123&x=1", "access_token=［密钥］&x=1"),
        ("| 密码 | Abc@1234 |", "| 密码 | ［密码］ |"),
        ("| **初始密码**   |   Abc@1234|", "| **初始密码**   |   ［密码］|"),
        ("| 密钥 | 0123456789abcdef |", "| 密钥 | ［密钥］ |"),
        ("a.b.c.d.e.f.g.h.password=abc123", "a.b.c.d.e.f.g.h.password=［密码］"),
        ("my_pin_password: abc123", "my_pin_password: ［密码］"),
        ("x-eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc_def", "x-［密钥］"),
        ("AKIAABCDEFGHIJKLMNOP", "［密钥］"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "［密钥］"),
        ("身份证 11010519491231002X", "身份证 ［身份证号］"),
        ("证件号码：110105194912310021", "证件号码：［身份证号］"),
        ("工人 A123456789", "工人 ［身份证号］"),
        ("香港身份證 A123456(3)", "香港身份證 ［身份证号］"),
        ("卡号：6222021234567890123", "卡号：［银行卡号］"),
        ("打到 4111 1111 1111 1111", "打到 ［银行卡号］"),
        ("加密锁号是20418873", "加密锁号是［锁号］"),
        ("激活码 ABCD-1234-EF56-7890", "激活码 ［许可号］"),
        ("打 138 1234 5678 或 一三八一二三四五六七九", "打 ［电话］ 或 ［电话］"),
        ("邮箱 a@b.cn，QQ 123456789，微信 zl_12345", "邮箱 ［邮箱］，QQ ［QQ号］，微信 ［微信号］"),
        ("家住浙江省杭州市西湖区文三路90号2楼", "［地址］"),
    ],
)
def test_a_secret_is_replaced_by_its_name(text: str, masked: str) -> None:
    assert mask_secrets(text).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "| 密码 | 必填 |", "| password | varchar(64) |", "| 密码 | 8-16 位 |", "| 密码 | 8-16 |", "| 密码 | SHA-256 |", "| 密码 | ERR-1042 |",
        "| Token | string |", "| password | 密码 | pwd |", "密码是多少", "密码至少 10 位，含大小写字母和数字，90 天更换", "密码 8-16 位", "密码2026年到期", "密码：必填", "密码怎么改",
        "密码：******", "密码是否过期", "忘记密码了", "密码输错 5 次锁定 30 分钟", "验证码收不到", "password incorrect",
        'password authentication failed for user "jh"', "Password: string", '"password": null', "token 过期", "Token: expired",
        "Cookie 被禁用", "secret 模式", "订单号 2026091512345678", "版本 6.2.1，ERR-1042，GD-20261122-0042-7", "清单编码 010101001001",
        "锁号 8 位数字", "端口 5432、8080", "0x80070005", "GB/T 50328-2014", "http://abc.com/x?id=1", "2026-09-15 08:30",
    ],
)  # fmt: skip
def test_what_gives_nothing_away_stays(text: str) -> None:
    assert mask_secrets(text).text == text


def test_the_kinds_are_told_in_order_and_once() -> None:
    masked = mask_secrets("密码是abc123，电话13812345678，备用13812345679")

    assert masked.kinds == ("password", "phone")
    assert all(LABELS[kind] in masked.text for kind in masked.kinds)


def test_a_wrong_check_digit_is_a_mere_number() -> None:
    assert mask_secrets("流水 110105194912310021").kinds == ()
    assert mask_secrets("流水 4111 1111 1111 1112").kinds == ()


@given(texts)
def test_masking_again_changes_nothing(text: str) -> None:
    masked = mask_secrets(text)

    assert mask_secrets(masked.text).text == masked.text


@given(st.text(max_size=40))
def test_no_text_is_too_odd(text: str) -> None:
    masked = mask_secrets(text)

    assert masked.kinds or masked.text == text
