"""Credentials for registries, as `docker login` keeps them in ~/.docker/config.json."""

import base64
import binascii
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pydantic import SecretStr

from muster.core.redaction import remember_secrets

_HUB = "https://index.docker.io/v1/"
"""Docker Hub's key in the file."""


@dataclass(frozen=True)
class DockerLogin:
    """`basic` is `user:password` in base64. `helper`: a program has the credentials, and it is not run."""

    basic: SecretStr | None = None
    helper: str = ""


def read_logins(file: Path) -> dict[str, Any]:
    """The file's table; empty where there is none, or none that makes sense."""
    try:
        told: object = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return cast("dict[str, Any]", told) if isinstance(told, dict) else {}


def login_for(told: dict[str, Any], registry: str) -> DockerLogin:
    """The credentials for a registry (`ghcr.io`, `docker.io`); nothing where there are none."""
    auths = _table(told, "auths")
    names = (_HUB, "index.docker.io", "docker.io") if registry == "docker.io" else (registry, f"https://{registry}")
    for name in names:
        entry = auths.get(name)
        basic = str(cast("dict[str, Any]", entry).get("auth") or "") if isinstance(entry, dict) else ""
        if basic:
            _keep_out_of_texts(basic)
            return DockerLogin(basic=SecretStr(basic))
    helpers = _table(told, "credHelpers")
    helper = next((helpers[name] for name in names if name in helpers), told.get("credsStore"))
    return DockerLogin(helper=str(helper or ""))


def _table(told: dict[str, Any], name: str) -> dict[str, Any]:
    value = told.get(name)
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _keep_out_of_texts(basic: str) -> None:
    try:
        password = base64.b64decode(basic).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        password = ""
    remember_secrets([basic, password])
