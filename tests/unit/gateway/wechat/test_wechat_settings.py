from __future__ import annotations

import pytest

from gateway.channels.wechat.settings import WeChatSettings


@pytest.mark.parametrize("token", ["", "ab", "x" * 33, "有汉字", "a b c"])
def test_a_token_that_wechat_would_not_take_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="3 to 32"):
        WeChatSettings(token=token, app_id="wx", app_secret="s")


def test_a_deadline_after_wechats_cut_is_refused() -> None:
    with pytest.raises(ValueError, match="under the cut"):
        WeChatSettings(token="gongda", app_id="wx", app_secret="s", passive_deadline=5.5)
