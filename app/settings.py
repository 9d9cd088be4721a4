"""The settings of a server, from the environment: each is `LEJEK_` and its name in capitals."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from models.database import dialect_of

if TYPE_CHECKING:
    from resolvers.reads.limits import Limits

Words = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """How a server is run. Lists are written with commas: `LEJEK_ALLOWED_ORIGINS=https://a.pl,https://b.pl`."""

    model_config = SettingsConfigDict(env_prefix="LEJEK_", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    database_url: str = "sqlite://data/lejek.db"
    redis_url: str | None = None
    data_dir: Path = Path("data")
    files_url: str | None = None  # s3://BUCKET/PREFIX, or a folder; else data_dir/files
    files_endpoint: str | None = None  # of a bucket elsewhere than at Amazon; credentials are AWS_ACCESS_KEY_ID…
    public_url: str = ""  # where browsers reach the server, for links; else they begin with the path
    demo: bool = False  # the demo was loaded, so its users are signed in without a password
    demo_tokens: Annotated[tuple[SecretStr, ...], NoDecode] = ()

    mail_domain: str | None = None  # of the drop addresses of leads and deals
    mail_host: str = "127.0.0.1"
    mail_port: int | None = Field(default=None, ge=0, le=65535)  # where mail for them comes in; none: not by SMTP
    mail_protocol: Literal["smtp", "lmtp"] = "smtp"
    mail_token: SecretStr | None = None  # what mail that comes by HTTP, POST /mail, is shown with; none: not by HTTP
    mail_bytes: int = Field(default=25 * 1024 * 1024, ge=1_000)
    mail_from: str | None = None  # whom mail is from; else the user's own address
    smtp_url: SecretStr | None = None  # smtp://USER:PASSWORD@HOST:PORT, or smtps; none: no mail is sent

    introspection: bool = True
    published_only: bool = False  # documents that were not published are refused
    development: bool = False  # answers say in a header what answered them
    metrics_token: SecretStr | None = None  # who brings it as a bearer token may read /metrics
    frame_path: bool = True  # frames to sockets go to uvicorn's transport, past ASGI
    token_connections: int = Field(default=2_000, ge=1)
    account_connections: int = Field(default=20_000, ge=1)
    retention_days: int = Field(default=30, ge=1)
    session_days: float = Field(default=14, gt=0)  # unused for so long, a session is over
    trusted_proxies: str = ""  # addresses whose X-Forwarded-For and -Proto are believed, with commas
    allowed_origins: Words = ()

    body_bytes: int = Field(default=1_000_000, ge=1_000)
    body_seconds: float = Field(default=30, gt=0)
    upload_bytes: int = Field(default=64 * 1024 * 1024, ge=1_000)
    large_upload_bytes: int = Field(default=1024**3, ge=1_000, lt=2**31)  # of a file at an address of startUpload
    document_tokens: int = Field(default=10_000, ge=100)
    document_depth: int = Field(default=20, ge=1)
    document_aliases: int = Field(default=200, ge=0)
    document_selections: int = Field(default=5_000, ge=1)

    logs: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    shutdown_seconds: int = Field(default=10, ge=1)

    @field_validator("demo_tokens", "allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(each.strip() for each in value.split(",") if each.strip()) if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        dialect_of(value)
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str | None) -> str | None:
        if value and urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
            raise ValueError("Redis URL must begin with redis://, rediss:// or unix://")
        return value or None

    @field_validator("mail_domain")
    @classmethod
    def _folded(cls, value: str | None) -> str | None:
        return value.strip().lower() if value else None

    @field_validator("smtp_url")
    @classmethod
    def _known_smtp(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and urlsplit(value.get_secret_value()).scheme not in {"smtp", "smtps"}:
            raise ValueError("SMTP URL must begin with smtp:// or smtps://")
        return value

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @property
    def files_at(self) -> str:
        """Where files lie: a bucket, or a folder of this machine."""
        return self.files_url or str(self.data_dir / "files")

    @property
    def document_limits(self) -> "Limits":
        """How large a document may be."""
        from resolvers.reads.limits import Limits  # a quarter of a second, for those who read documents

        return Limits(self.document_tokens, self.document_depth, self.document_aliases, self.document_selections)
