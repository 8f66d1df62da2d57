"""What the shell script says that a service's `command` or `entrypoint` starts."""

from collections.abc import Iterator, Sequence

from muster.nomad.domain.extractors.code.env import unit_env_findings
from muster.nomad.domain.extractors.compose_runtime import start_words
from muster.nomad.domain.extractors.compose_service import Service
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.shell.scripts import SOURCE, StartScript, read_script, started_script
from muster.nomad.domain.extractors.start_commands import command_ports
from muster.nomad.domain.facts import Evidence, PortFact


def script_facts(service: Service, scripts: Sequence[SourceFile]) -> Iterator[Evidence]:
    """The ports, where the service says none, and the environment variables of the script that it starts."""
    words = start_words(service)
    folder = service.body.at.rpartition(":")[0].rpartition("/")[0] or "."
    file = started_script(words, scripts, folder) if words and scripts else None
    if file is None:
        return
    script = read_script(file)
    if service.body.get("ports") is None and service.body.get("expose") is None and not command_ports(words, _nothing):
        yield from _ports(service, script)
    for finding in unit_env_findings([(script.path, script.reads)], f"folder:{file.folder}"):
        yield finding.evidence(SOURCE, service.unit, 1.0)


def _ports(service: Service, script: StartScript) -> Iterator[Evidence]:
    for line, words in script.commands:
        for found in command_ports(words, lambda name: service.environment.get(name) or script.defaults.get(name)):
            fact = PortFact(port=found.port, env=found.env, env_form=found.env_form)
            sure = 0.5 if found.default else 0.9
            yield service.evidence(fact, f"{script.path}:{line}", found.reason, confidence=sure)


def _nothing(name: str) -> str | None:
    return None
