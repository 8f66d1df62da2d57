"""Hypothesis strategies for specs: every field, with the texts that break careless renderers.

What is left out has no form in HCL: text that is not in Unicode's normal form C (HashiCorp's parser normalizes), lone
surrogates, an empty text where the API can't tell it from an absent one, map names of blocks that are no identifiers.
"""

import unicodedata
from itertools import pairwise
from typing import Any, get_args

from hypothesis import strategies as st

from muster.nomad.domain import network, policies, task
from muster.nomad.domain.spec import EphemeralDisk, GroupSpec, JobSpec, Variable, VolumeRequest
from muster.nomad.domain.values import VarRef

Strategy = st.SearchStrategy[Any]

_AWKWARD = (
    '"', "\\", "${", "%{", "$${", "%%{", "}", "~}", "$", "%", "\n", "\r\n", "\t", "\0", "\x7f", "\u2028", "EOT", "\nEOT\n", "EOT2",
    "é", "\u0301x", "日本", "🙂", "#", "//", "/*", "-", "--", " ", "  ", "'", "`", "{{ key \"a\" }}", "${NOMAD_PORT_http}", "$${NOMAD_X}",
    "${NOMAD_X}}", "${NOMAD_X} }", "${attr.kernel.name}", "${var.x}", "%{ if true }", "\ufeff", "true", "null", "1",
)  # fmt: skip


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _survives_go(text: str) -> bool:
    """Go's normalizer looks at 16 bits of a character only: U+101A0 and U+0300 come back as U+1EDC."""
    return not any(ord(first) > 0xFFFF and unicodedata.combining(second) for first, second in pairwise(text))


# Unassigned (Cn) too: HCL text is normalized to NFC, and HashiCorp's Unicode tables are newer than Python's.
_characters = st.characters(exclude_categories=("Cs", "Cn"))
texts = (
    st.one_of(
        st.text(_characters, max_size=12),
        st.lists(st.one_of(st.sampled_from(_AWKWARD), st.text(_characters, max_size=3)), max_size=6).map("".join),
    )
    .map(_normal)
    .filter(_survives_go)
)
filled = texts.filter(bool)
long_texts = st.one_of(
    texts, st.lists(texts, max_size=5).map(lambda lines: _normal("".join(f"{line}\n" for line in lines)))
)
names = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
identifiers = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,8}", fullmatch=True)
counts = st.integers(min_value=1, max_value=10_000)
seconds = st.integers(min_value=0, max_value=10**8).map(lambda milliseconds: milliseconds / 1000)


def many(items: Strategy, most: int = 2) -> Strategy:
    return st.lists(items, max_size=most).map(tuple)


def optional(items: Strategy) -> Strategy:
    return st.none() | items


def maps(keys: Strategy, values: Strategy) -> Strategy:
    return st.dictionaries(keys, values, max_size=3)


def built(part: Any, **fields: Strategy) -> Strategy:
    return st.builds(part, **fields)


def choice(part: Any, field: str) -> Strategy:
    annotation = part.model_fields[field].annotation
    return st.sampled_from(get_args(annotation))


CONSTRAINTS = many(built(policies.Constraint, attribute=texts, operator=filled, value=texts), 2)
AFFINITIES = many(
    built(
        policies.Affinity,
        attribute=texts,
        operator=filled,
        value=texts,
        weight=st.integers(-100, 100),
    ),
    2,
)
SPREADS = many(
    built(
        policies.Spread,
        attribute=texts,
        weight=st.integers(-100, 100),
        targets=many(built(policies.SpreadTarget, value=texts, percent=st.integers(0, 100))),
    ),
    2,
)
UPDATES = built(
    policies.Update,
    max_parallel=st.integers(0, 9),
    health_check=optional(filled),
    min_healthy_time_s=seconds,
    healthy_deadline_s=seconds,
    progress_deadline_s=seconds,
    auto_revert=st.booleans(),
    auto_promote=st.booleans(),
    canary=st.integers(0, 9),
    stagger_s=optional(seconds),
)
RESTARTS = built(
    policies.Restart,
    attempts=st.integers(0, 9),
    interval_s=seconds,
    delay_s=seconds,
    mode=st.sampled_from(("fail", "delay")),
)
RESCHEDULES = built(
    policies.Reschedule,
    attempts=optional(st.integers(0, 9)),
    interval_s=optional(seconds),
    delay_s=optional(seconds),
    delay_function=optional(st.sampled_from(("constant", "exponential", "fibonacci"))),
    max_delay_s=optional(seconds),
    unlimited=optional(st.booleans()),
)
MIGRATES = built(
    policies.Migrate,
    max_parallel=st.integers(0, 9),
    health_check=filled,
    min_healthy_time_s=seconds,
    healthy_deadline_s=seconds,
)
PERIODICS = built(
    policies.Periodic,
    cron=texts,
    prohibit_overlap=st.booleans(),
    time_zone=optional(filled),
    enabled=st.booleans(),
)
PORTS = built(
    network.Port,
    label=texts,
    static=optional(st.integers(1, 65535)),
    to=optional(st.sampled_from((-1, 80, 8080))),
    host_network=optional(filled),
)
NETWORKS = built(network.Network, mode=optional(filled), ports=many(PORTS))
CHECKS = built(
    network.Check,
    type=choice(network.Check, "type"),
    name=optional(filled),
    path=optional(filled),
    method=optional(filled),
    protocol=optional(filled),
    port=optional(filled),
    interval_s=seconds.filter(bool),
    timeout_s=seconds.filter(bool),
    command=optional(filled),
    args=many(texts),
    task=optional(filled),
    headers=maps(identifiers, st.lists(texts, min_size=1, max_size=2).map(tuple)),
    grpc_service=optional(filled),
    grpc_use_tls=st.booleans(),
    tls_skip_verify=st.booleans(),
    success_before_passing=optional(counts),
    failures_before_critical=optional(counts),
    restart=optional(
        built(
            network.CheckRestart,
            limit=st.integers(0, 9),
            grace_s=seconds,
            ignore_warnings=st.booleans(),
        )
    ),
)
SERVICES = many(
    built(
        network.Service,
        name=texts,
        port=optional(filled),
        provider=st.sampled_from(("consul", "nomad")),
        tags=many(texts),
        meta=maps(identifiers, texts),
        address_mode=optional(filled),
        task=optional(filled),
        checks=many(CHECKS, 2),
    ),
    2,
)
VOLUMES = built(
    VolumeRequest,
    name=filled,
    type=st.sampled_from(("host", "csi")),
    source=texts,
    read_only=st.booleans(),
    access_mode=optional(filled),
    attachment_mode=optional(filled),
    per_alloc=st.booleans(),
)
DISKS = built(EphemeralDisk, size_mb=st.integers(0, 9999), sticky=st.booleans(), migrate=st.booleans())
TEMPLATES = built(
    task.Template,
    data=long_texts,
    destination=texts,
    env=st.booleans(),
    change_mode=optional(st.sampled_from(("restart", "noop", "signal", "script"))),
    change_signal=optional(filled),
    perms=optional(filled),
    left_delimiter=optional(filled),
    right_delimiter=optional(filled),
)
VAULTS = built(
    task.Vault,
    policies=many(texts),
    role=optional(filled),
    change_mode=optional(filled),
    env=optional(st.booleans()),
)
SECRETS = built(
    task.SecretBlock,
    name=filled,
    provider=texts,
    path=texts,
    config=maps(identifiers, texts),
    env=maps(identifiers, texts),
)
RESOURCES = built(
    task.Resources,
    cpu_mhz=optional(counts),
    cores=optional(counts),
    memory_mb=st.integers(0, 99_999),
    memory_max_mb=optional(counts),
    devices=many(
        built(
            task.Device,
            name=texts,
            count=st.integers(0, 9),
            constraints=CONSTRAINTS,
            affinities=AFFINITIES,
        ),
        1,
    ),
)
BIND_MOUNTS = built(
    task.BindMount,
    type=st.sampled_from(("bind", "volume", "tmpfs")),
    target=texts,
    source=optional(texts),
    readonly=st.booleans(),
)
VARIABLES = st.one_of(
    built(Variable, name=names, type=st.just("string"), default=optional(texts), description=texts, missing=names),
    built(Variable, name=names, type=st.just("number"), default=st.integers(-99, 99), description=texts),
    built(Variable, name=names, type=st.just("bool"), default=st.booleans()),
    built(Variable, name=names, type=st.just("list(string)"), default=st.lists(texts, max_size=2)),
)


def docker_configs(image: Strategy) -> Strategy:
    return built(
        task.DockerConfig,
        image=image,
        command=optional(texts),
        args=many(texts, 9),
        entrypoint=many(texts),
        ports=many(texts),
        network_mode=optional(texts),
        work_dir=optional(texts),
        force_pull=st.booleans(),
        privileged=st.booleans(),
        cap_add=many(texts),
        cap_drop=many(texts),
        volumes=many(texts),
        mounts=many(BIND_MOUNTS, 2),
        labels=maps(texts, texts),
        extra_hosts=many(texts),
        hostname=optional(texts),
        shm_size=optional(counts),
        init=st.booleans(),
        readonly_rootfs=st.booleans(),
        runtime=optional(texts),
    )


def tasks(variables: tuple[Variable, ...]) -> Strategy:
    plain = [variable.name for variable in variables if variable.type != "list(string)"]
    in_text = [variable.name for variable in variables if variable.type == "string"]
    return built(
        task.TaskSpec,
        name=texts,
        config=docker_configs(st.one_of(texts, *([_references(in_text)] if in_text else []))),
        user=optional(filled),
        env=maps(texts, st.one_of(texts, *([_references(plain)] if plain else []))),
        templates=many(TEMPLATES, 2),
        vault=optional(VAULTS),
        secrets=unique(SECRETS),
        resources=RESOURCES,
        lifecycle=optional(built(task.Lifecycle, hook=choice(task.Lifecycle, "hook"), sidecar=st.booleans())),
        leader=st.booleans(),
        mounts=many(built(task.VolumeMount, volume=texts, destination=texts, read_only=st.booleans()), 2),
        services=SERVICES,
        constraints=CONSTRAINTS,
        affinities=AFFINITIES,
        restart=optional(RESTARTS),
        kill_timeout_s=optional(seconds),
        kill_signal=optional(filled),
        meta=maps(texts, texts),
    )


def _references(variables: list[str]) -> Strategy:
    return st.sampled_from(variables).map(lambda name: VarRef(var=name))


def groups(variables: tuple[Variable, ...]) -> Strategy:
    return built(
        GroupSpec,
        name=texts,
        count=st.integers(0, 99),
        network=optional(NETWORKS),
        services=SERVICES,
        volumes=st.lists(VOLUMES, max_size=2, unique_by=lambda volume: volume.name).map(tuple),
        tasks=unique(tasks(variables)),
        constraints=CONSTRAINTS,
        affinities=AFFINITIES,
        spreads=SPREADS,
        update=optional(UPDATES),
        restart=optional(RESTARTS),
        reschedule=optional(RESCHEDULES),
        migrate=optional(MIGRATES),
        ephemeral_disk=optional(DISKS),
        shutdown_delay_s=optional(seconds),
        meta=maps(texts, texts),
    )


def unique(parts: Strategy, most: int = 2) -> Strategy:
    return st.lists(parts, max_size=most, unique_by=lambda part: part.name).map(tuple)


def jobs(variables: tuple[Variable, ...]) -> Strategy:
    return built(
        JobSpec,
        name=filled,
        type=choice(JobSpec, "type"),
        region=optional(filled),
        namespace=optional(filled),
        datacenters=many(texts),
        node_pool=optional(filled),
        priority=optional(st.integers(0, 100)),
        variables=st.just(variables),
        constraints=CONSTRAINTS,
        affinities=AFFINITIES,
        spreads=SPREADS,
        update=optional(UPDATES),
        periodic=optional(PERIODICS),
        meta=maps(texts, texts),
        groups=unique(groups(variables)),
    )


def specs() -> st.SearchStrategy[JobSpec]:
    """Any spec."""
    return unique(VARIABLES).flatmap(jobs)
