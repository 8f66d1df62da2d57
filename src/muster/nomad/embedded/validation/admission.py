"""What Nomad's server adds to a canonical job before it judges and stores it, and what it refuses beside that.

Names of services and checks, the task of a Connect-native service, host networks of ports, signals in capitals, and
the constraints that Vault and signals imply. Completing twice changes nothing. Read from hashicorp/nomad v1.1.2
(`structs.Canonicalize` and the mutators of its job endpoint).
"""

import re
from collections.abc import Callable, Iterator
from functools import partial

from pydantic import JsonValue

from muster.nomad.embedded.validation.reading import Block, blocks, flag, inner, number, tasks_in, text
from muster.nomad.embedded.validation.wording import quoted

Json = dict[str, JsonValue]
_DEFAULT_KILL_TIMEOUT_NS = 5_000_000_000
_VAULT = "${attr.vault.version}"
_SIGNALS = "${attr.os.signals}"
_SERVICE_WORDS = re.compile(r"\$\{(JOB|TASKGROUP|TASK|BASE)\}")


def complete_job(job: Block) -> Json:
    """The job as the server holds it; give it the API's JSON in canonical form."""
    completed = _each({**job}, "TaskGroups", partial(_complete_group, job_name=text(job, "Name")))
    parameterized = inner(job, "ParameterizedJob")
    if parameterized is not None:
        completed["ParameterizedJob"] = {**parameterized, "Payload": text(parameterized, "Payload") or "optional"}
    return completed


def _each(block: Json, key: str, change: Callable[[Json], Json]) -> Json:
    items = block.get(key)
    if not isinstance(items, list):
        return block
    return {**block, key: [change(item) if isinstance(item, dict) else item for item in items]}


def _complete_group(group: Json, job_name: str) -> Json:
    name = text(group, "Name")
    group = _each(group, "Networks", _complete_network)
    group = _each(group, "Services", partial(_complete_service, names=(job_name, name, "group")))
    if blocks(group, "Networks"):
        group = _each(group, "Services", partial(_name_native_task, tasks=tasks_in(group)))
    group = _each(group, "Tasks", partial(_complete_task, job_name=job_name, group_name=name))
    implied: list[JsonValue] = [*_implied_constraints(group)]
    given = group.get("Constraints")
    constraints = [*given, *implied] if isinstance(given, list) else implied
    return {**group, "Constraints": constraints} if implied else group


def _complete_network(network: Json) -> Json:
    network = _each(network, "DynamicPorts", _complete_port)
    return _each(network, "ReservedPorts", _complete_port)


def _complete_port(port: Json) -> Json:
    return {**port, "HostNetwork": text(port, "HostNetwork") or "default"}


def _complete_service(service: Json, names: tuple[str, str, str]) -> Json:
    job, group, task = names
    words = {"JOB": job, "TASKGROUP": group, "TASK": task, "BASE": f"{job}-{group}-{task}"}
    name = _SERVICE_WORDS.sub(lambda found: words[found[1]], text(service, "Name"))
    named: Json = {**service, "Name": name, "Namespace": text(service, "Namespace") or "default"}
    return _each(named, "Checks", partial(_complete_check, service=named))


def _name_native_task(service: Json, tasks: tuple[Block, ...]) -> Json:
    native = flag(inner(service, "Connect") or {}, "Native")
    only = text(tasks[0], "Name") if native and len(tasks) == 1 else ""
    return {**service, "TaskName": text(service, "TaskName") or only}


def _complete_check(check: Json, service: Json) -> Json:
    name = text(check, "Name") or f"service: {quoted(text(service, 'Name'))} check"
    on_update = text(check, "OnUpdate") or text(service, "OnUpdate") or "require_healthy"
    return {**check, "Name": name, "OnUpdate": on_update}


def _complete_task(task: Json, job_name: str, group_name: str) -> Json:
    task = _each(task, "Services", partial(_complete_service, names=(job_name, group_name, text(task, "Name"))))
    task = _each(task, "Templates", _shout_signal)
    vault, resources = task.get("Vault"), task.get("Resources")
    return {
        **task,
        **({"Vault": _shout_signal(vault)} if isinstance(vault, dict) else {}),
        **({"Resources": _each(resources, "Networks", _complete_network)} if isinstance(resources, dict) else {}),
        "KillTimeout": number(task, "KillTimeout") or _DEFAULT_KILL_TIMEOUT_NS,
    }


def _shout_signal(block: Json) -> Json:
    return {**block, "ChangeSignal": text(block, "ChangeSignal").upper()}


def _implied_constraints(group: Json) -> Iterator[Json]:
    given = [(text(item, "LTarget"), text(item, "RTarget")) for item in blocks(group, "Constraints")]
    uses_vault = any(inner(task, "Vault") is not None for task in tasks_in(group))
    if uses_vault and all(left != _VAULT for left, _ in given):
        yield {"LTarget": _VAULT, "Operand": "semver", "RTarget": ">= 0.6.1"}
    signals = ",".join(sorted({signal for task in tasks_in(group) for signal in _signals(task)}))
    if signals and (_SIGNALS, signals) not in given:
        yield {"LTarget": _SIGNALS, "Operand": "set_contains", "RTarget": signals}


def _signals(task: Block) -> Iterator[str]:
    vault = inner(task, "Vault")
    changing = (*blocks(task, "Templates"), *((vault,) if vault is not None else ()))
    yield from (text(block, "ChangeSignal") for block in changing if text(block, "ChangeMode") == "signal")
    if text(task, "KillSignal"):
        yield text(task, "KillSignal")


def vault_refusal(job: Block) -> str:
    """What register (and not plan) says to a job with a vault block where Vault is switched off; else empty."""
    tasks = (task for group in blocks(job, "TaskGroups") for task in tasks_in(group))
    uses_vault = any(inner(task, "Vault") is not None for task in tasks)
    return "Vault not enabled and Vault policies requested" if uses_vault else ""


def transition_refusal(old: Block | None, new: Block) -> str:
    """What register says to a job that changes what a job can't change; empty when it may."""
    if old is None:
        return "job can't be submitted with 'Dispatched' set" if flag(new, "Dispatched") else ""
    before, after = quoted(text(old, "Type")), quoted(text(new, "Type"))
    if before != after:
        return f"cannot update job from type {before} to {after}"
    for key, word in (("Periodic", "periodic"), ("ParameterizedJob", "parameterized")):
        was, will = inner(old, key) is not None, inner(new, key) is not None
        if was != will:
            return f"cannot update {word if was else f'non-{word}'} job to being {word if will else f'non-{word}'}"
    return "field 'Dispatched' is read-only" if flag(old, "Dispatched") != flag(new, "Dispatched") else ""
