"""An environment variable that a program wants and does not get, by what it says before it gives up."""

import re
from collections.abc import Iterator
from itertools import pairwise

from muster.nomad.domain.env_vars import looks_secret
from muster.nomad.domain.failures.rules import MOST_CHARACTERS
from muster.nomad.domain.failures.scene import Suspect
from muster.nomad.domain.outcomes import Cause, Remedy
from muster.nomad.domain.spec import GroupSpec
from muster.nomad.domain.values import Text

OWN_PORT = frozenset({"PORT", "HTTP_PORT", "APP_PORT", "SERVER_PORT", "LISTEN_PORT", "WEB_PORT"})
OWN_ADDRESS = frozenset({"HOST", "BIND_HOST", "LISTEN_HOST", "SERVER_HOST", "BIND_ADDRESS", "LISTEN_ADDRESS"})

_ANY = r"(?P<variable>[A-Z][A-Z0-9_]{2,})"
_LONG = r"(?P<variable>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|PORT|HOST)"
_GAP = r"(?:\W|\b(?:is|are|missing|not|set|found|named|the|following|required|with|name)\b)*"
_GONE = r"(?:not set|not defined|unset|missing|required|must be (?:set|defined|provided)|undefined|not found)"

NAMED: tuple[re.Pattern[str], ...] = (
    re.compile(rf"KeyError: (?:key not found: |\()?[\"']{_ANY}[\"']"),
    re.compile(rf"(?:[Ee]nv(?:ironment)?|ENV)[ -]?(?:[Vv]ar(?:iable)?s?|[Kk]eys?){_GAP}{_ANY}\b"),
    re.compile(rf"\b{_ANY}[\"'`]? (?:env(?:ironment)? var)"),
    re.compile(rf"\b{_LONG}[\"'`)\]]?:? (?:(?:is|was|has) )?(?:not been )?(?i:{_GONE})\b"),
    re.compile(rf"required key {_ANY} missing value"),
    re.compile(rf"\b{_ANY}: (?:unbound variable|parameter (?:null or )?not set)"),
    re.compile(rf"(?i:must|need to|please) (?i:specify|set|define|provide|configure) (?:the )?[\"'`$]*{_LONG}\b"),
    re.compile(rf"[Cc]ould not resolve placeholder '{_ANY}'"),
    re.compile(rf"^\s*- {_LONG}$"),
    re.compile(rf"process\.env\.{_ANY}"),
)
"""Python, django, decouple; Node and its validators; Go's envconfig and env; Ruby; shells; Spring; the images of
PostgreSQL and MySQL; and whoever writes "environment variable X"."""

SETTINGS_INVALID = re.compile(r"validation errors? for \w*(?:Settings|Config|Env)", re.IGNORECASE)
FIELD_REQUIRED = re.compile(r"^\s+Field required \[type=missing")
FIELD = re.compile(r"^(?P<field>[A-Za-z_][A-Za-z0-9_]*)\s*$")
"""pydantic-settings names the field on the line above the complaint."""


def classify_missing_env(suspect: Suspect) -> Cause | None:
    """A variable that the program wants and does not get: named in the log, and absent from the task."""
    for line, variable in _named_variables(suspect):
        if suspect.task is None or variable not in suspect.task.env:
            return _missing_env(suspect, variable, line)
    return None


def known_value(group: GroupSpec, task: str, variable: str) -> Text | None:
    """What the job itself knows the variable to be; None when it does not.

    The port that the program listens on is what Nomad gives it; a sibling task may have the same variable.
    """
    ports = group.network.ports if group.network else ()
    if variable in OWN_PORT and len(ports) == 1:
        return f"${{NOMAD_PORT_{ports[0].label}}}"
    if variable in OWN_ADDRESS:
        return "0.0.0.0"
    siblings = (one.env[variable] for one in group.tasks if one.name != task and variable in one.env)
    value = next(siblings, None)
    return None if looks_secret(variable, value if isinstance(value, str) else None) else value


def _named_variables(suspect: Suspect) -> Iterator[tuple[str, str]]:
    lines = [line[:MOST_CHARACTERS] for line in suspect.log()]
    if any(SETTINGS_INVALID.search(line) for line in lines):
        above = ((FIELD.match(above), line) for line, above in pairwise(lines) if FIELD_REQUIRED.match(line))
        yield from ((line, field["field"].upper()) for field, line in above if field)
    for line in lines:
        yield from ((line, found["variable"]) for pattern in NAMED if (found := pattern.search(line)))


def _missing_env(suspect: Suspect, variable: str, line: str) -> Cause:
    secret = looks_secret(variable)
    known = suspect.group is not None and known_value(suspect.group, suspect.report.task, variable) is not None
    remedy: Remedy = "rule" if known and not secret else "human"
    place = "Put it in Vault or Consul and read it by a template: a secret's value is in no spec."
    return suspect.blame(
        "missing_env",
        remedy,
        f"{suspect.name} wants the environment variable {variable}, which the job does not set",
        advice=place if secret else f"Say what {variable} should be.",
        facts={"variable": variable, "secret": str(secret).lower()},
        quotes=(line.strip(),),
    )
