"""Asks Vault, Consul and the registries about what a job needs of them; who does not answer is a finding too."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from muster.core.errors import ServiceError
from muster.nomad.domain.build.target import Target
from muster.nomad.domain.estate.images import ImageLookup
from muster.nomad.domain.findings import Finding
from muster.nomad.domain.review.findings import (
    consul_findings,
    image_findings,
    images_of,
    vault_findings,
    volume_findings,
)
from muster.nomad.domain.review.kinds import finding
from muster.nomad.domain.review.plain_secrets import plain_secret_findings
from muster.nomad.domain.review.reads import key_reads, secret_reads
from muster.nomad.domain.spec import JobSpec
from muster.nomad.ports import Catalog, Estate, Registry, Secrets

_AT_ONCE = 4


def review_job(spec: JobSpec, estate: Estate, target: Target | None, *, from_running: bool) -> tuple[Finding, ...]:
    """All that is found beside what makes it invalid. `from_running`: it is laid over a job that runs, and no file.

    Raises nothing that a service did wrong.
    """
    return (
        *plain_secret_findings(spec, from_running=from_running),
        *_vault(spec, estate.secrets),
        *_consul(spec, estate.catalog),
        *volume_findings(spec, target),
        *_images(spec, estate.registry),
    )


def _vault(spec: JobSpec, secrets: Secrets | None) -> Sequence[Finding]:
    reads = secret_reads(spec)
    if secrets is None or not reads:
        return ()
    try:
        return [*vault_findings(reads, {read.path: secrets.look_up(read.path) for read in reads})]
    except ServiceError as error:
        text = f"secrets were not looked up: {error.message}"
        return [finding("vault_unchecked", text, where=reads[0].where, advice=error.advice)]


def _consul(spec: JobSpec, catalog: Catalog | None) -> Sequence[Finding]:
    reads = key_reads(spec)
    if catalog is None or not reads:
        return ()
    try:
        there = [read.key for read in reads if catalog.value(read.key) is not None]
        return [*consul_findings(reads, there)]
    except ServiceError as error:
        text = f"keys were not looked up: {error.message}"
        return [finding("consul_unchecked", text, where=reads[0].where, advice=error.advice)]


def _images(spec: JobSpec, registry: Registry | None) -> Iterator[Finding]:
    if registry is None:
        return
    images = images_of(spec)
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        said: dict[str, ImageLookup] = dict(zip(images, pool.map(registry.look_up, images), strict=True))
    yield from image_findings(images, said)
