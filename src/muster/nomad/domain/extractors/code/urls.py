"""External services that show in code by the scheme of a URL, such as `postgresql://`."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from muster.nomad.domain.extractors.code.findings import Finding
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.facts import DependencyFact

# A scheme without its driver (`postgresql+asyncpg`) and the service behind it.
SCHEMES = {
    "postgres": "postgres",
    "postgresql": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
    "mssql": "mssql",
    "sqlserver": "mssql",
    "oracle": "oracle",
    "redis": "redis",
    "rediss": "redis",
    "valkey": "redis",
    "mongodb": "mongodb",
    "amqp": "rabbitmq",
    "amqps": "rabbitmq",
    "pyamqp": "rabbitmq",
    "kafka": "kafka",
    "nats": "nats",
    "mqtt": "mqtt",
    "mqtts": "mqtt",
    "memcached": "memcached",
    "clickhouse": "clickhouse",
    "cockroachdb": "cockroachdb",
    "couchdb": "couchdb",
    "neo4j": "neo4j",
    "bolt": "neo4j",
    "cassandra": "cassandra",
    "influxdb": "influxdb",
    "etcd": "etcd",
    "s3": "s3",
    "ldap": "ldap",
    "ldaps": "ldap",
}
_SCHEME = re.compile(r"\b(" + "|".join(SCHEMES) + r")(?:\+[a-z0-9_]{1,30})?\Z", re.IGNORECASE)
_LONGEST_SCHEME = 48
_MOST = 200


def url_services(text: str) -> Iterator[tuple[int, str, str]]:
    """Where a URL of a known scheme stands in text: its offset, the service and the scheme."""
    return islice(_known(text), _MOST)


def _known(text: str) -> Iterator[tuple[int, str, str]]:
    """Goes from `://` to `://`, which is much faster than to look for one of many schemes."""
    at = text.find("://")
    while at >= 0:
        found = _SCHEME.search(text, max(0, at - _LONGEST_SCHEME), at)
        if found:
            scheme = found[1].lower()
            yield found.start(), SCHEMES[scheme], scheme
        at = text.find("://", at + 3)


def url_findings(texts: Iterable[CodeText]) -> Iterator[Finding]:
    """The services that code names by URLs."""
    for text in texts:
        for offset, service, scheme in url_services(text.code):
            yield url_finding(text.file.path, text.line(offset), service, scheme)


def url_finding(path: str, line: int, service: str, scheme: str) -> Finding:
    """The finding for one such URL."""
    return Finding(
        path, line, DependencyFact(service=service, by=f"{scheme}:// URL"), f"a {scheme}:// URL in the code", 0.7
    )
