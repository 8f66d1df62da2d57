"""What a warning is: a code that stays, one line of summary, and a function that finds it in a file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.tree import Tree
from muster.nomad.domain.hcl.warnings.sites import Site, sites_of


class Finding(NamedTuple):
    """Where, and what is right instead. Never a value that may be a secret."""

    span: Span
    detail: str


@dataclass(frozen=True)
class JobFile:
    """A file whose syntax is right; the rest of it may be wrong."""

    tree: Tree
    scope: Scope

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """Every block of the job, in order."""
        return tuple(site for top in sites_of(self.tree.body, self.scope) for site in top.all())

    def of(self, kind: str, *parents: str) -> Iterator[Site]:
        """The blocks of that type; with parents only those directly in one of them."""
        return (site for site in self.sites if site.type == kind and (not parents or site.parent in parents))

    @property
    def job_type(self) -> str:
        """The type of the job; `service` where none is written."""
        job = next(self.of("job"), None)
        return job.text("type") if job and job.has("type") else "service"


Find = Callable[[JobFile], Iterator[Finding]]


@dataclass(frozen=True)
class Rule:
    """A row of the list of warnings."""

    code: str
    summary: str
    find: Find


@dataclass(frozen=True)
class SyntaxRule:
    """A row of the list for files that are no HCL2: what is found in their text says why."""

    code: str
    summary: str
    find: Callable[[str], Iterator[Finding]]
