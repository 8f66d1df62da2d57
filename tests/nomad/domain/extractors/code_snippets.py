"""Runs an extractor over snippets, as the codebase adapter does over files: only what its globs ask for."""

from collections.abc import Mapping
from typing import TypeVar

from muster.nomad.domain.extractors.extractor import Extractor, SourceFile
from muster.nomad.domain.facts import EnvFact, Evidence, HealthFact, PortFact
from muster.nomad.domain.values import Part

FactT = TypeVar("FactT", bound=Part)


def evidence(extractor: Extractor, files: Mapping[str, str]) -> tuple[Evidence, ...]:
    """What the extractor finds in files by path."""
    return extractor.extract({path: SourceFile(path, text) for path, text in files.items() if extractor.wants(path)})


def facts(extractor: Extractor, kind: type[FactT], files: Mapping[str, str]) -> list[FactT]:
    """The facts of one kind, the surest first."""
    return [one.fact for one in evidence(extractor, files) if isinstance(one.fact, kind)]


def ports(extractor: Extractor, files: Mapping[str, str]) -> list[tuple[int, str | None]]:
    """Each port with the variable that sets it."""
    return [(fact.port, fact.env) for fact in facts(extractor, PortFact, files)]


def routes(extractor: Extractor, files: Mapping[str, str]) -> list[str | None]:
    """The health routes, the surest first."""
    return [fact.path for fact in facts(extractor, HealthFact, files)]


def variable(extractor: Extractor, files: Mapping[str, str], name: str = "X") -> EnvFact | None:
    """What is found about one environment variable; at most one fact may be about it."""
    found = [fact for fact in facts(extractor, EnvFact, files) if fact.name == name]
    assert len(found) <= 1
    return found[0] if found else None


def need(extractor: Extractor, files: Mapping[str, str], name: str = "X") -> str:
    """A variable in one word: `required`, `optional`, `absent`, or its default after `=`."""
    fact = variable(extractor, files, name)
    if fact is None:
        return "absent"
    if fact.value is not None:
        return f"={fact.value}"
    return "required" if fact.required else "optional"
