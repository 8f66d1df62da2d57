"""What Rails itself reads from the environment, and how Ruby applications are started."""

from collections.abc import Collection, Iterator

from muster.nomad.domain.env_vars import env_fact
from muster.nomad.domain.extractors.code.findings import CUSTOM, EXPLICIT, GUESS, LISTED, Finding
from muster.nomad.domain.facts import CommandFact

_PRODUCTION = "config/environments/production.rb"
_CREDENTIALS = ("config/credentials/production.yml.enc", "config/credentials.yml.enc")
_DATABASES = frozenset({"pg", "mysql2", "trilogy", "sqlite3"})
_MAIN_FILES = ("app.rb", "main.rb", "server.rb", "bot.rb", "worker.rb", "run.rb", "clock.rb")


def rails_findings(
    folder: str, path: str, line: int, gems: Collection[str], files: Collection[str]
) -> Iterator[Finding]:
    """The variables of Rails' own; `path` and `line` are where Rails is listed, `files` are the unit's, by their
    paths below its `folder` ("" for the root)."""
    yield Finding(path, line, env_fact("RAILS_ENV", None), "Rails takes its environment from RAILS_ENV", LISTED)
    if _DATABASES & set(gems):
        reason = "where DATABASE_URL is set, Rails takes its database from it"
        yield Finding(path, line, env_fact("DATABASE_URL", None), reason, GUESS)
    credentials = next((name for name in _CREDENTIALS if name in files), None)
    if credentials:
        reason = f"Rails decrypts {credentials} with RAILS_MASTER_KEY"
        fact = env_fact("RAILS_MASTER_KEY", None, required=True, secret=True)
        yield Finding(_below(folder, credentials), 1, fact, reason, EXPLICIT)
    elif _PRODUCTION in files:
        reason = "Rails has no encrypted credentials here, and does not start in production without SECRET_KEY_BASE"
        fact = env_fact("SECRET_KEY_BASE", None, required=True, secret=True)
        yield Finding(_below(folder, _PRODUCTION), 1, fact, reason, LISTED)


def start_findings(
    folder: str, path: str, line: int, gems: Collection[str], files: Collection[str]
) -> Iterator[Finding]:
    """The likeliest start command: Rails' server, else what `config.ru` is started by, else the main file."""
    if {"rails", "railties"} & set(gems) and "config/application.rb" in files:
        command = ("bundle", "exec", "rails", "server", "-b", "0.0.0.0")
        yield Finding(path, line, CommandFact(command=command), "Rails' own command", CUSTOM)
    elif "config.ru" in files:
        command = ("bundle", "exec", "puma") if "puma" in gems else ("bundle", "exec", "rackup", "--host", "0.0.0.0")
        yield Finding(_below(folder, "config.ru"), 1, CommandFact(command=command), "there is a config.ru", CUSTOM)
    else:
        main = next((name for name in _MAIN_FILES if name in files), None)
        if main:
            fact = CommandFact(command=("ruby", main))
            yield Finding(_below(folder, main), 1, fact, f"{main} is the usual main file", GUESS)


def _below(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
