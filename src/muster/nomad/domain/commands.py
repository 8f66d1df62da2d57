"""What a start command gives away: whether it serves, works through a queue, or ends by itself."""

import re
from collections.abc import Sequence
from typing import Literal

CommandKind = Literal["server", "worker", "batch"]

# Looked for in this order: `gunicorn --workers 4` serves, `manage.py runserver` does not migrate.
_KINDS: tuple[tuple[CommandKind, re.Pattern[str]], ...] = (
    (
        "server",
        re.compile(
            r"\b(uvicorn|gunicorn|hypercorn|daphne|granian|waitress-serve|runserver|nginx|caddy|httpd|puma|flower"
            r"|http-server|(?:flask|fastapi) run|(?:next|nuxt) start|rails s(?:erver)?|rackup|unicorn|falcon|thin start"
            r"|phx\.server|php-fpm\d*|apache2-foreground|frankenphp|artisan serve|octane:\w+|rr serve)\b"
        ),
    ),
    ("batch", re.compile(r"\b(migrate|db:migrate|alembic upgrade|collectstatic|db:seed|createsuperuser)\b")),
    (
        "worker",
        re.compile(
            r"\b(celery|rq worker|rqworker|dramatiq|huey_consumer|arq|sidekiq|worker|consumer|scheduler|bot"
            r"|resque:work|jobs:work|good_job|solid_queue|bin/jobs|karafka|clockwork|queue:(?:work|listen)|horizon"
            r"|schedule:work|messenger:consume)\b"
        ),
    ),
)


def command_kind(command: Sequence[str]) -> CommandKind | None:
    """The kind of process, by the words of its command; None where they say nothing."""
    words = " ".join(word for word in command if not word.startswith("--")).replace("_worker", " worker")
    return next((kind for kind, pattern in _KINDS if pattern.search(words)), None)
