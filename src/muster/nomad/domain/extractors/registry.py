"""The extractors, in one list: the higher an extractor stands, the more its word counts."""

from collections.abc import Mapping

from muster.nomad.domain.extractors import compose, dockerfile, env_example
from muster.nomad.domain.extractors.extractor import Extractor, SourceFile
from muster.nomad.domain.extractors.go import extractor as go
from muster.nomad.domain.extractors.node import extractor as node
from muster.nomad.domain.extractors.python import extractor as python
from muster.nomad.domain.facts import Evidence

# Order is important: where two extractors disagree about a field, the one that stands first wins. A compose file says
# how the authors run the application, a Dockerfile how its image starts; code and package files only hint.
EXTRACTORS: tuple[Extractor, ...] = (
    compose.EXTRACTOR,
    dockerfile.EXTRACTOR,
    env_example.EXTRACTOR,
    python.EXTRACTOR,
    node.EXTRACTOR,
    go.EXTRACTOR,
)


def run_extractors(
    files: Mapping[str, SourceFile], extractors: tuple[Extractor, ...] = EXTRACTORS
) -> tuple[Evidence, ...]:
    """Everything that the extractors find in these files, in their order of priority."""
    found: list[Evidence] = []
    for extractor in extractors:
        wanted = {path: files[path] for path in sorted(files) if extractor.wants(path)}
        found.extend(extractor.extract(wanted))
    return tuple(found)
