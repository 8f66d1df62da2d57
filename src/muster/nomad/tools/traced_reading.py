"""Reading a repository as a trace shows it: a span for each extractor that has something to read."""

from collections import Counter

from muster.core.observability.tracing import span
from muster.nomad.domain.extractors.dockerfile import EXTRACTOR as DOCKERFILE
from muster.nomad.domain.extractors.dockerfile import is_dockerfile
from muster.nomad.domain.extractors.extractor import Extractor, Files
from muster.nomad.domain.extractors.registry import CODE
from muster.nomad.domain.facts import Evidence
from muster.nomad.tools.repository_tree import Tree

_NAMES = {DOCKERFILE.name: "parse_dockerfile", **{one.name: "detect_language_and_deps" for one in CODE}}


def read_traced(extractor: Extractor, files: Files) -> tuple[Evidence, ...]:
    """What the extractor finds; the span counts it by its kind."""
    if not files:
        return extractor.extract(files)
    name = _NAMES.get(extractor.name, f"read_{extractor.name.replace(' ', '_').replace('.', '_')}")
    with span(name, kind="tool", input={"extractor": extractor.name, "files": tuple(files)}) as current:
        found = extractor.extract(files)
        current.output(Counter(type(item.fact).__name__ for item in found))
        return found


def counts_of(tree: Tree) -> dict[str, object]:
    """How much of a repository is read, and which Dockerfiles are among it."""
    dockerfiles = [path for path in tree.files if is_dockerfile(path)]
    return {"files": len(tree.files), "dockerfiles": dockerfiles, "problems": len(tree.problems)}
