"""Warnings: what Nomad's parser takes and what will not work, or no longer does, on a cluster."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from muster.nomad.domain.hcl.nodes import Block, Body, Template
from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.schema import job_schema
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.suggestions import suggest
from muster.nomad.domain.hcl.tree import Tree

_FILES = ("variable", "variables", "locals")


@dataclass(frozen=True)
class _Site:
    """A block and the blocks around it, the innermost last."""

    block: Block
    parents: tuple[str, ...]


def find_habits(tree: Tree, job: dict[str, JsonValue] | None, scope: Scope) -> None:
    """Adds the warnings about a file to the scope; `job` is what was decoded, if anything."""
    for block in tree.body.blocks:
        if block.type == "variable" and block.body.attribute("default") is None:
            name = block.labels[0].text if block.labels else ""
            detail = f"A value for {name} must be given when the job is deployed."
            scope.report(block.header, f'Variable "{name}" has no default', detail, "warning")
    for site in _sites(tree.body, ()):
        for warn in _WARNINGS:
            warn(site, scope)
    _placeholder_datacenters(tree, job, scope)


def _sites(body: Body, parents: tuple[str, ...]) -> Iterator[_Site]:
    for block in body.blocks:
        if block.type not in _FILES:
            yield _Site(block, parents)
            yield from _sites(block.body, (*parents, block.type))


def _docker_config(site: _Site, scope: Scope) -> None:
    driver = site.block.body.attribute("driver")
    if site.block.type != "task" or driver is None or _plain(driver.value) != "docker":
        return
    schema = job_schema()
    for config in (block for block in site.block.body.blocks if block.type == "config"):
        names = [(item.name, item.name_span) for item in config.body.attributes]
        names += [(item.type, item.type_span) for item in config.body.blocks]
        for name, span in names:
            if name not in schema.docker_keys and name != "dynamic":
                detail = f'The docker driver has no option "{name}".{suggest(name, schema.docker_keys)}'
                scope.report(span, "Unknown docker option", detail, "warning")
        for name in schema.docker_required:
            if name not in [known for known, _ in names]:
                detail = f'The docker driver needs "{name}".'
                scope.report(config.header, "Missing docker option", detail, "warning")


def _plain(value: object) -> str | None:
    return value.plain if isinstance(value, Template) else None


def _port_map(site: _Site, scope: Scope) -> None:
    if site.block.type != "config" or site.parents[-1:] != ("task",):
        return
    spans = [item.type_span for item in site.block.body.blocks if item.type == "port_map"]
    spans += [item.name_span for item in site.block.body.attributes if item.name == "port_map"]
    detail = "Write `ports = [...]` here and `to = N` in the group's network port; port_map does not see group ports."
    _warn(spans, "Deprecated option", detail, scope)


def _task_network(site: _Site, scope: Scope) -> None:
    if site.block.type == "network" and site.parents[-1:] == ("resources",):
        detail = "Networks belong to the group since Nomad 0.12: move this block from resources to the group."
        _warn([site.block.header], "Deprecated block", detail, scope)


def _bandwidth(site: _Site, scope: Scope) -> None:
    mbits = site.block.body.attribute("mbits") if site.block.type == "network" else None
    if mbits is not None:
        _warn([mbits.name_span], "Deprecated argument", "Nomad ignores mbits since 0.12: leave it out.", scope)


def _vault_policies(site: _Site, scope: Scope) -> None:
    policies = site.block.body.attribute("policies") if site.block.type == "vault" else None
    if policies is not None:
        detail = "Nomad ignores vault policies from 1.10 on; there a role (workload identity) takes their place."
        _warn([policies.name_span], "Deprecated argument", detail, scope)


def _removed(site: _Site, scope: Scope) -> None:
    if site.block.type == "job":
        fields = job_schema().structs["Job"].fields
        gone = [item for item in site.block.body.attributes if item.name in fields]
        spans = [item.name_span for item in gone if fields[item.name].since == "removed"]
        _warn(spans, "Removed argument", "Newer Nomad does not know it, and tokens do not belong in files.", scope)


def _warn(spans: list[Span], summary: str, detail: str, scope: Scope) -> None:
    for span in spans:
        scope.report(span, summary, detail, "warning")


def _placeholder_datacenters(tree: Tree, job: dict[str, JsonValue] | None, scope: Scope) -> None:
    names = job.get("Datacenters") if job else None
    block = next((block for block in tree.body.blocks if block.type == "job"), None)
    attribute = block.body.attribute("datacenters") if block else None
    if attribute and isinstance(names, list) and any("${" in str(name) for name in names):
        detail = "Nomad does not interpolate datacenters: this text stays as it is and no node matches it."
        scope.report(attribute.value.span, "Placeholder in datacenters", detail, "warning")


_WARNINGS: tuple[Callable[[_Site, Scope], None], ...] = (
    _docker_config,
    _port_map,
    _task_network,
    _bandwidth,
    _vault_policies,
    _removed,
)
