"""The file of THREADS_ACCOUNTS: `PERSONA: {user_id, access_token, expires_at}`, read into the database at the start.

A token that the worker renewed since is newer than the file's, and stays: the one that ends later wins.
"""

from datetime import timedelta
from pathlib import Path

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError

from muster.core.errors import SettingsError
from muster.core.redaction import remember_secrets
from muster.threads.common.contracts import PersonaId
from muster.threads.db.accounts import locked_account, put_account
from muster.threads.db.engine import Database

_MOST_BYTES = 1_000_000
_LASTS = timedelta(days=60)


class GivenAccount(BaseModel):
    """An account of the real platform, with a long-lived token."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    user_id: str = Field(pattern=r"^[0-9]{1,40}$")
    access_token: SecretStr = Field(min_length=10, max_length=2000)
    expires_at: AwareDatetime


_FILE: TypeAdapter[dict[PersonaId, GivenAccount]] = TypeAdapter(dict[PersonaId, GivenAccount])


def read_accounts(file: Path) -> dict[PersonaId, GivenAccount]:
    """Raises SettingsError naming each mistake, never a token."""
    try:
        raw = file.read_bytes()[: _MOST_BYTES + 1]
        if len(raw) > _MOST_BYTES:
            raise SettingsError(f"{file} is larger than {_MOST_BYTES} bytes")
        accounts = _FILE.validate_python(yaml.safe_load(raw.decode()))
    except ValidationError as error:
        said = "\n".join(f"  {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise SettingsError(f"{file} is no file of accounts:\n{said}", advice="See docs/threads.md for one.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"THREADS_ACCOUNTS can't be read: {type(error).__name__} in {file}") from None
    remember_secrets(account.access_token.get_secret_value() for account in accounts.values())
    return accounts


def take_accounts(database: Database, file: Path) -> None:
    """Store what the file gives. Raises SettingsError; UnreachableError where the database is away."""
    for persona_id, given in read_accounts(file).items():
        with database.begin() as session:
            row = locked_account(session, persona_id)
            if row is not None and row.user_id == given.user_id and row.expires_at >= given.expires_at:
                continue
            put_account(
                session, persona_id, user_id=given.user_id, access_token=given.access_token.get_secret_value(),
                expires_at=given.expires_at, now=_given_at(given),
            )  # fmt: skip


def _given_at(given: GivenAccount) -> AwareDatetime:
    """A long-lived token lasts 60 days from when it was given."""
    return given.expires_at - _LASTS
