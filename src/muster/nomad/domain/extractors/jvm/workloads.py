"""What an application on the JVM is for: a server, a worker, or a run that ends by itself."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.findings import IMPORTED, LISTED, Finding
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.jvm.configuration import Configuration
from muster.nomad.domain.extractors.jvm.frameworks import Libraries, serves
from muster.nomad.domain.extractors.jvm.libraries import SPRING_WEB
from muster.nomad.domain.facts import FrameworkFact, WorkloadFact

_BOOT = "org.springframework.boot:"
_CONTROLLER = re.compile(r"@(?:Rest)?Controller\b")
_RUNNER = re.compile(r"\b(?:CommandLineRunner|ApplicationRunner)\b")
_WORKS_ON = re.compile(
    r"@(?:Scheduled|KafkaListener|RabbitListener|JmsListener|SqsListener|PulsarListener|EnableScheduling)\b"
)
_SIGNS = ("Controller", "Runner", "Listener", "Schedul")


def spring_findings(
    texts: tuple[CodeText, ...], configurations: list[Configuration], libraries: Libraries
) -> Iterator[Finding]:
    """What Spring Boot does where it serves no HTTP: without a web starter, or with its web server off."""
    boot = next((place for name, place in libraries.items() if name.startswith(_BOOT)), None)
    if boot is None:
        return
    off = next((one for one in configurations if not serves(one)), None)
    if off is None and (any(name in libraries for name in SPRING_WEB) or _found(texts, _CONTROLLER)):
        if not any(name in libraries for name in SPRING_WEB):
            yield Finding(
                *boot, FrameworkFact(framework="spring", default_port=8080), "Spring Boot with controllers", LISTED
            )
        return
    setting = off.setting("spring.main.webapplicationtype") if off else None
    place = (setting.path, setting.line) if setting else boot
    reason = "its web server is off" if setting else "Spring Boot without a web starter"
    yield Finding(*place, FrameworkFact(framework="spring", listens=False), reason, IMPORTED)
    yield from _work(texts)


def _work(texts: tuple[CodeText, ...]) -> Iterator[Finding]:
    listener, runner = _found(texts, _WORKS_ON), _found(texts, _RUNNER)
    if listener:
        yield Finding(*listener, WorkloadFact(workload="worker"), "it works on messages or by a clock", IMPORTED)
    elif runner:
        yield Finding(*runner, WorkloadFact(workload="batch"), "a runner, and nothing that serves", LISTED)


def _found(texts: tuple[CodeText, ...], sign: "re.Pattern[str]") -> tuple[str, int] | None:
    for text in texts:
        found = sign.search(text.code) if any(word in text.code for word in _SIGNS) else None
        if found:
            return text.file.path, text.line(found.start())
    return None
