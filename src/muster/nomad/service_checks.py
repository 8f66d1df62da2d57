"""Every service that the settings name, as a question that takes 1.5 s at most: is it there, and does it take us?"""

from muster.core.health import ANSWER_S, Check, Health
from muster.core.llm.health import model_checks
from muster.core.memory.health import memory_checks
from muster.core.prompts.health import langfuse_checks
from muster.nomad.domain.estate.service_states import CONSUL, FABIO, LANGFUSE, NOMAD, QDRANT, VAULT
from muster.nomad.settings import NomadSettings
from muster.nomad.tools.consul_health import consul_health
from muster.nomad.tools.fabio_router import open_fabio
from muster.nomad.tools.nomad_facts import read_facts
from muster.nomad.tools.nomad_http import NomadHttp
from muster.nomad.tools.vault_health import vault_health


def service_checks(settings: NomadSettings, *, cluster: bool = True) -> tuple[Check, ...]:
    """One for each; the cluster is asked unless nobody needs it. Checks raise as their services' clients do."""
    consul, vault, fabio = settings.consul_http_addr, settings.vault_addr, settings.fabio_admin_addr
    return (
        *([Check(NOMAD, lambda: _nomad(settings), settings.nomad_addr)] if cluster else []),
        *([Check(CONSUL, lambda: _consul(settings, consul), consul)] if consul else []),
        *([Check(VAULT, lambda: _vault(settings, vault), vault)] if vault else []),
        *([Check(FABIO, lambda: _fabio(fabio), fabio)] if fabio else []),
        *memory_checks(settings),
        *model_checks(settings, settings.muster_home),
        *langfuse_checks(settings),
    )


def unset_services(settings: NomadSettings) -> dict[str, str]:
    """The services that are not configured, each with what would."""
    ways = {
        CONSUL: ("CONSUL_HTTP_ADDR", settings.consul_http_addr),
        VAULT: ("VAULT_ADDR", settings.vault_addr),
        FABIO: ("FABIO_ADMIN_ADDR", settings.fabio_admin_addr),
        QDRANT: ("QDRANT_HOST", memory_checks(settings)),
        "model": ("LLM_PROVIDER", settings.models),
        LANGFUSE: ("LANGFUSE_ENABLED=true and its keys", langfuse_checks(settings)),
    }
    return {name: f"Set {setting} to use it." for name, (setting, there) in ways.items() if not there}


def _nomad(settings: NomadSettings) -> Health:
    address, token, ca_file = settings.nomad_addr, settings.nomad_token, settings.nomad_cacert
    with NomadHttp(address, token=token, ca_file=ca_file, first_s=ANSWER_S) as http:
        facts = read_facts(http, most_read=1)
    if not facts.ready_nodes:
        advice = "Start a client, or give NOMAD_TOKEN a policy with node:read."
        return Health("limited", detail=f"Nomad {facts.version}: no ready node to be seen", advice=advice)
    return Health("ok", detail=f"Nomad {facts.version}, {facts.ready_nodes} nodes in {', '.join(facts.datacenters)}")


def _consul(settings: NomadSettings, address: str) -> Health:
    return consul_health(address, token=settings.consul_http_token, ca_file=settings.consul_cacert)


def _vault(settings: NomadSettings, address: str) -> Health:
    token, namespace, ca_file = settings.vault_token, settings.vault_namespace, settings.vault_cacert
    return vault_health(address, token=token, namespace=namespace, ca_file=ca_file)


def _fabio(address: str) -> Health:
    with open_fabio(address, timeout_s=ANSWER_S) as fabio:
        return fabio.health()
