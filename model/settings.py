"""The settings of an installation, all from the environment."""

from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
_PORTS = {"http": ":80", "https": ":443"}


class Settings(BaseSettings):
    """One attribute a setting; `LEVELHEAD_` and the name in capitals is the variable. The manual lists each."""

    model_config = SettingsConfigDict(env_prefix="LEVELHEAD_")

    home: Path = Field(ROOT / "var", description="Folder of database, key and logs.")
    database_url: str = Field("", description="SQLAlchemy address of the database; empty: SQLite in the home.")
    url: str = Field("", description="Public address, when it is not http://localhost:PORT.")
    bind: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8501, validation_alias="PORT", ge=1, le=65535, description="Port of the web server.")
    key: str = Field("", description="Secret key (44 characters); empty: the file 'key' in the home.", repr=False)
    lease_seconds: float = Field(60, gt=0, description="How long a worker owns a job without a sign of life.")
    undo_seconds: float = Field(10, ge=0, description="How long a decision can be undone before it passes on.")
    poll_seconds: float = Field(300, gt=0, description="How often a source is read.")

    @field_validator("url")
    @classmethod
    def _as_browsers_write_it(cls, url: str) -> str:
        if not url:
            return url
        parts = urlsplit(url.strip().lower())
        if parts.scheme not in _PORTS or not parts.hostname or parts.username or parts.path.strip("/") or parts.query:
            raise ValueError("give scheme and host alone, such as https://levelhead.example.org")
        return f"{parts.scheme}://{parts.netloc.removesuffix(_PORTS[parts.scheme])}"

    @property
    def database(self) -> str:
        """The address of the database in SQLAlchemy's form."""
        return self.database_url or f"sqlite:///{self.home.resolve() / 'levelhead.db'}"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once. Raises pydantic's ValidationError naming the variable that is wrong."""
    return Settings()
