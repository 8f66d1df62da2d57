"""Images without a fixed version, and docker options that are misspelt, missing or of the wrong type."""

import re
from collections.abc import Iterator, Mapping

from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.schema import job_schema
from muster.nomad.domain.hcl.suggestions import suggest
from muster.nomad.domain.hcl.values import (
    BOOL,
    LIST_OF_STRING,
    NUMBER,
    STRING,
    ConversionError,
    Type,
    Value,
    convert,
    has_unknown,
)
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
    keys = tuple(job_schema().docker_keys)
    for config in docker_configs(file):
        spans = [(item.name, item.name_span) for item in config.body.attributes]
        spans += [(child.type, child.header) for child in config.children]
        for name, span in spans:
            if name not in keys:
                yield Finding(span, f'The docker driver has no option "{name}".{suggest(name, keys)}')


_TYPES: Mapping[str, tuple[Type, str]] = {
    "bool": (BOOL, "true or false"),
    "string": (STRING, 'a text: {name} = "..."'),
    "number": (NUMBER, "a number: {name} = 1"),
    "list": (LIST_OF_STRING, 'a list of texts: {name} = ["..."]'),
}
"""Of an option's type in the schema: what it converts to, as Nomad converts it, and how it is written."""
_BLOCK = "a block: {name} {{ ... }}"


def wrong_types(file: JobFile) -> Iterator[Finding]:
    """Options that the parser takes and the driver refuses when the task starts."""
    for config in docker_configs(file):
        for item in config.body.attributes:
            kind, value = job_schema().docker_keys.get(item.name, ""), config.values[item.name]
            if kind and not _fits(value, kind):
                yield _mistyped(config.span(item.name), item.name, kind)
        for child in config.children:
            kind = job_schema().docker_keys.get(child.type, "")
            if kind in _TYPES:
                yield _mistyped(child.header, child.type, kind)


def _fits(value: Value, kind: str) -> bool:
    """Whether Nomad could convert it; of what is only known on the node nothing is said."""
    if value is None or has_unknown(value) or (isinstance(value, str) and "${" in value):
        return True
    if kind not in _TYPES:
        return isinstance(value, dict | tuple)
    try:
        convert(value, _TYPES[kind][0])
    except ConversionError:
        return False
    return True


def _mistyped(span: Span, name: str, kind: str) -> Finding:
    form = _TYPES[kind][1] if kind in _TYPES else _BLOCK
    return Finding(span, f"The docker driver takes no task with this: {name} is {form.format(name=name)}.")


def missing_options(file: JobFile) -> Iterator[Finding]:
    """Options without which the docker driver refuses a task."""
    for config in docker_configs(file):
        given = {*config.values, *(child.type for child in config.children)}
        for name in job_schema().docker_required:
            if name not in given:
                yield Finding(config.header, f'The docker driver needs "{name}".')
