"""Tools that look into Consul: its store, its services, the conventions kept there."""

import json

from pydantic import Field, JsonValue

from muster.core.errors import UsageError
from muster.core.redaction import redact, redact_json
from muster.nomad.domain.estate import convention_texts
from muster.nomad.domain.estate.conventions import Conventions
from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.estate.matching import health_of, service_for, similar_services
from muster.nomad.ports import Catalog
from muster.nomad.tools.estate_tools.looking import Around, Asked, configured, looking_tool, redact_texts

MOST_LISTED = 100
_MOST_VALUE = 4_000
_MOST_PROBLEMS = 5


class KeyAsked(Asked):
    """A key of Consul's store, or a folder of keys."""

    key: str = Field(description="A key, or with a / at its end the folder whose keys are listed.", min_length=1)


class NothingAsked(Asked):
    """No arguments."""


class ServiceAsked(Asked):
    """The name of a service."""

    service: str = Field(description="Its name, such as postgres.", min_length=1)


def query_consul_kv(around: Around, asked: KeyAsked) -> JsonValue:
    """Read a key of Consul's store, secrets in its value masked; with a / at the end of `key` list the keys below."""
    catalog = _catalog(around)
    if asked.key.endswith("/"):
        keys = catalog.keys(asked.key)
        return {"folder": asked.key, "keys": list(keys[:MOST_LISTED]), "more": max(0, len(keys) - MOST_LISTED)}
    stored = catalog.value(asked.key)
    if stored is None:
        return {"key": asked.key, "found": False}
    name = asked.key.rpartition("/")[2]
    return {"key": asked.key, "found": True, "value": redact_json({name: _shown(stored.text)})}


def list_consul_services(around: Around, asked: NothingAsked) -> JsonValue:
    """List the services of the catalog with how many of their instances pass, and their tags."""
    catalog = _catalog(around)
    services = catalog.services()
    listed: list[JsonValue] = [one.model_dump(mode="json") for one in services[:MOST_LISTED]]
    return {"services": listed, "more": max(0, len(services) - MOST_LISTED), "incomplete": catalog.filtered()}


def get_service_endpoints(around: Around, asked: ServiceAsked) -> JsonValue:
    """List the addresses and ports of a service's instances, and whether each passes its checks."""
    found = _catalog(around).endpoints(asked.service)
    return {"service": asked.service, "endpoints": [one.model_dump(mode="json") for one in found[:MOST_LISTED]]}


def check_service_dependency(around: Around, asked: ServiceAsked) -> JsonValue:
    """Say whether the catalog has a service that an application needs (postgres, redis ...), how well it is, and which
    services are called alike."""
    catalog = _catalog(around)
    facts = EstateFacts(services=catalog.services())
    exact, similar = service_for(asked.service, facts), similar_services(asked.service, facts)
    return {
        "dependency": asked.service,
        "found": health_of(exact) if exact else None,
        "similar": [health_of(one) for one in similar],
        "incomplete": catalog.filtered(),
    }


def get_agent_conventions(around: Around, asked: NothingAsked) -> JsonValue:
    """Read how this company names things: paths of secrets, hostnames, routers."""
    conventions = read_conventions(around)
    return conventions.model_dump(mode="json") if conventions else {"found": False, "key": around.conventions_key}


def read_conventions(around: Around) -> Conventions | None:
    """The conventions; None where there are none. Raises UsageError for what is none, and what Consul raises."""
    stored = _catalog(around).value(around.conventions_key)
    if stored is None:
        return None
    read = convention_texts.read_conventions(stored.text)
    if isinstance(read, Conventions):
        return read
    problems = "; ".join(str(one) for one in read[:_MOST_PROBLEMS] if one.where)  # elsewhere the document is quoted
    raise UsageError(
        f"the conventions at {around.conventions_key} are not understood" + (f": {problems}" if problems else ""),
        advice="Correct them in Consul.",
    )


def known_conventions(around: Around) -> Conventions:
    """The conventions where there are any; else those of nobody."""
    return (read_conventions(around) if around.estate.catalog else None) or Conventions()


def _catalog(around: Around) -> Catalog:
    return configured(around.estate.catalog, "Consul", "CONSUL_HTTP_ADDR")


def _shown(text: str) -> JsonValue:
    """A document as such, so that its secrets are known by their names; other text as it is, cut."""
    try:
        document: JsonValue = json.loads(text)
    except ValueError:
        return redact(text)[:_MOST_VALUE]
    return document if len(text) <= _MOST_VALUE else redact(text)[:_MOST_VALUE]


CONSUL_TOOLS = (
    looking_tool(query_consul_kv, KeyAsked),
    looking_tool(list_consul_services, NothingAsked),
    looking_tool(get_service_endpoints, ServiceAsked),
    looking_tool(check_service_dependency, ServiceAsked),
    looking_tool(get_agent_conventions, NothingAsked, masked=redact_texts),
)
