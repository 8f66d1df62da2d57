"""The personas' accounts on the platform. A token is renewed under the lock of its row: once, however many ask."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from muster.threads.db.models import AccountRow


def account_of(session: Session, persona_id: str) -> AccountRow | None:
    """As it stands."""
    return session.get(AccountRow, persona_id)


def locked_account(session: Session, persona_id: str) -> AccountRow | None:
    """The same, held until the transaction ends (SQLite holds the whole database)."""
    return session.scalars(
        select(AccountRow).where(AccountRow.persona_id == persona_id).with_for_update()
    ).one_or_none()


def put_account(
    session: Session, persona_id: str, *, user_id: str, access_token: str, expires_at: datetime, now: datetime
) -> AccountRow:
    """A new account, or another token for one. `updated_at` is when the token was given."""
    row = AccountRow(
        persona_id=persona_id, user_id=user_id, access_token=access_token, expires_at=expires_at, updated_at=now
    )
    return session.merge(row)
