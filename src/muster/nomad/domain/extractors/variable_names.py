"""Names of environment variables: what is none is told, and goes no further.

A name stands in a job's templates as it is written, so it may hold nothing that a template, a line of an environment
file or a shell reads: a repository's text must not become a template's action.
"""

import re
from collections.abc import Iterable, Iterator

from muster.nomad.domain.extractors.extractor import problem
from muster.nomad.domain.facts import EnvFact, Evidence

# dots, dashes and colons are what Spring, .NET and others take
_NAME = re.compile(r"[\w.:/-]{1,255}", re.ASCII)


def check_names(found: Iterable[Evidence]) -> Iterator[Evidence]:
    """The same, with a problem in the place of each variable whose name is none."""
    for item in found:
        if isinstance(item.fact, EnvFact) and not _NAME.fullmatch(item.fact.name):
            yield _told(item, item.fact.name)
        else:
            yield item


def _told(item: Evidence, name: str) -> Evidence:
    path, _, line = item.where.rpartition(":")
    at = (path, int(line)) if path and line.isdigit() else (item.where, None)
    return problem(item.source, at[0], f"{name[:40]!r} is no name of a variable", line=at[1], unit=item.unit)
