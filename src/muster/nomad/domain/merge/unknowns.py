"""What nothing in the repository says about a service, and where it was looked for."""

from collections.abc import Iterator

from muster.nomad.domain.profile import ServiceProfile, Unknown


def unknowns_of(profile: ServiceProfile) -> Iterator[Unknown]:
    """The gaps that a job needs filled."""
    if profile.image is None:
        yield Unknown(service=profile.name, field="image", looked_for=image_looked_for(profile))
    if not profile.ports and (profile.listens is None or profile.listens.value):
        yield Unknown(
            service=profile.name,
            field="port",
            looked_for="compose ports, EXPOSE, the start command, its framework, addresses in other services",
        )
    if profile.job.value == "periodic" and profile.cron is None:
        yield Unknown(service=profile.name, field="schedule", looked_for="cron files, schedulers in the code")
    for entry in profile.env:
        if entry.required and entry.source == "unknown":
            place = f"{entry.where} names it; " if entry.where else ""
            looked_for = f"{place}compose environment, ENV, example environments"
            yield Unknown(service=profile.name, field=f"env {entry.name}", looked_for=looked_for)


def image_looked_for(profile: ServiceProfile) -> str:
    """Where an image's name was looked for, and why a base image is no answer."""
    if profile.build:
        base = f"; its base image {profile.base_image.value} is not the application" if profile.base_image else ""
        return f"`image:` in compose; {profile.build.value.dockerfile} builds it but does not name it{base}"
    return "`image:` and `build:` in compose, Dockerfiles"
