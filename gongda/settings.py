"""Deployment settings from environment variables `GONGDA_*`. Secrets have no defaults: see secrets.py."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from gongda.errors import BadSetting
from zhtext import tables

ROOT = Path(__file__).resolve().parent.parent
_SAID = {"bool_parsing": "应为 true 或 false", "int_parsing": "应为整数"}  # what pydantic says in English


class Settings(BaseSettings):
    """Where things are and who listens where. Paths are relative to the repository root."""

    model_config = SettingsConfigDict(env_prefix="GONGDA_", extra="ignore")

    data: Path = Path("var")  # database, index builds, models, logs, uploads
    product: Path | None = None  # the vendor's own product as `gongda init` keeps it; None: `product` under `data`
    kb: Path | None = None  # the corpus that seeds an empty knowledge base; None: the own product's, or the sample's
    host: str = "127.0.0.1"  # 0.0.0.0 puts the gateway, and only the gateway, on the network
    port: int = 8000
    engine_port: int = 5005
    actions_port: int = 5055
    database_url: str | None = None  # postgresql+psycopg://…; None: SQLite under `data`
    encoder: str | None = None  # a sentence-transformers model by name or path; None: the shipped one
    support: Path = Path("support.toml")
    allowed_origins: str = ""  # comma-separated origins of pages that carry the widget
    secure_cookies: bool = False
    dev_clock: Path | None = None  # development only: a file that says what time it is, see gongda.clocks
    wechat_token: SecretStr | None = None  # 公众号后台的 Token；填了才开通 /wechat
    wechat_token_previous: SecretStr | None = None  # 后台换 Token 期间，旧的那个
    wechat_aes_key: SecretStr | None = None  # 后台的 EncodingAESKey，43 位；安全模式和兼容模式必填
    wechat_aes_key_previous: SecretStr | None = None  # 后台换 EncodingAESKey 期间，旧的那个
    wechat_mode: str = ""  # plain, compatible or secure, as in 公众号后台; empty: secure with a key, else plain
    wechat_app_id: str = ""
    wechat_app_secret: SecretStr | None = None
    wechat_api_base: str = "https://api.weixin.qq.com"
    wechat_customer_service: bool = False  # the account may send customer-service messages
    public_url: str = ""  # where customers and agents reach the gateway; links in notices begin with it
    wecom_robot: SecretStr | None = None  # 企业微信群机器人的 Webhook 地址，其中有密钥
    dingtalk_robot: SecretStr | None = None
    dingtalk_secret: SecretStr | None = None  # 加签
    feishu_robot: SecretStr | None = None
    feishu_secret: SecretStr | None = None  # 签名校验
    smtp_url: SecretStr | None = None  # smtp(s)://user:password@host:port
    mail_from: str = ""
    mail_to: str = ""  # comma-separated
    webhook_url: SecretStr | None = None
    webhook_secret: SecretStr | None = None
    identity_secret: SecretStr | None = None  # 网站后端用它给登录用户的 id 签名，见 docs/widget.md

    @property
    def root(self) -> Path:
        """The repository."""
        return ROOT

    @property
    def var(self) -> Path:
        """`data`, absolute."""
        return self.data if self.data.is_absolute() else ROOT / self.data

    @property
    def index(self) -> Path:
        return self.var / "index"

    @property
    def models(self) -> Path:
        return self.var / "models"

    @property
    def uploads(self) -> Path:
        """Documents to be imported, a folder for each upload."""
        return self.var / "uploads" / "imports"

    @property
    def files(self) -> Path:
        """What customers and agents have sent, by content."""
        return self.var / "uploads" / "files"

    @property
    def logs(self) -> Path:
        return self.var / "logs"

    @property
    def own(self) -> Path:
        """The folder of the vendor's own product; `has_own` tells whether there is one."""
        return self.var / "product" if self.product is None else ROOT / self.product

    @property
    def has_own(self) -> bool:
        """Whether `gongda init` has made this installation the vendor's own."""
        return (self.own / "product.yml").is_file()

    @property
    def sample(self) -> Path:
        """The corpus of the sample product."""
        return ROOT / "kb"

    @property
    def corpus(self) -> Path:
        if self.kb is not None:
            return ROOT / self.kb
        return self.own / "kb" if self.has_own else self.sample

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.var / 'desk.db'}"

    @property
    def engine_url(self) -> str:
        return f"http://127.0.0.1:{self.engine_port}"

    @property
    def actions_url(self) -> str:
        return f"http://127.0.0.1:{self.actions_port}"

    @property
    def gateway_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def origins(self) -> tuple[str, ...]:
        return tuple(origin.strip() for origin in self.allowed_origins.split(",") if origin.strip())


def elsewhere(settings: Settings, folder: Path, **changes: object) -> Settings:
    """The same installation, with the same product, keeping its data in `folder`."""
    return settings.model_copy(update={"data": folder, "product": settings.own, **changes})


def share_product(settings: Settings) -> None:
    """Let the words of this process, and of all it starts, be the product's own: to be said before any is read."""
    os.environ[tables.PRODUCT] = str(settings.own)


def load_settings() -> Settings:
    """Raises BadSetting naming every variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = [
            f"GONGDA_{str(problem['loc'][0]).upper()}（{_SAID.get(problem['type'], problem['msg'])}）"
            for problem in error.errors()
        ]
        raise BadSetting("环境变量有误：" + "；".join(wrong)) from error
