from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from gongda.replay.preparing import scratch_settings
from gongda.settings import Settings
from gongda.wechat import wechat_settings


def test_nothing_of_the_operators_own_account_is_on_the_stage(tmp_path: Path) -> None:
    own = Settings(
        wechat_token=SecretStr("token2026"),
        wechat_token_previous=SecretStr("token2025"),
        wechat_app_id="wx1234567890abcdef",
        wechat_app_secret=SecretStr("secret"),
        wechat_aes_key=SecretStr("A" * 43),
        wechat_mode="secure",
        wechat_customer_service=True,
    )
    assert wechat_settings(own) is not None

    assert wechat_settings(scratch_settings(own, tmp_path, 1, 2)) is None
