"""Reads Procfiles: the web process counts for its folder's image, the others are units of their own.

A Procfile is for images that buildpacks make: a Dockerfile beside it says itself what its image starts.
"""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile, folder_unit, problem
from muster.nomad.domain.extractors.shell_line import command_words
from muster.nomad.domain.extractors.start_commands import command_ports
from muster.nomad.domain.facts import CommandFact, EnvFact, Evidence, Fact, PortFact, WorkloadFact

SOURCE = "procfile"
_LINE = re.compile(r"([A-Za-z0-9_-]{1,60}):\s*(\S.{0,3999})")
_PORT = re.compile(r"\$(?:PORT\b|\{PORT[}:-])")
_CLOCKS = frozenset({"clock", "scheduler", "beat", "cron"})
_MOST_PROCESSES = 50

Process = tuple[int, str, str]
"""Line, name, command."""


def extract_procfile(files: Files) -> tuple[Evidence, ...]:
    """What each Procfile says."""
    return tuple(evidence for file in files.values() for evidence in _of_file(file))


def _of_file(file: SourceFile) -> Iterator[Evidence]:
    processes = [
        (number, found[1], found[2].strip())
        for number, line in enumerate(file.lines, start=1)
        if (found := _LINE.fullmatch(line.strip()))
    ][:_MOST_PROCESSES]
    running = [one for one in processes if one[1] != "release"]
    main = next((one for one in running if one[1] == "web"), running[0] if len(running) == 1 else None)
    for one in processes:
        if one[1] == "release":
            said = f"`{one[2][:100]}` is run before each release: run it by hand, or by a task that runs before"
            yield problem(SOURCE, file.path, said, line=one[0])
        elif one == main:
            yield from _main(file, one)
        else:
            yield from _other(file, one)


def _main(file: SourceFile, process: Process) -> Iterator[Evidence]:
    unit = folder_unit(file.path)
    yield _command(file, unit, process)
    if process[1] != "web":
        yield _say(file, unit, process, WorkloadFact(workload="worker"), f"its only process is {process[1]}")
        return
    for found in command_ports(command_words(process[2]), lambda name: None):
        if not found.default:
            fact = PortFact(port=found.port, env=found.env, env_form=found.env_form)
            yield _say(file, unit, process, fact, found.reason)
    if _PORT.search(process[2]):
        # No number is made up for it: it becomes the port's variable where a port is known.
        yield _say(file, unit, process, EnvFact(name="PORT"), "the web process reads $PORT")


def _other(file: SourceFile, process: Process) -> Iterator[Evidence]:
    folder = "" if file.folder == "." else f"{file.folder}/"
    unit, name = f"process:{folder}{process[1]}", process[1]
    yield _command(file, unit, process)
    yield _say(file, unit, process, WorkloadFact(workload="worker"), f"process {name}: no request is sent to it")
    if name in _CLOCKS:
        yield problem(SOURCE, file.path, f"process {name} keeps a clock: run one of it only", line=process[0])


def _command(file: SourceFile, unit: str, process: Process) -> Evidence:
    return _say(file, unit, process, CommandFact(command=command_words(process[2])), f"process {process[1]}")


def _say(file: SourceFile, unit: str, process: Process, fact: Fact, reason: str) -> Evidence:
    return Evidence(unit=unit, fact=fact, source=SOURCE, where=file.at(process[0]), reason=reason)


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="Procfiles: the command of the web process, further processes, what is run before a release",
    globs=("Procfile",),
    extract=extract_procfile,
    max_bytes=64 * 1024,
    max_files=50,
)
