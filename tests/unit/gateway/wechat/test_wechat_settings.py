from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.channels.wechat.settings import Mode, WeChatSettings


@pytest.mark.parametrize("token", ["", "ab", "x" * 33, "有汉字", "a b c"])
def test_a_token_that_wechat_would_not_take_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="3 到 32"):
        WeChatSettings(token=token, app_id="wx", app_secret="s")


def test_a_deadline_after_wechats_cut_is_refused() -> None:
    with pytest.raises(ValueError, match="under the cut"):
        WeChatSettings(token="gongda", app_id="wx", app_secret="s", passive_deadline=5.5)


def test_a_previous_token_is_held_to_the_same_form_and_comes_second() -> None:
    assert WeChatSettings(token="new", previous_token="old", app_id="wx", app_secret="s").tokens == ("new", "old")
    with pytest.raises(ValueError, match="3 到 32"):
        WeChatSettings(token="new", previous_token="o", app_id="wx", app_secret="s")


@pytest.mark.parametrize("name", ["aes_key", "previous_aes_key"])
def test_a_key_of_the_wrong_length_is_refused_with_its_length_and_not_shown(name: str) -> None:
    with pytest.raises(ValueError, match="现在是 44 位") as refused:
        replace(WeChatSettings(token="gongda", app_id="wx", app_secret="s"), **{name: "A" * 44})  # type: ignore[arg-type]
    assert "AAAA" not in str(refused.value)


@pytest.mark.parametrize("mode", ["compatible", "secure"])
def test_encryption_without_a_key_or_without_an_appid_is_refused(mode: Mode) -> None:
    for app_id, key in (("wx1", ""), ("", "A" * 43)):
        with pytest.raises(ValueError, match="EncodingAESKey 和 AppID"):
            WeChatSettings(token="gongda", app_id=app_id, app_secret="s", mode=mode, aes_key=key)


def test_nothing_secret_is_shown() -> None:
    made = WeChatSettings(
        token="token1", previous_token="token2", app_id="wx1", app_secret="s", mode="secure",
        aes_key="A" * 43, previous_aes_key="B" * 43,
    )  # fmt: skip
    assert not any(secret in repr(made) for secret in ("token1", "token2", "AAAA", "BBBB"))
