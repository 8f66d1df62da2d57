"""What older Nomad took: habits of HCL1, and arguments that later versions ignore or do not know."""

from collections.abc import Iterator

from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.schema import job_schema
from muster.nomad.domain.hcl.vault_env import vault_envs
from muster.nomad.domain.hcl.warnings.rule import Finding, JobFile
from muster.nomad.domain.hcl.warnings.sites import Site


def port_maps(file: JobFile) -> Iterator[Finding]:
    """`port_map` in docker's config."""
    detail = "Write `ports = [...]` here and `to = N` in the group's network port; port_map does not see group ports."
    for site in file.of("config", "task"):
        spans = [child.header for child in site.of("port_map")]
        spans += [item.name_span for item in site.body.attributes if item.name == "port_map"]
        yield from (Finding(span, detail) for span in spans)


def task_networks(file: JobFile) -> Iterator[Finding]:
    """A network in a task's resources."""
    detail = "Networks belong to the group since Nomad 0.12: move this block from resources to the group."
    yield from (Finding(site.header, detail) for site in file.of("network", "resources"))


def bandwidths(file: JobFile) -> Iterator[Finding]:
    """`mbits` in a network."""
    for site in file.of("network"):
        yield from (Finding(span, "Nomad ignores mbits since 0.12: leave it out.") for span in _named(site, "mbits"))


def removed_arguments(file: JobFile) -> Iterator[Finding]:
    """Tokens in a job."""
    fields = job_schema().structs["Job"].fields
    for site in file.of("job"):
        gone = (item for item in site.body.attributes if item.name in fields)
        spans = [item.name_span for item in gone if fields[item.name].since == "removed"]
        detail = "Newer Nomad does not know it, and tokens do not belong in files."
        yield from (Finding(span, detail) for span in spans)


def vault_policies(file: JobFile) -> Iterator[Finding]:
    """Policies in a vault block."""
    detail = (
        "Nomad ignores vault policies from 1.10 on: write `vault {}` or `vault { role = ... }` (workload identity); "
        "policies are for older clusters only."
    )
    for site in file.of("vault"):
        yield from (Finding(span, detail) for span in _named(site, "policies"))


def vault_environments(file: JobFile) -> Iterator[Finding]:
    """A map of secrets in a vault block, which no Nomad has."""
    for one in vault_envs(file):
        data = " and ".join(f"`{' '.join(template.data.split())}`" for template in one.templates)
        example = 'a line NAME={{ with secret "secret/data/app" }}{{ .Data.data.key | toJSON }}{{ end }}'
        yield Finding(
            one.span,
            "`env` of a vault block is true or false and speaks about VAULT_TOKEN. Secrets reach the environment by "
            f'`template {{ env = true destination = "${{NOMAD_SECRETS_DIR}}/secrets.env" data = ... }}` with '
            f"{data or example}" + ("; `nomad-spec validate --fix` writes it." if data else "."),
        )


def _named(site: Site, name: str) -> list[Span]:
    return [item.name_span for item in site.body.attributes if item.name == name]
