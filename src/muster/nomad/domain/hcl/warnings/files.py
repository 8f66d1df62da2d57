"""What a file leaves open, and texts that Nomad does not fill in."""

import re
from collections.abc import Callable, Iterator

from muster.nomad.domain.hcl.suggestions import suggest
from muster.nomad.domain.hcl.warnings.rule import Finding, JobFile
from muster.nomad.domain.hcl.warnings.sites import Site

_TYPES = ("service", "batch", "system", "sysbatch")
_FILLED_IN = re.compile(r"\$\{\s*(?:(?:attr|meta|node|env|device|unique|secret)\b|NOMAD_)")
_SEQUENCE = re.compile(r"\$\{[^}]{1,80}\}?")


def variables_without_default(file: JobFile) -> Iterator[Finding]:
    """`variable` blocks whose value must be given."""
    for block in file.tree.body.blocks:
        if block.type == "variable" and block.body.attribute("default") is None:
            name = block.labels[0].text if block.labels else ""
            yield Finding(block.header, f"A value for {name} must be given when the job is deployed.")


def placeholder_datacenters(file: JobFile) -> Iterator[Finding]:
    """`datacenters = ["${datacenter}"]`."""
    detail = (
        "Nomad does not interpolate datacenters: this text stays as it is and no node matches it. "
        'Write real names, or ["*"] (Nomad 1.5 or later); Terraform fills it in only in a templatefile.'
    )
    for site in file.of("job"):
        if any("${" in (item.text or "") for item in site.texts("datacenters")):
            yield Finding(site.span("datacenters"), detail)


def placeholder_images(file: JobFile) -> Iterator[Finding]:
    """`image = "${image}"`."""
    for site in file.of("config", "task"):
        image = site.text("image")
        known = _environment(site.around[-1])
        unknown = [found for found in _SEQUENCE.findall(image) if not _FILLED_IN.match(found) and not known(found)]
        if unknown:
            detail = (
                f"Nothing fills in {unknown[0]}: Nomad leaves it as it is. Declare a variable and write ${{var.x}}."
            )
            yield Finding(site.span("image"), detail)


def _environment(task: Site) -> Callable[[str], bool]:
    """Whether `${NAME}` is a variable of the task's own environment, which is filled in too."""
    names = {pair.key for pair in task.pairs("env")}
    templates = [site.text("data") for site in task.of("template") if site.flag("env")]

    def known(sequence: str) -> bool:
        name = sequence.strip("${} ")
        return name in names or any(name in data for data in templates)

    return known


def unknown_types(file: JobFile) -> Iterator[Finding]:
    """A type of job that Nomad has not."""
    for site in file.of("job"):
        kind = site.text("type")
        if kind and "${" not in kind and kind not in _TYPES:
            hint = suggest(kind, _TYPES) or f" There are {', '.join(_TYPES)}."
            periodic = " A schedule is a `periodic` block in a batch job." if kind in ("periodic", "cron") else ""
            yield Finding(site.span("type"), f'Nomad has no jobs of type "{kind}".{hint}{periodic}')


def names_twice(file: JobFile) -> Iterator[Finding]:
    """Two groups of a job, or two tasks of a group, with one name."""
    for owner, kind in (*((site, "group") for site in file.of("job")), *((site, "task") for site in file.of("group"))):
        seen: set[str] = set()
        for site in (child for child in owner.of(kind) if child.labels and not child.made):
            if site.label in seen:
                yield Finding(site.header, f"Nomad refuses a second {kind} of one name here: rename one of them.")
            seen.add(site.label)


def missing_resources(file: JobFile) -> Iterator[Finding]:
    """Tasks that say nothing about what they need."""
    detail = (
        "Nomad then reserves 100 MHz and 300 MB, and kills the task beyond that memory: "
        "write `resources { cpu = ... memory = ... }`."
    )
    for site in file.of("task", "group", "job"):
        if next(site.of("resources"), None) is None and site.text("driver") != "raw_exec":
            yield Finding(site.header, detail)
