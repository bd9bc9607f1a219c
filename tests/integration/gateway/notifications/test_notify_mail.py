from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.notifications.errors import NoAnswer, Refused, Unavailable
from gateway.notifications.fake_mail import FakeMailServer
from gateway.notifications.mail import Mailbox, Mailer, SmtpServer, letter
from gateway.notifications.message import Message, Person
from tests.integration.gateway.notifications.notify_world import NOW

MAILBOX = Mailbox("bot@jiangheng.example", ("team@jiangheng.example",))
ZHANG = Person("张敏", email="zhang@jiangheng.example")
MESSAGE = Message("【工答】系统瘫痪", ("全公司都打不开",), ("https://kf.example",), (ZHANG,))


@pytest.fixture
def server() -> Iterator[FakeMailServer]:
    with FakeMailServer(password="right") as made:
        yield made


def mailer(server: FakeMailServer, password: str = "right", port: int | None = None) -> Mailer:
    return Mailer(SmtpServer("127.0.0.1", port or server.port, "bot", password), MAILBOX, lambda: NOW)


async def test_a_chinese_letter_reaches_the_team_and_whoever_is_called(server: FakeMailServer) -> None:
    await mailer(server).send(MESSAGE)

    (arrived,) = server.letters
    assert arrived.recipients == ("team@jiangheng.example", "zhang@jiangheng.example")
    assert arrived.message["Subject"] == "【工答】系统瘫痪"
    assert arrived.message.get_content().split() == ["【工答】系统瘫痪", "全公司都打不开", "https://kf.example"]


def test_what_concerns_one_person_is_nobody_elses_letter() -> None:
    made = letter(Message("有新工单", people=(ZHANG,), personal=True), MAILBOX, NOW)

    assert made["To"] == "zhang@jiangheng.example"


def test_a_title_cannot_add_headers() -> None:
    made = letter(Message("a\r\nBcc: all@other.example\r\n\r\nbody"), MAILBOX, NOW)

    assert made["Subject"] == "a Bcc: all@other.example body"
    assert made["Bcc"] is None


def test_an_address_that_is_none_gets_no_letter() -> None:
    odd = Person("x", email="a@b.example\r\nBcc: all@other.example")

    assert letter(Message("a", people=(odd,)), MAILBOX, NOW)["To"] == "team@jiangheng.example"


async def test_a_wrong_password_is_refused(server: FakeMailServer) -> None:
    with pytest.raises(Refused, match="login"):
        await mailer(server, password="wrong").send(MESSAGE)


@pytest.mark.parametrize(
    ("command", "reply", "error"),
    [
        ("RCPT", "550 no such user", Refused),
        ("RCPT", "451 try later", Unavailable),
        ("MAIL", "552 too much", Refused),
        ("DATA", "451 try later", Unavailable),
    ],
)
async def test_reply_codes_tell_never_from_later(
    server: FakeMailServer, command: str, reply: str, error: type[Exception]
) -> None:
    server.replies[command] = reply

    with pytest.raises(error):
        await mailer(server).send(MESSAGE)
    assert server.letters == []


async def test_a_server_that_hangs_up_after_the_text_may_have_it(server: FakeMailServer) -> None:
    server.silent = True

    with pytest.raises(NoAnswer):
        await mailer(server).send(MESSAGE)


async def test_no_server_is_for_later(server: FakeMailServer) -> None:
    with pytest.raises(Unavailable, match="no_connection"):
        await mailer(server, port=1).send(MESSAGE)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtps://a%40b.c:p%3Aw@mail.example", SmtpServer("mail.example", 465, "a@b.c", "p:w", "tls")),
        ("smtp://mail.example:25", SmtpServer("mail.example", 25)),
        ("smtp://u:p@mail.example", SmtpServer("mail.example", 587, "u", "p")),
    ],
)
def test_a_server_is_told_in_one_address(url: str, expected: SmtpServer) -> None:
    assert SmtpServer.parse(url) == expected
    assert "p:w" not in repr(expected)


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://h/x", "smtp://h:port"])
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"smtp|Port"):
        SmtpServer.parse(url)
