"""Images without a fixed version, and docker options that are misspelt or missing."""

import re
from collections.abc import Iterator

from muster.nomad.domain.hcl.schema import job_schema
from muster.nomad.domain.hcl.suggestions import suggest
from muster.nomad.domain.hcl.warnings.rule import Finding, JobFile
from muster.nomad.domain.hcl.warnings.sites import Site

_TAG = re.compile(r":(?P<tag>[^:/@]+)$")


def docker_configs(file: JobFile) -> Iterator[Site]:
    """The config blocks of docker tasks."""
    tasks = (site for site in file.of("task") if site.text("driver") == "docker")
    return (config for task in tasks for config in task.of("config"))


def unpinned_images(file: JobFile) -> Iterator[Finding]:
    """`latest`, or no tag at all."""
    for config in docker_configs(file):
        image = config.text("image")
        if not image or "@" in image or "${" in image or config.has("load"):
            continue
        tag = _TAG.search(image)
        if tag is None or tag["tag"] == "latest":
            what = "An image without tag means `latest`" if tag is None else "`latest` moves"
            detail = (
                f"{what}: two nodes may run different versions, and no revert brings the old one back. Name a version."
            )
            yield Finding(config.span("image"), detail)


def unknown_options(file: JobFile) -> Iterator[Finding]:
    """Options that the docker driver has not."""
    keys = job_schema().docker_keys
    for config in docker_configs(file):
        spans = [(item.name, item.name_span) for item in config.body.attributes]
        spans += [(child.type, child.header) for child in config.children]
        for name, span in spans:
            if name not in keys:
                yield Finding(span, f'The docker driver has no option "{name}".{suggest(name, keys)}')


def missing_options(file: JobFile) -> Iterator[Finding]:
    """Options without which the docker driver refuses a task."""
    for config in docker_configs(file):
        given = {*config.values, *(child.type for child in config.children)}
        for name in job_schema().docker_required:
            if name not in given:
                yield Finding(config.header, f'The docker driver needs "{name}".')
