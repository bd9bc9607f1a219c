"""Settings -> the official account, if one is set up."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import httpx2
from pydantic import SecretStr

from desk.clock import Clock
from gateway.channels.wechat.settings import Mode, WeChatSettings
from gongda.errors import BadSetting
from gongda.settings import Settings

CLOCK_LIMIT = 60.0  # seconds; signatures are good for 300
MODES: dict[Mode, str] = {"plain": "明文模式", "compatible": "兼容模式", "secure": "安全模式"}


def wechat_settings(settings: Settings) -> WeChatSettings | None:
    """The official account, if one is set up. Raises BadSetting."""
    token, key = _said(settings.wechat_token), _said(settings.wechat_aes_key)
    if not token:
        if key or settings.wechat_mode:
            raise BadSetting("填了 GONGDA_WECHAT_AES_KEY 或 GONGDA_WECHAT_MODE，却没有填 GONGDA_WECHAT_TOKEN")
        return None
    _complete(settings)
    try:
        return WeChatSettings(
            token=token,
            previous_token=_said(settings.wechat_token_previous),
            app_id=settings.wechat_app_id.strip(),
            app_secret=_said(settings.wechat_app_secret),
            mode=_mode(settings.wechat_mode, key),
            aes_key=key,
            previous_aes_key=_said(settings.wechat_aes_key_previous),
            api_base=settings.wechat_api_base,
            customer_service=settings.wechat_customer_service,
            token_file=settings.var / "wechat_token.json",
        )
    except ValueError as error:
        raise BadSetting(f"微信公众号设置有误：{error}") from error


def _complete(settings: Settings) -> None:
    """Nothing is missing that would only show when the first message is to be pushed. Raises BadSetting."""
    if not settings.wechat_api_base.startswith(("https://", "http://")):
        raise BadSetting(
            f"GONGDA_WECHAT_API_BASE 要以 https:// 开头，现在是“{settings.wechat_api_base[:40]}”；一般不用设"
        )
    if settings.wechat_customer_service and not (settings.wechat_app_id.strip() and _said(settings.wechat_app_secret)):
        raise BadSetting(
            "设了 GONGDA_WECHAT_CUSTOMER_SERVICE=true，推送还需要 GONGDA_WECHAT_APP_ID 和 GONGDA_WECHAT_APP_SECRET"
        )


def _mode(wanted: str, key: str) -> Mode:
    """As it is set; else the strictest that the keys allow: 安全模式 also reads what 兼容模式 sends."""
    wanted = wanted.strip().lower()
    if not wanted:
        return "secure" if key else "plain"
    for mode in MODES:
        if wanted == mode:
            return mode
    names = "、".join(f"{mode}（{name}）" for mode, name in MODES.items())
    raise ValueError(f"GONGDA_WECHAT_MODE 只能是 {names}，现在是“{wanted[:20]}”")


def _said(secret: SecretStr | None) -> str:
    return secret.get_secret_value().strip() if secret else ""


def pushes(wechat: WeChatSettings | None) -> bool:
    """Whether there is an account, and it may send customer-service messages."""
    return wechat is not None and wechat.customer_service


def described(account: WeChatSettings) -> str:
    """The mode by name, and what is being rotated."""
    notes = [MODES[account.mode]]
    if account.mode == "plain":
        notes.append(
            "消息没有加密，内容也不受签名保护；建议在公众号后台改为安全模式" if not account.aes_key else "密钥没有用上"
        )
    if account.mode == "compatible":
        notes.append("没有加密的消息也收，切换完请改为 secure")
    if account.previous_token or account.previous_aes_key:
        notes.append("旧的 Token 或密钥还在用，换完请删掉")
    return notes[0] + (f"（{'；'.join(notes[1:])}）" if notes[1:] else "")


def seconds_off(api_base: str, clock: Clock) -> float | None:
    """How far our clock is ahead of WeChat's, by the date of an answer; None when nobody answers."""
    try:
        date = httpx2.head(api_base, timeout=3.0).headers["date"]
        return (clock() - parsedate_to_datetime(date)).total_seconds()
    except (httpx2.HTTPError, httpx2.InvalidURL, KeyError, ValueError, TypeError):
        return None
