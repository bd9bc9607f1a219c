"""Settings -> the official account, if one is set up."""

from __future__ import annotations

from gateway.channels.wechat.settings import WeChatSettings
from gongda.errors import BadSetting
from gongda.settings import Settings


def wechat_settings(settings: Settings) -> WeChatSettings | None:
    """The official account, if one is set up. Raises BadSetting."""
    if settings.wechat_token is None:
        return None
    secret = settings.wechat_app_secret
    try:
        return WeChatSettings(
            token=settings.wechat_token.get_secret_value(),
            app_id=settings.wechat_app_id,
            app_secret=secret.get_secret_value() if secret else "",
            api_base=settings.wechat_api_base,
            customer_service=settings.wechat_customer_service,
        )
    except ValueError as error:
        raise BadSetting(f"微信公众号设置有误：{error}") from error
