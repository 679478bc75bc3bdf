# SPDX-License-Identifier: Apache-2.0
"""The only reader of the environment. Every setting, its default and its unit."""

import os
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from layers.device_addresses import PRIVATE
from layers.visibility import Role

_ROOT = Path(__file__).resolve().parents[1]
_PREFIX = "TOANCANH_"
# The launcher and the tests read these; the server does not.
_LAUNCHER_VARIABLES = {"TOANCANH_TEST_URL", "TOANCANH_DATA", "TOANCANH_FUZZ_CASES"}


class Settings(BaseSettings):
    """Settings of one process, read once at its start."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True)

    database_url: str = Field("postgresql:///toancanh", validation_alias=AliasChoices("DATABASE_URL", "database_url"))
    admin_url: str | None = None
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    public_url: str | None = None
    demo: bool = False
    anonymous: Role | Literal["off"] | None = None
    static: Path = _ROOT / "frontend" / "dist"
    default_set: str | None = None
    # What people upload, and what is made from it. The server and the worker share it.
    files: Path = Path("/var/lib/toancanh/files")
    # Connected systems: a folder of YAML files, one a source; a folder of secrets, one a file, that they name.
    sources: Path | None = None
    secrets: Path | None = None
    # Who sends our public alerts, as CAP names it; without one the name of this host.
    cap_sender: str | None = Field(None, pattern=r"^[^\s,<&]{1,200}$")
    # How long a source that keeps failing is left alone, at most.
    longest_pause_s: float = Field(900, ge=1)
    # How this server is called by those with which it exchanges incidents and alerts.
    instance: str = Field("toancanh", pattern=r"^[a-z][a-z0-9-]{1,40}$")
    # Where cameras may be asked for pictures: networks, divided by commas. Private ones unless set.
    camera_networks: str = ",".join(PRIVATE)
    max_upload_bytes: int = Field(512 * 1024 * 1024, ge=1024)
    # A second person must approve before boundaries are published.
    boundary_approval: bool = False
    pool_size: int = Field(8, ge=2, le=100)
    tile_cache_bytes: int = Field(96 * 1024 * 1024, ge=0)
    underlay_cache_bytes: int = Field(32 * 1024 * 1024, ge=0)
    max_body_bytes: int = Field(32 * 1024 * 1024, ge=1024)
    max_batch: int = Field(20_000, ge=1)

    @property
    def anonymous_role(self) -> Role | None:
        """As whom people read who have not signed in: viewers in the demonstration, else nobody unless set."""
        if self.anonymous is None:
            return "viewer" if self.demo else None
        return None if self.anonymous == "off" else self.anonymous

    @property
    def owner_url(self) -> str:
        """Whom migrations run as."""
        return self.admin_url or self.database_url


def read_settings() -> Settings:
    """Read the environment.

    Raises:
        ValueError: a TOANCANH_ variable that is no setting: a misspelt one must not be ignored silently.
    """
    known = {f"{_PREFIX}{name}".upper() for name in Settings.model_fields} | _LAUNCHER_VARIABLES
    unknown = sorted(name for name in os.environ if name.startswith(_PREFIX) and name not in known)
    if unknown:
        raise ValueError(f"unknown settings in the environment: {', '.join(unknown)}")
    return Settings()
