"""What `threads doctor`, `threads personas` and `threads keys new` do: look, and change nothing."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from urllib.parse import urlsplit

import yaml
from pydantic import ValidationError
from rich.table import Table
from rich.text import Text

from muster.core.console import make_console, visible
from muster.core.errors import ServiceError, UsageError
from muster.core.health import ANSWER_S, Check, Health, ask_all
from muster.core.http import Service, connect
from muster.core.observability.logs import set_up_logs
from muster.core.settings import load_settings
from muster.core.web.api_keys import is_loopback, new_key
from muster.threads.api_client import API
from muster.threads.common.personas import load_personas
from muster.threads.common.settings import ThreadsSettings
from muster.threads.orchestrator.app import database_of
from muster.threads.orchestrator.desk import SCOPES
from muster.threads.orchestrator.readiness import checks_of

_RUNTIME = Service("the persona runtime", "PERSONA_RUNTIME_URL")
_PLATFORM = Service("the fake Threads", "THREADS_API_URL")


def examine_services(*, as_json: bool) -> None:
    """Ask each service how it is. Raises ServiceError where one is not well."""
    settings = load_settings(ThreadsSettings)
    set_up_logs(settings)
    database = database_of(settings)
    try:
        checks = (*_checks(settings), *checks_of(settings, database))
        answers = ask_all(checks)
    finally:
        database.dispose()
    rows = [(check, health) for check, health in zip(checks, answers, strict=True)]
    if as_json:
        shown = [{"name": check.name, "ok": health.ok, **asdict(health)} for check, health in rows]
        sys.stdout.write(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("".join(_line(check, health) for check, health in rows))
    if ailing := [check.name for check, health in rows if not health.ok]:
        raise ServiceError(f"not well: {', '.join(ailing)}", advice="`threads up` starts what is ours.")


def show_personas(*, as_json: bool) -> None:
    """Who may be asked for a post: the shipped ones, and those of THREADS_PERSONAS."""
    personas = load_personas(load_settings(ThreadsSettings).threads_personas)
    if as_json:
        shown = [persona.model_dump(mode="json", exclude={"voice"}) for persona in personas.values()]
        sys.stdout.write(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("persona", "name", "tone", "posts a day", "slots", "topics"):
        table.add_column(name)
    for one in personas.values():
        slots = ", ".join(f"{slot:%H:%M}" for slot in one.schedule.slots)
        cells = (one.id, one.name, one.voice.tone, str(one.limits.posts_per_day), slots, ", ".join(one.topics))
        table.add_row(*(Text(visible(cell)) for cell in cells))
    make_console().print(table)


def make_key(name: str, scopes: Sequence[str]) -> None:
    """Print a new key, once, and its entry for the file of THREADS_API_KEYS. Raises UsageError."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise UsageError(f"no such scope: {', '.join(unknown)}", advice=f"The scopes are {', '.join(SCOPES)}.")
    try:
        plain, entry = new_key(name, scopes)
    except ValidationError as error:
        raise UsageError(f"{name} is no name of a key", advice="Letters, digits, dots, dashes; 64 at most.") from error
    row = {"name": entry.name, "sha256": entry.sha256, "scopes": sorted(entry.scopes)}
    sys.stderr.write(f"# The key, shown this once: {plain}\n# Its entry, for the list `keys:` of THREADS_API_KEYS:\n")
    sys.stdout.write(yaml.safe_dump([row], sort_keys=False))


def _checks(settings: ThreadsSettings) -> tuple[Check, ...]:
    asked = [
        ("orchestrator", API, settings.orchestrator_url),
        ("persona-runtime", _RUNTIME, settings.persona_runtime_url),
    ]
    if is_loopback(urlsplit(settings.threads_api_url).hostname or ""):
        asked.append(("fake-threads", _PLATFORM, settings.threads_api_url))
    return tuple(Check(name, lambda one=service, at=url: _alive(one, at), url) for name, service, url in asked)


def _alive(service: Service, address: str) -> Health:
    with connect(address, service=service, timeout_s=ANSWER_S) as client:
        client.get("/health")
    return Health("ok", f"answers at {address}")


def _line(check: Check, health: Health) -> str:
    line = f"{'ok  ' if health.ok else 'FAIL'}  {check.name}: {health.detail}\n"
    return visible(line + (f"      {health.advice}\n" if health.advice and not health.ok else ""))
