"""How a compose service wants its container to be, and which of its keys nothing here carries over."""

from collections.abc import Iterator

from muster.nomad.domain.env_vars import looks_secret
from muster.nomad.domain.extractors.compose_resources import restricts, size_bytes
from muster.nomad.domain.extractors.compose_service import Service
from muster.nomad.domain.extractors.compose_yaml import ScalarNode, is_true, mapping
from muster.nomad.domain.extractors.durations import parse_duration
from muster.nomad.domain.facts import ContainerFact, Evidence

_CARRIED = (
    *("cap_drop", "read_only", "shm_size", "init", "labels", "hostname", "stop_grace_period", "stop_signal"),
    *("image", "build", "command", "entrypoint", "user", "working_dir", "environment", "env_file", "ports", "expose"),
    *("volumes", "tmpfs", "healthcheck", "depends_on", "links", "profiles", "restart", "network_mode", "deploy"),
    *("scale", "mem_limit", "mem_reservation", "cpus", "gpus", "extends"),
)
# Said in another way: as a privilege, as what is not read, or (`networks`) by how services of a job find each other.
_SAID_ELSEWHERE = (
    *("privileged", "cap_add", "devices", "device_cgroup_rules", "extra_hosts", "security_opt"),
    *("secrets", "configs", "volumes_from", "models", "provider", "networks"),
)
_READ_OF_DEPLOY = ("resources", "replicas", "mode", "restart_policy")
# Keys of which one value means something here.
_ONE_VALUE = {"pid": "host", "ipc": "host", "uts": "host", "userns_mode": "host", "cgroup": "host", "runtime": "nvidia"}
_MOST_KEYS = 30
# What Nomad's clients know.
_SIGNALS = """
    SIGABRT SIGALRM SIGBUS SIGCHLD SIGCONT SIGFPE SIGHUP SIGILL SIGINT SIGIO SIGIOT SIGKILL SIGPIPE SIGPROF SIGQUIT
    SIGSEGV SIGSTOP SIGSYS SIGTERM SIGTRAP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGUSR1 SIGUSR2 SIGWINCH SIGXCPU SIGXFSZ
"""


def container_facts(service: Service) -> Iterator[Evidence]:
    """At most one fact: the settings that a Nomad task has too, and the names of the keys that it has not."""
    text = {key: _text(service, key) for key in ("hostname", "shm_size", "stop_signal", "stop_grace_period")}
    said = ContainerFact(
        cap_drop=tuple(one.text for one in service.resolved(service.body.get("cap_drop")) if one.known),
        readonly_rootfs=_is_yes(service, "read_only"),
        init=_is_yes(service, "init"),
        labels=_labels(service),
        hostname=text["hostname"] or None,
        shm_size=size_bytes(text["shm_size"]),
        stop_signal=_signal(text["stop_signal"]),
        stop_grace_s=parse_duration(text["stop_grace_period"]),
    )
    fact = said.model_copy(update={"not_carried": tuple(_not_carried(service, said))})
    if fact != ContainerFact():
        lines = {key: service.at(key) for key in _CARRIED[:8] if key in service.body.items}
        at = next(iter(lines.values()), service.body.at)
        yield service.evidence(fact.model_copy(update={"lines": lines}), at, "settings of the container")


def _text(service: Service, key: str) -> str:
    said = service.text(key)
    return said.text.strip() if said is not None and said.known else ""


def _is_yes(service: Service, key: str) -> bool:
    return is_true(ScalarNode(_text(service, key), ""))


def _labels(service: Service) -> dict[str, str]:
    """Those whose value is known and no secret."""
    found: dict[str, str] = {}
    for name, node in service.section("labels").items.items():
        value = service.resolve(node) if isinstance(node, ScalarNode) else None
        if value is not None and value.known and not looks_secret(name, value.text):
            found[name] = "" if isinstance(node, ScalarNode) and node.is_null else value.text
    return found


def _signal(text: str) -> str | None:
    name = text.upper() if text.upper().startswith("SIG") else f"SIG{text.upper()}"
    return name if name in _SIGNALS.split() else None


def _not_carried(service: Service, said: ContainerFact) -> Iterator[str]:
    """The names of keys that are there and have no place in the job, in the order of the file."""
    unread = [key for key in service.body.items if service.body.get(key) is not None and _is_lost(service, key, said)]
    yield from (key[:60] for key in unread[:_MOST_KEYS])
    deploy = service.section("deploy")
    yield from (f"deploy.{key[:60]}" for key in list(deploy.items)[:_MOST_KEYS] if key not in _READ_OF_DEPLOY)
    yield from (f"label {name[:60]}" for name in list(service.section("labels").items) if name not in said.labels)
    for one in service.resolved(service.body.get("security_opt")):
        if restricts(one.text):
            yield f"security_opt {one.text[:60]}"


def _is_lost(service: Service, key: str, said: ContainerFact) -> bool:
    if key.startswith("x-"):
        return False
    if key in _ONE_VALUE:
        return _text(service, key) != _ONE_VALUE[key]
    if key == "networks":
        return any(mapping(one).items for one in service.section("networks").items.values())
    return key not in (*_CARRIED, *_SAID_ELSEWHERE) or _is_senseless(service, key, said)


def _is_senseless(service: Service, key: str, said: ContainerFact) -> bool:
    """Whether a setting is given, and could not be read."""
    read = {
        "hostname": said.hostname,
        "shm_size": said.shm_size,
        "stop_signal": said.stop_signal,
        "stop_grace_period": said.stop_grace_s,
    }
    return (key in ("read_only", "init") and not _text(service, key)) or (key in read and read[key] is None)
