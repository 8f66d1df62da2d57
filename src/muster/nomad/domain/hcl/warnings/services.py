"""Services: checks, names, and what Fabio needs."""

import re
from collections.abc import Iterator

from muster.nomad.domain.hcl.warnings.rule import Finding, JobFile
from muster.nomad.domain.hcl.warnings.sites import Pair, Site

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE | re.ASCII)
_LIMIT = 63
_ROUTE = "urlprefix-"


def _services(file: JobFile) -> Iterator[Site]:
    return file.of("service", "group", "task")


def _checked(service: Site) -> bool:
    return any(child.type == "check" for child in service.children)


def _routes(service: Site) -> list[Pair]:
    return [tag for tag in service.texts("tags") if (tag.text or "").startswith(_ROUTE)]


def services_without_check(file: JobFile) -> Iterator[Finding]:
    """Services whose health nobody looks at."""
    detail = (
        "Without a check the service counts as healthy as soon as its task runs, also when it answers nothing: add "
        '`check { type = "http" path = ... interval = "10s" timeout = "2s" }`, or type "tcp".'
    )
    for site in _services(file):
        connected = next(site.of("connect"), None) is not None
        if site.has("port") and not _checked(site) and not connected and not _routes(site):
            yield Finding(site.header, detail)


def ports_without_service(file: JobFile) -> Iterator[Finding]:
    """Groups of a service job that listen and are found by nobody."""
    if file.job_type != "service":
        return
    for group in file.of("group"):
        ports = [port for network in group.of("network") for port in network.of("port")]
        if ports and not any(site.type == "service" for site in group.all()):
            detail = (
                "The group has a port and no service: nobody finds it, and no check decides whether it is healthy. Add "
                f'`service {{ port = "{ports[0].label}" ... }}` with a check.'
            )
            yield Finding(group.header, detail)


def service_names(file: JobFile) -> Iterator[Finding]:
    """Names that are no host names, and default names that are too long."""
    job = next(file.of("job"), None)
    for site in _services(file):
        name = site.text("name")
        if name and "${" not in name and not _NAME.fullmatch(name):
            detail = (
                f"Only letters, digits and dashes, at most {_LIMIT} and no dash at the ends (RFC 1123) make a name."
            )
            yield Finding(site.span("name"), detail)
        elif job and not site.has("name") and len(default := _default_name(job, site)) > _LIMIT:
            detail = f"Without `name` it is {default}: {len(default)} letters, and {_LIMIT} are allowed. Write a name."
            yield Finding(site.header, detail)


def _default_name(job: Site, service: Site) -> str:
    group, task = service.within("group"), service.within("task")
    parts = (job.label, group.label if group else "", task.label if task else "group")
    return "-".join(filter(None, parts))


def routes_without_check(file: JobFile) -> Iterator[Finding]:
    """Routes that Fabio never takes up."""
    for site in _services(file):
        for tag in _routes(site)[:1]:
            if not _checked(site):
                yield Finding(tag.span, "Fabio routes only to services with a passing check: add a check.")


def routes_without_consul(file: JobFile) -> Iterator[Finding]:
    """Routes of services that Consul never hears of."""
    for site in _services(file):
        for tag in _routes(site)[:1]:
            if site.text("provider") == "nomad":
                yield Finding(tag.span, 'Fabio reads Consul only: leave `provider = "nomad"` out, or the tag.')


def routes_without_slash(file: JobFile) -> Iterator[Finding]:
    """Routes that Fabio passes over."""
    for site in _services(file):
        for tag in _routes(site):
            route = (tag.text or "").removeprefix(_ROUTE)
            if "/" not in route.split(" ")[0] and "proto=tcp" not in route and "proto=grpc" not in route:
                yield Finding(tag.span, "Fabio passes over a route without a slash: write urlprefix-HOST/.")
