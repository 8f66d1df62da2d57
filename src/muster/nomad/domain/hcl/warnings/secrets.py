"""Secrets that stand in a file as they are. Findings name the variable, never the value."""

import re
from collections.abc import Iterator

from muster.nomad.domain.env_vars import is_placeholder, looks_secret
from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.warnings.rule import Finding, JobFile
from muster.nomad.domain.hcl.warnings.sites import Site

_ASSIGNED = re.compile(r"-{0,2}(?P<name>[A-Za-z_][\w.-]{0,79})[ \t]{0,8}[=:][ \t]{0,8}(?P<value>\S.*)")
_FLAG = re.compile(r"--?(?P<name>[A-Za-z][\w-]{1,79})")
_MAX_LINES = 5000
_RIGHT = (
    "anybody who may read the job reads it. Let a template with `env = true` read it when the task starts: from a "
    'Nomad variable ({{ with nomadVar "nomad/jobs/JOB" }}) or from Vault ({{ with secret "secret/data/PATH" }}).'
)


def plain_secrets(file: JobFile) -> Iterator[Finding]:
    """In the environment, templates, arguments and credentials of tasks."""
    for task in file.of("task"):
        yield from _environment(task)
        for template in task.of("template"):
            yield from _template(template)
        for config in task.of("config"):
            yield from _arguments(config)
            yield from _credentials(config)


def _environment(task: Site) -> Iterator[Finding]:
    for pair in task.pairs("env"):
        if _secret(pair.key, pair.text or ""):
            yield _finding(pair.span, pair.key)


def _template(template: Site) -> Iterator[Finding]:
    filled_in = template.text("left_delimiter") or "{{"
    for line in template.text("data").splitlines()[:_MAX_LINES]:
        words = line.strip()[:2000]
        found = _ASSIGNED.fullmatch(words.removeprefix("export ").lstrip())
        if found and filled_in not in words and _secret(found["name"], found["value"].strip("\"'")):
            yield _finding(template.span_of("data", words), found["name"])


def _arguments(config: Site) -> Iterator[Finding]:
    before = ""
    for item in config.texts("args"):
        text = (item.text or "")[:2000]
        found = _ASSIGNED.fullmatch(text)
        if found and _secret(found["name"], found["value"]):
            yield _finding(item.span, found["name"])
        elif _secret(before, text):
            yield _finding(item.span, before or "this argument")
        flag = _FLAG.fullmatch(text)
        before = flag["name"] if flag else ""


def _credentials(config: Site) -> Iterator[Finding]:
    for pair in config.pairs("auth"):
        if pair.key == "password" and pair.text and "${" not in pair.text and not is_placeholder(pair.text):
            detail = (
                "The password of the registry stands in the job, where anybody who may read the job reads it. "
                "Give the nodes' docker plugin an `auth { config = ... }` or a credential helper."
            )
            yield Finding(pair.span, detail)


def _secret(name: str, value: str) -> bool:
    if not value or is_placeholder(value) or value.startswith(("/", "local/", "secrets/")):
        return False
    if looks_secret("", value):
        return True
    return bool(name) and "${" not in value and looks_secret(name, value)


def _finding(span: Span, name: str) -> Finding:
    return Finding(span, f"The value of {name} looks like a secret, and {_RIGHT}")
