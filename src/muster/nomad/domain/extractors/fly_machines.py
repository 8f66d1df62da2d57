"""What a Fly app keeps, and how large its machines are.

Sizes are those of Fly's documentation. A shared CPU is a share that nobody promises: it says nothing about MHz.
"""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.compose_resources import MHZ_PER_CPU, memory_mb
from muster.nomad.domain.extractors.fly_app import FlyApp
from muster.nomad.domain.extractors.tables import Table, tables, text, texts, whole
from muster.nomad.domain.facts import Evidence, ResourcesFact, VolumeFact

_SIZE = re.compile(r"(shared-cpu|performance)-(\d{1,2})x")
_MB_PER_CPU = {"shared-cpu": 256, "performance": 2048}
_GPU_SIZES = ("a10", "a100-40gb", "a100-80gb", "l40s")


def machine_facts(app: FlyApp) -> Iterator[Evidence]:
    """`[mounts]` and `[[vm]]`, for the processes that they name."""
    for index, mount in enumerate(tables(app.data.get("mounts"))):
        yield from _mount(app, mount, f"mounts[{index}]")
    for index, machine in enumerate(tables(app.data.get("vm"))):
        fact = _resources(machine)
        if fact != ResourcesFact():
            for unit in app.units(texts(machine.get("processes"))):
                yield app.say(fact, f"machine{_rule(fact)}", f"vm[{index}]", "vm", unit=unit)


def _mount(app: FlyApp, mount: Table, at: str) -> Iterator[Evidence]:
    source, path = text(mount.get("source")), text(mount.get("destination"))
    if not source or not path:
        yield app.problem("a mount without `source` or `destination`", at, "mounts")
        return
    for unit in app.units(texts(mount.get("processes"))):
        fact = VolumeFact(path=path, source=source, type="named")
        yield app.say(fact, f"mount {source}:{path}", at, "mounts", unit=unit)


def _resources(machine: Table) -> ResourcesFact:
    size = text(machine.get("size")) or ""
    found = _SIZE.fullmatch(size)
    kind, preset = (found[1], int(found[2])) if found else (text(machine.get("cpu_kind")) or "", None)
    cpus = whole(machine.get("cpus")) or preset
    return ResourcesFact(
        cpu_mhz=cpus * MHZ_PER_CPU if cpus and cpus < 1000 and kind.startswith("performance") else None,
        memory_mb=_memory(machine) or (_MB_PER_CPU[found[1]] * int(found[2]) if found else None),
        gpus=whole(machine.get("gpus")) or (1 if machine.get("gpu_kind") or size in _GPU_SIZES else None),
    )


def _memory(machine: Table) -> int | None:
    """A bare number counts MB."""
    value = machine.get("memory") or machine.get("memory_mb")
    return whole(value) or (memory_mb(value) if isinstance(value, str) else None) or None


def _rule(fact: ResourcesFact) -> str:
    return f" (one CPU counts as {MHZ_PER_CPU} MHz)" if fact.cpu_mhz else ""
