"""What a program says before it gives up: the last evidence, and the least certain.

The patterns quote well-known runtimes, libraries and images; each is one line of a log.
"""

import re
from collections.abc import Iterator

from muster.nomad.domain.failures.rules import MOST_CHARACTERS, Rule, judgements
from muster.nomad.domain.failures.scene import Scene, Suspect
from muster.nomad.domain.outcomes import Cause
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.task import VolumeMount

_HOST = r"(?P<host>[A-Za-z0-9_][\w.-]*)"

MEMORY: tuple[Rule, ...] = (
    Rule(
        "memory",
        "rule",
        re.compile(
            r"^MemoryError|JavaScript heap out of memory|java\.lang\.OutOfMemoryError|Cannot allocate memory"
            r"|runtime: out of memory|NoMemoryError|std::bad_alloc|memory allocation of \d+ bytes failed"
        ),
        "{task} says that it has not enough memory",
        "Give it more memory, or make it need less.",
    ),
)

PERMISSION = re.compile(
    r"(?i:permission denied|EACCES|operation not permitted|read-only file system|not writ(?:e)?able|is not owned)"
)
_UID = re.compile(r"(?i:\buid|user id|as user)\D{0,3}(?P<uid>\d+)\b")
_PATH = re.compile(r"(?<![\w/.])(?P<path>/[^\s'\":,;)\]]+)")

UNREACHABLE: tuple[Rule, ...] = tuple(
    Rule(
        "unreachable_dependency",
        "human",
        re.compile(pattern),
        "{task} can't reach {host} {port}",
        "See whether it runs and under which name and port this job finds it; a name of compose is no name here.",
    )
    for pattern in (
        rf"server (?:on|at) [\"']{_HOST}[\"'](?: \([^)]*\))?,? ?(?:port (?P<port>\d+))? ?(?:failed|\()",
        rf"dial (?:tcp|udp)\d? {_HOST}:(?P<port>\d+): (?:connect: )?(?:connection refused|i/o timeout|no route)",
        rf"lookup {_HOST}(?: on \S+)?: (?:no such host|server misbehaving|.*i/o timeout)",
        rf"(?:ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH)\s+{_HOST}:(?P<port>\d+)",
        rf"(?:ENOTFOUND|EAI_AGAIN)\s+{_HOST}",
        rf"(?:could not translate host name|resolve host|running on host) [\"']{_HOST}[\"']",
        rf"connecting to {_HOST}:(?P<port>\d+)\. (?:Connection refused|Name or service not known|Temporary failure)",
        rf"(?<![\w.-]){_HOST}:(?P<port>\d+):? .{{0,60}}(?i:connection refused|name or service not known|timed out)",
    )
)

PORT_IN_USE: tuple[Rule, ...] = (
    Rule(
        "port_collision",
        "human",
        re.compile(
            r"(?:EADDRINUSE|[Aa]ddress already in use|[Oo]nly one usage of each socket)(?:[^\d]*:(?P<after>\d{2,5}))?"
            r"|:(?P<port>\d{2,5})\D{0,20}(?:address already in use|in use)"
        ),
        "{task} can't listen: address already in use {port}{after}",
        "Let the program listen on the port that Nomad gives it (`NOMAD_PORT_label`), or free the port.",
    ),
)

DISK_FULL: tuple[Rule, ...] = (
    Rule(
        "disk",
        "rule",
        re.compile(r"(?i:no space left on device|ENOSPC|disk quota exceeded)"),
        "{task} finds no space left on its disk",
        "Give the group a larger ephemeral disk, or keep its data on a volume.",
    ),
)


def classify_memory_words(suspect: Suspect) -> Cause | None:
    """The program itself says that memory is short."""
    cause = next(judgements(MEMORY, suspect, suspect.log()), None)
    limit = suspect.task.resources.memory_mb if suspect.task else 0
    return cause and cause.model_copy(update={"facts": {"problem": "oom", "limit_mb": str(limit)}})


def classify_volume_permission(suspect: Suspect) -> Cause | None:
    """A path below one of the task's volumes that its user may not write."""
    for line in suspect.log():
        mount = _mount_of(line, suspect) if PERMISSION.search(line) else None
        if mount:
            return _volume_permission(suspect, mount, line)
    return None


def classify_port_in_use(suspect: Suspect) -> Cause | None:
    """The program can't listen: a rule helps only where the job itself fixed that port."""
    cause = next(judgements(PORT_IN_USE, suspect, suspect.log()), None)
    port = cause and (cause.facts.get("port") or cause.facts.get("after"))
    ports = suspect.group.network.ports if suspect.group and suspect.group.network else ()
    label = next((one.label for one in ports if port and str(one.static) == port), None)
    if not cause or label is None:
        return cause
    return cause.model_copy(update={"remedy": "rule", "facts": {"label": label, "port": port}})


def classify_disk_full(suspect: Suspect) -> Cause | None:
    """The program can't write any more."""
    return next(judgements(DISK_FULL, suspect, suspect.log()), None)


def classify_unreachable(scene: Scene) -> Cause | None:
    """Something that a program wants to talk to is not there; patience may help where this very job runs it."""
    found = (cause for one in scene.suspects for cause in judgements(UNREACHABLE, one, one.log()))
    cause = next(found, None)
    ours = cause is not None and cause.facts.get("port") in set(_ports(scene.spec))
    return cause.model_copy(update={"remedy": "rule"}) if cause and ours else cause


def _ports(spec: JobSpec) -> Iterator[str]:
    networks = (group.network for group in spec.groups if group.network)
    return (str(port.to or port.static) for network in networks for port in network.ports)


def _mount_of(line: str, suspect: Suspect) -> VolumeMount | None:
    mounts = suspect.task.mounts if suspect.task else ()
    paths = [found["path"] for found in _PATH.finditer(line[:MOST_CHARACTERS])]
    below = (one for one in mounts for path in paths if f"{path}/".startswith(f"{one.destination.rstrip('/')}/"))
    return next(below, None)


def _volume_permission(suspect: Suspect, mount: VolumeMount, line: str) -> Cause:
    user = (suspect.task and suspect.task.user) or ""
    said = next((found["uid"] for text in suspect.log() if (found := _UID.search(text[:MOST_CHARACTERS]))), "")
    uid = user.split(":")[0] or said
    writable = not mount.read_only and "read-only" not in line.lower()
    facts = {"volume": mount.volume, "path": mount.destination} | ({"uid": uid} if uid.isdigit() else {})
    return suspect.blame(
        "volume_permission",
        "rule" if writable and uid.isdigit() and uid != "0" else "human",
        f"{suspect.name} may not write {mount.destination} (volume {mount.volume}) as user {user or 'of the image'}",
        advice='Give the directory to that user, or name the user (`user = "uid"`) that owns it.',
        facts=facts,
        quotes=(line.strip(),),
    )
