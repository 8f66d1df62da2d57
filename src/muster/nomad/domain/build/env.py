"""A task's environment: plain values, addresses of other services, secrets by template, variables for the unknown."""

from collections.abc import Iterator

from muster.core.evidence import Sourced
from muster.nomad.domain.build.discovery import command_addresses, env_template
from muster.nomad.domain.build.secrets import PlaceReads, own_variables, read_places
from muster.nomad.domain.build.site import Site, env_variable, port_label
from muster.nomad.domain.env_table import is_asked, is_needed
from muster.nomad.domain.profile import RUN_ORIGINS, EnvEntry, ServiceProfile
from muster.nomad.domain.spec import Variable
from muster.nomad.domain.task import Template
from muster.nomad.domain.values import Text, VarRef

ADDRESS_FILE = "local/addresses.env"


def task_env(site: Site, service: ServiceProfile) -> dict[str, Text]:
    """Plain values and variables; the port's variable takes what Nomad picks, written as the program reads it."""
    env: dict[str, Text] = {}
    for port in service.ports:
        value = port.value.env_value(f"${{NOMAD_PORT_{port_label(service, port)}}}")
        if port.value.env and value:
            env[port.value.env] = value
    for entry in job_entries(service):
        if entry.place or env_template(site, service, entry) is not None:
            continue
        if entry.assigned and service.ports:
            env[entry.name] = f"${{NOMAD_PORT_{port_label(service, service.ports[0])}}}"
            continue
        env[entry.name] = VarRef(var=env_variable(service, entry.name)) if entry.value is None else entry.value
    return {**env, **place_reads(site, service).env}


def task_templates(site: Site, service: ServiceProfile) -> tuple[Template, ...]:
    """The files that become environment: other services' addresses, and secrets, one file a path."""
    lines = [
        f'{entry.name}="{text}"'
        for entry in (*job_entries(service), *_port_entries(service))
        if not entry.place and (text := env_template(site, service, entry)) is not None
    ]
    called = command_addresses(site, service, own_words(service.entrypoint) + own_words(service.command))
    lines += [f'{name}="{text}"' for name, text in called.items()]
    addresses = [Template(data="\n".join(lines) + "\n", destination=ADDRESS_FILE, env=True)] if lines else []
    return (*addresses, *place_reads(site, service).templates)


def place_reads(site: Site, service: ServiceProfile) -> PlaceReads:
    """How what lies elsewhere is read."""
    return read_places(job_entries(service), site.secret_form, own_path(site, service))


def own_path(site: Site, service: ServiceProfile) -> str:
    """The path of the service's own Nomad variables."""
    group = site.group_of(service)
    return own_variables(site.job, group.service.name if group else service.name, service.name)


def own_words(words: Sourced[tuple[str, ...]] | None) -> tuple[str, ...]:
    """A command that whoever runs it changes; what the Dockerfile says is in the image already."""
    return words.value if words and words.source in RUN_ORIGINS else ()


def env_variables(service: ServiceProfile) -> Iterator[Variable]:
    """Values that must be given before the job can run."""
    for entry in job_entries(service):
        if entry.value is not None or entry.place or (entry.assigned and service.ports):
            continue
        known = f"{entry.where} names it" if entry.where else "it is needed"
        secret = "a secret: better answer its place (nomad-var:PATH#KEY or vault:PATH#KEY); " if entry.secret else ""
        yield Variable(
            name=env_variable(service, entry.name),
            description=f"{entry.name} of {service.name}",
            missing=f"{secret}{known}; no value in compose, ENV or an example environment",
        )


def job_entries(service: ServiceProfile) -> tuple[EnvEntry, ...]:
    """The variables that the job sets: not the image's own, not defaults in the code, no secret that may be absent."""
    return tuple(entry for entry in service.env if is_asked(service, entry) and _set(entry))


def _set(entry: EnvEntry) -> bool:
    return entry.source != "unknown" or is_needed(entry)


def _port_entries(service: ServiceProfile) -> Iterator[EnvEntry]:
    """Variables that only the code knows: `REDIS_PORT` beside a `REDIS_HOST` that compose sets."""
    asked = job_entries(service)
    return (entry for entry in service.env if entry not in asked and entry.value is None and not entry.secret)
