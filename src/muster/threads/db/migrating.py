"""The database's shape: Alembic's migrations, run from here and from nowhere else; one head."""

from importlib.resources import files

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from muster.threads.db.engine import Database
from muster.threads.db.models import Base


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring it to a revision; does nothing where it is there already. Safe when several do it at once on PostgreSQL."""
    with database.engine.begin() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Take it back; `base` removes every table."""
    with database.engine.begin() as connection:
        command.downgrade(_config(connection), revision)


def heads() -> tuple[str, ...]:
    """The last revisions: there is one."""
    return tuple(ScriptDirectory.from_config(_config(None)).get_heads())


def current(database: Database) -> str | None:
    """The revision that it is at."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def differences(database: Database) -> list[str]:
    """What the models have and the database has not, or the other way round; empty: nothing."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(one) for one in compare_metadata(context, Base.metadata)]


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("muster.threads.db").joinpath("migrations")))
    config.attributes["connection"] = connection
    return config
