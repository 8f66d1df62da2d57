"""Rails' YAML files with ERB in them (`config/database.yml` and the like): variables, and the database they name."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.findings import IMPORTED, Finding
from muster.nomad.domain.extractors.code.text import CodeText, code_text
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.facts import DependencyFact

NAMES = (
    *("database.yml", "cable.yml", "redis.yml", "storage.yml", "sidekiq.yml", "secrets.yml", "mongoid.yml"),
    *("cache.yml", "queue.yml", "application.yml", "settings.yml", "elasticsearch.yml", "resque.yml", "shards.yml"),
)
"""The files, by name; they lie in `config`."""

_TOKEN = re.compile(
    r"((?:(?<=\s)|^)#[^\n]*+|<%#[^%\n]*+(?:%(?!>)[^%\n]*+)*+%>)|\"(?:[^\"\\\n]|\\.)*+\"?|'[^'\n]*+'?", re.MULTILINE
)
_SECTION = re.compile(r"^([A-Za-z_]{1,40}):", re.MULTILINE)
_ELSEWHERE = frozenset({"development", "test", "ci"})
_ADAPTER = re.compile(r"^\s{0,20}+(?:adapter|service):\s{0,9}['\"]?(\w{1,30})", re.MULTILINE)
_SERVICES = {
    "postgresql": "postgres",
    "postgis": "postgres",
    "mysql2": "mysql",
    "trilogy": "mysql",
    "sqlserver": "mssql",
    "redis": "redis",
    "S3": "s3",
    "GCS": "gcs",
}


def is_configuration(file: SourceFile) -> bool:
    """Whether it is one of these files."""
    return file.name in NAMES and file.folder.rpartition("/")[2] == "config"


def configuration_text(file: SourceFile) -> CodeText:
    """The file without its comments and without what is for development and tests alone."""
    text = code_text(file, _TOKEN)
    sections = list(text.find(_SECTION))
    ends = [*(found.start() for found in sections[1:]), len(text.code)]
    code, kept = text.code, 0
    parts: list[str] = []
    for found, end in zip(sections, ends, strict=False):
        if found[1] in _ELSEWHERE:
            parts += [code[kept : found.start()], re.sub(r"[^\n]", " ", code[found.start() : end])]
            kept = end
    return CodeText(file, "".join([*parts, code[kept:]]))


def configuration_findings(text: CodeText) -> Iterator[Finding]:
    """The services whose adapters are configured."""
    for found in text.find(_ADAPTER):
        service = _SERVICES.get(found[1])
        if service:
            fact = DependencyFact(service=service, by=found[1])
            reason = f"{text.file.name} has the adapter {found[1]}"
            yield Finding(text.file.path, text.line(found.start(1)), fact, reason, IMPORTED)
