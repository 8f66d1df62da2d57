"""Update, restart and placement: what the type of a job allows, and which time must be less than which."""

from collections.abc import Iterator

from muster.nomad.domain.hcl.durations import render_duration
from muster.nomad.domain.hcl.warnings.rule import Finding, JobFile
from muster.nomad.domain.hcl.warnings.sites import Site

_DEFAULTS_S = {"min_healthy_time": 10.0, "healthy_deadline": 300.0, "progress_deadline": 600.0}
_NS = 10**9


def updates_of_batch(file: JobFile) -> Iterator[Finding]:
    """Update blocks of jobs that end."""
    if file.job_type in ("batch", "sysbatch"):
        detail = f"A {file.job_type} job ends and is never rolled out: Nomad refuses the block. Leave it out."
        yield from (Finding(site.header, detail) for site in file.of("update", "job", "group"))


def deadline_orders(file: JobFile) -> Iterator[Finding]:
    """min_healthy_time < healthy_deadline < progress_deadline."""
    for update in file.of("update", "job", "group"):
        times = {name: _seconds(update, name) for name in _DEFAULTS_S}
        for low, high in (("min_healthy_time", "healthy_deadline"), ("healthy_deadline", "progress_deadline")):
            below, above = times[low], times[high]
            open_end = high == "progress_deadline" and above == 0
            if below is not None and above is not None and below >= above and not open_end:
                shown = f"{low} ({_shown(below)}) must be less than {high} ({_shown(above)})"
                span = update.span(high if update.has(high) else low)
                yield Finding(span, f"{shown}, or Nomad refuses the job; what is not written has its default.")


def _seconds(update: Site, name: str) -> float | None:
    """As written, or as the job's block has it for a group's, or by default; None where it is not known."""
    if update.has(name):
        return update.seconds(name)
    job = next((site for site in update.around if site.type == "job"), None)
    outer = next(job.of("update"), None) if job and update.parent == "group" else None
    return outer.seconds(name) if outer and outer.has(name) else _DEFAULTS_S[name]


def _shown(seconds: float) -> str:
    return render_duration(round(seconds * _NS))


def system_counts(file: JobFile) -> Iterator[Finding]:
    """More than one allocation a node."""
    if file.job_type == "system":
        for group in file.of("group"):
            if (group.number("count") or 0) > 1:
                detail = "A system job runs once on every node: Nomad refuses a higher count. Leave `count` out."
                yield Finding(group.span("count"), detail)


def system_placement(file: JobFile) -> Iterator[Finding]:
    """Spread and affinity where there is nothing to choose."""
    if file.job_type == "system":
        for site in (*file.of("spread"), *file.of("affinity")):
            if site.parent != "device":
                detail = (
                    f"A system job runs on every node: Nomad refuses `{site.type}`. Constraints may narrow the nodes."
                )
                yield Finding(site.header, detail)


def hidden_crash_loops(file: JobFile) -> Iterator[Finding]:
    """`restart { mode = "delay" }`."""
    detail = (
        '"delay" restarts without end: a crash loop looks like a running allocation until the deployment\'s deadline, '
        'and is never moved to another node. Write `mode = "fail"`.'
    )
    for restart in file.of("restart"):
        if restart.text("mode") == "delay" and file.job_type in ("service", "batch"):
            yield Finding(restart.span("mode"), detail)


def gpus_by_constraint(file: JobFile) -> Iterator[Finding]:
    """A constraint that says once more what a device says."""
    detail = (
        "The `device` block finds the nodes that have one; this constraint also needs the meta value on each of them. "
        'Leave it out, or leave out the device and write `runtime = "nvidia"` where the plugin is missing.'
    )
    devices = [site for site in file.of("device", "resources") if "gpu" in site.label.lower()]
    for site in file.of("constraint"):
        beside = any(site.around[-1] in device.around for device in devices)
        attribute = site.text("attribute").lower()
        if beside and "meta." in attribute and ("gpu" in attribute or "nvidia" in attribute):
            yield Finding(site.header, detail)
