"""A task that runs and is not healthy: the check asks the wrong path, the wrong port, or too early."""

import re
from collections.abc import Iterator

from muster.nomad.domain.failures.scene import Suspect
from muster.nomad.domain.network import Check, Port, Service
from muster.nomad.domain.outcomes import Cause
from muster.nomad.domain.patches.targets import on_host_network, services_of
from muster.nomad.domain.spec import JobSpec

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")

ANSWERS: tuple[re.Pattern[str], ...] = (
    re.compile(r"\"(?:GET|HEAD) (?P<path>\S+) HTTP/[\d.]+\" (?P<status>\d{3})\b"),
    re.compile(r"\b(?:GET|HEAD) (?P<path>/\S*) (?P<status>\d{3})\b"),
    re.compile(r"\|\s*(?P<status>\d{3})\s*\|.*\b(?:GET|HEAD)\s+\"(?P<path>[^\"]+)\""),
    re.compile(r"\bresponse:(?P<path>)(?P<status>\d{3})\b"),
)
"""Access logs: the common log format (nginx, gunicorn, uvicorn), morgan, gin, and busybox, which names no path."""

ROUTES: tuple[re.Pattern[str], ...] = (
    re.compile(r"Mapped \{(?P<path>/[^,}]*), GET\}"),
    re.compile(r"\bGET\s+(?P<path>/\S*)\s+-->"),
)
"""Routes that NestJS and gin name when they start."""

HEALTH = re.compile(r"health|ready|live|status|ping|\bup\b", re.IGNORECASE)

LISTENING = re.compile(
    r"(?i:listening|running (?:on|at)|started|serving|development server at|ready|local:|mode=)(?P<rest>.*)"
)
PLACES: tuple[re.Pattern[str], ...] = (
    re.compile(r"://(?P<host>\[[^\]]*\]|[^\s:/]+):(?P<port>\d{2,5})\b"),
    re.compile(r"(?P<host>\d+\.\d+\.\d+\.\d+|localhost|\*|\[::1?\])\"?(?::|,? port )(?P<port>\d{2,5})\b"),
    re.compile(r"\bport(?:\(s\))?\W{1,3}(?P<port>\d{2,5})\b(?P<host>)"),
    re.compile(r"(?:^|\s)(?P<host>):+(?P<port>\d{3,5})\b"),
)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


def classify_answer(suspect: Suspect) -> Cause | None:
    """The HTTP check is answered, with something else than success."""
    if not (suspect.running_badly or _restarted_by_check(suspect)):
        return None
    answers = tuple(_answers(suspect))
    for service, place, check in _checks(suspect):
        bad = next(((line, path, code) for line, path, code in answers if _fails(check, path, code)), None)
        if bad:
            return _answered(suspect, service, place, check, bad)
    return None


def classify_listening(suspect: Suspect) -> Cause | None:
    """The program says that it listens, but not where the check asks."""
    if not (suspect.running_badly or _restarted_by_check(suspect)):
        return None
    heard = tuple(_heard(suspect))
    for service, place, check in _checks(suspect):
        port = _port(suspect, check, service)
        if port and heard and not any(_reaches(suspect, port, host, number) for _, host, number in heard):
            return _elsewhere(suspect, service, place, port, heard[0])
    return None


def classify_fixed_inside(suspect: Suspect) -> Cause | None:
    """A port with `to` on the host's own network: NOMAD_PORT is that number, and nobody listens where Nomad looks."""
    ports = suspect.group.network.ports if suspect.group and suspect.group.network else ()
    port = next((one for one in ports if one.to and one.to != one.static), None)
    if suspect.allocation.healthy is not False or not suspect.task or not on_host_network(suspect.task) or not port:
        return None
    return suspect.blame(
        "port_collision",
        "rule",
        f"{suspect.name} shares the host's network, where `to = {port.to}` of port {port.label} has no meaning: "
        "every allocation listens on that port, and Nomad looks at another",
        advice="Leave `to` out and pass the port to the program by NOMAD_PORT.",
        facts={"label": port.label, "port": str(port.to), "problem": "to_on_host"},
        quotes=_verdict(suspect),
    )


def classify_slow(suspect: Suspect) -> Cause | None:
    """Not healthy in time, and nothing says why: still downloading, or the check has not passed yet."""
    newest = next(iter(suspect.since_start()), None) if suspect.report.state == "pending" else None
    events = [event for event in suspect.since_start() if event.type == "Driver" and newest]
    if events:
        words = "still downloads its image"
        return _timing(suspect, words, {"problem": "download"}, (events[0].message, *_verdict(suspect)))
    if _restarted_by_check(suspect):
        restarts = suspect.report.restarts
        words = f"is restarted by its own failing check, {restarts} time{'s' if restarts != 1 else ''} so far"
        return _timing(suspect, words, {"problem": "check_restart"}, _verdict(suspect))
    if suspect.running_badly and not suspect.report.restarts:
        words = "runs, but its check has not passed in time"
        return _timing(suspect, words, {"problem": "deadline"}, _verdict(suspect))
    return None


def blame_missing_consul(cause: Cause, spec: JobSpec) -> Cause:
    """The same cause; where a check of Consul has not passed, that the cluster has no Consul, so that none ever will.

    A check that restarts its task is evaluated by somebody, whatever the nodes say.
    """
    group = next((one for one in spec.groups if one.name == cause.group), None)
    in_consul = group and any(one.provider == "consul" and one.checks for one in services_of(group))
    if cause.kind != "check_timing" or cause.facts.get("problem") == "check_restart" or not in_consul:
        return cause
    return cause.model_copy(
        update={
            "remedy": "human",
            "summary": f"{cause.group}/{cause.task}: the checks are Consul's, and this cluster has none",
            "advice": 'Run Consul beside the clients, or use provider = "nomad" (Nomad 1.3 or newer).',
            "facts": {"problem": "no_consul"},
        }
    )


def _timing(suspect: Suspect, words: str, facts: dict[str, str], quotes: tuple[str, ...]) -> Cause:
    return suspect.blame(
        "check_timing",
        "rule",
        f"{suspect.name} {words}",
        advice="Give it longer, or see by hand whether the check's port and path answer at all.",
        facts=facts,
        quotes=quotes,
    )


def _answered(suspect: Suspect, service: Service, place: int, check: Check, bad: tuple[str, str, str]) -> Cause:
    line, _, status = bad
    others = [path for _, path, code in _answers(suspect) if path and code.startswith("2") and path != check.path]
    routes = [path for path in _routes(suspect) if HEALTH.search(path) and path != check.path]
    broken = status.startswith("5")
    return suspect.blame(
        "check_path",
        "human" if broken else "rule",
        f"{suspect.name} runs, but answers {status} to the check's GET {check.path or '/'} (service {service.name})",
        advice="The program says itself that it is not well: its own log says why."
        if broken
        else "Let the check ask a path that answers 200, or only whether the port is open.",
        facts={
            "service": service.name,
            "check": str(place),
            "path": check.path or "/",
            "status": status,
            "answers": " ".join(dict.fromkeys([*routes, *others])),
        },
        quotes=(line.strip(), *_verdict(suspect)),
    )


def _elsewhere(suspect: Suspect, service: Service, place: int, port: Port, heard: tuple[str, str, str]) -> Cause:
    line, host, number = heard
    inside = port.to or port.static
    alone = host in LOOPBACK and str(inside) == number
    where = f"only at {host}, which nobody outside the container reaches" if alone else f"on port {number}"
    wanted = f"port {inside}" if inside else "the port that Nomad gives it"
    return suspect.blame(
        "check_port",
        "human" if alone else "rule",
        f"{suspect.name} listens {where}, and the check of {service.name} asks {wanted} ({port.label})",
        advice="Let the program listen on 0.0.0.0." if alone else "Tell Nomad the port that the program listens on.",
        facts={"service": service.name, "check": str(place), "label": port.label, "listening": number, "address": host},
        quotes=(line.strip(), *_verdict(suspect)),
    )


def _checks(suspect: Suspect) -> Iterator[tuple[Service, int, Check]]:
    services = services_of(suspect.group) if suspect.group else ()
    return ((service, place, check) for service in services for place, check in enumerate(service.checks))


def _answers(suspect: Suspect) -> Iterator[tuple[str, str, str]]:
    for line in _lines(suspect):
        found = next((found for pattern in ANSWERS if (found := pattern.search(line))), None)
        if found:
            yield line, found["path"].split("?")[0], found["status"]


def _fails(check: Check, path: str, status: str) -> bool:
    asked = not path or path == (check.path or "/").split("?")[0]
    return check.type == "http" and asked and status[0] in "45"


def _routes(suspect: Suspect) -> Iterator[str]:
    return (found["path"] for line in _lines(suspect) for one in ROUTES if (found := one.search(line)))


def _heard(suspect: Suspect) -> Iterator[tuple[str, str, str]]:
    for line in _lines(suspect):
        said = LISTENING.search(line)
        places = [found for one in PLACES if said and (found := one.search(said["rest"]))]
        if places:
            place = min(places, key=lambda found: found.start())
            yield line, place["host"], place["port"]


def _reaches(suspect: Suspect, port: Port, host: str, number: str) -> bool:
    outside = suspect.task is None or on_host_network(suspect.task) or host not in LOOPBACK
    inside = port.to or port.static
    dynamic = inside is None and 20000 <= int(number) <= 32000
    return outside and (dynamic or number == str(inside))


def _port(suspect: Suspect, check: Check, service: Service) -> Port | None:
    ports = suspect.group.network.ports if suspect.group and suspect.group.network else ()
    label = check.port or service.port
    return next((port for port in ports if port.label == label), None)


def _restarted_by_check(suspect: Suspect) -> bool:
    return any(event.message.startswith("healthcheck:") for event in suspect.report.events)


def _verdict(suspect: Suspect) -> tuple[str, ...]:
    telling = [event for event in suspect.report.events if event.type in ("Alloc Unhealthy", "Restart Signaled")]
    return tuple(dict.fromkeys(event.message for event in telling))


def _lines(suspect: Suspect) -> Iterator[str]:
    return (_COLOUR.sub("", line[:2000]) for line in suspect.log())
