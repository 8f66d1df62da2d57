"""Reads Heroku's app.json: environment, formation, add-ons. Other formats of that name (Expo's) are left alone."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from muster.nomad.domain.env_vars import env_fact
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile, folder_unit, problem
from muster.nomad.domain.extractors.tables import Table, items, table, text, whole
from muster.nomad.domain.facts import (
    DependencyFact,
    EnvFact,
    Evidence,
    Fact,
    NameFact,
    ReplicasFact,
    ResourcesFact,
)
from muster.nomad.domain.names import safe_name

SOURCE = "app.json"
_HEROKU = frozenset({"addons", "buildpacks", "formation", "stack", "env", "success_url", "environments"})
_OTHERS = frozenset({"expo", "displayName", "healthchecks", "cron", "pages", "usingComponents"})
"""Keys of Expo and React Native, of Dokku, of mini programs."""

_ADDONS = {
    "heroku-postgresql": "postgres",
    "heroku-redis": "redis",
    "heroku-kafka": "kafka",
    "rediscloud": "redis",
    "redistogo": "redis",
    "cleardb": "mysql",
    "jawsdb": "mysql",
    "jawsdb-maria": "mysql",
    "mongolab": "mongodb",
    "mongohq": "mongodb",
    "ormongo": "mongodb",
    "memcachier": "memcached",
    "memcachedcloud": "memcached",
    "cloudamqp": "rabbitmq",
    "bonsai": "elasticsearch",
    "searchbox": "elasticsearch",
    "foundelasticsearch": "elasticsearch",
    "bucketeer": "s3",
    "sendgrid": "smtp",
    "mailgun": "smtp",
    "postmark": "smtp",
}
# What a dyno of this size may use, by Heroku's documentation.
_SIZES_MB = {
    "free": 512,
    "hobby": 512,
    "eco": 512,
    "basic": 512,
    "standard-1x": 512,
    "standard-2x": 1024,
    "performance-m": 2560,
    "performance-l": 14336,
}
_MOST_VARIABLES = 1000


@dataclass(frozen=True)
class _App:
    file: SourceFile
    data: Table

    def say(self, fact: Fact, reason: str, key: str, unit: str | None = None) -> Evidence:
        unit = unit or folder_unit(self.file.path)
        return Evidence(unit=unit, fact=fact, source=SOURCE, where=self.file.at(self.line(key)), reason=reason)

    def line(self, key: str) -> int:
        """Where a key first stands; the first line where it is written in another way."""
        found = re.search(rf"{re.escape(json.dumps(key))}\s*:", self.file.text)
        return self.file.text.count("\n", 0, found.start()) + 1 if found else 1


def extract_app_json(files: Files) -> tuple[Evidence, ...]:
    """What each of Heroku's app.json files says."""
    return tuple(evidence for file in files.values() for evidence in _of_file(file))


def _of_file(file: SourceFile) -> Iterator[Evidence]:
    try:
        data: object = json.loads(file.text)
    except (ValueError, RecursionError) as error:
        yield problem(SOURCE, file.path, f"{file.path} can't be parsed: {str(error)[:200]}")
        return
    app = _App(file, table(data))
    if not _HEROKU & {*app.data} or _OTHERS & {*app.data}:
        return
    name = text(app.data.get("name")) or ""
    if name and name == safe_name(name, fallback=""):  # else it is a title for readers
        yield app.say(NameFact(name=name), "`name`", "name")
    yield from _environment(app)
    yield from _formation(app)
    yield from _addons(app)
    script = text(table(app.data.get("scripts")).get("postdeploy"))
    script = script or text(table(table(app.data.get("scripts")).get("postdeploy")).get("command"))
    if script:
        said = f"`{script[:100]}` is run once after the first deploy: run it by hand"
        yield problem(SOURCE, file.path, said, line=app.line("postdeploy"))


def _environment(app: _App) -> Iterator[Evidence]:
    for name, said in list(table(app.data.get("env")).items())[:_MOST_VARIABLES]:
        if name:
            yield app.say(_variable(name, said), "`env`", name)


def _variable(name: str, said: object) -> EnvFact:
    """A text is the value; what has none must be given, unless it says otherwise."""
    body = table(said)
    value = text(body.get("value")) if isinstance(said, dict) else text(said)
    required = value is None and body.get("required") is not False
    return env_fact(name, value, required=required, secret=body.get("generator") == "secret")


def _formation(app: _App) -> Iterator[Evidence]:
    folder = "" if app.file.folder == "." else f"{app.file.folder}/"
    for name, said in table(app.data.get("formation")).items():
        unit = None if name == "web" else f"process:{folder}{name}"
        count, size = whole(table(said).get("quantity")), (text(table(said).get("size")) or "").lower()
        if count is not None:
            yield app.say(ReplicasFact(count=count), f"`formation` of {name}"[:80], "formation", unit)
        if size in _SIZES_MB:
            fact = ResourcesFact(memory_mb=_SIZES_MB[size])
            yield app.say(fact, f"`formation` of {name}: the memory of a {size} dyno"[:120], "formation", unit)


def _addons(app: _App) -> Iterator[Evidence]:
    for one in items(app.data.get("addons")):
        plan = text(table(one).get("plan")) or text(one) or ""
        addon = plan.partition(":")[0]
        if addon in _ADDONS:
            yield app.say(DependencyFact(service=_ADDONS[addon], by=f"add-on {addon}"), "`addons`", "addons")
        elif addon:
            unknown = f"it uses the add-on {addon[:60]}, which is not part of this job"
            yield problem(SOURCE, app.file.path, unknown, line=app.line("addons"))


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="Heroku's app.json: environment, formation, add-ons, what is run after the first deploy",
    globs=("app.json",),
    extract=extract_app_json,
    max_bytes=128 * 1024,
    max_files=50,
)
