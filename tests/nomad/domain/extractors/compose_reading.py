from typing import TypeVar

from muster.nomad.domain.extractors.compose import extract_compose
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.facts import Evidence, ProblemFact
from muster.nomad.domain.values import Part

FactT = TypeVar("FactT", bound=Part)


def read(text: str, **others: str) -> tuple[Evidence, ...]:
    """What is said of a compose file; `others` are further files, `__` in a name being a slash and `_` a dot."""
    named = {name.replace("__", "/").replace("_", "."): content for name, content in others.items()}
    files = {"compose.yaml": text, **named}
    return extract_compose({path: SourceFile(path, content) for path, content in files.items()})


def service(text: str, kind: type[FactT], **others: str) -> list[FactT]:
    """Facts about one service whose body is `text`."""
    body = "\n".join(f"    {line}" for line in text.split("\n"))
    return of_kind(read(f"services:\n  web:\n    image: app:1\n{body}\n", **others), kind)


def of_kind(evidence: tuple[Evidence, ...], kind: type[FactT]) -> list[FactT]:
    return [one.fact for one in evidence if isinstance(one.fact, kind)]


def problems(evidence: tuple[Evidence, ...]) -> list[str]:
    return [fact.problem for fact in of_kind(evidence, ProblemFact)]
