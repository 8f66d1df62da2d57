"""What names mean while expressions are evaluated, and where findings are put."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from muster.nomad.domain.hcl.diagnostics import Diagnostic, Severity
from muster.nomad.domain.hcl.positions import Source, Span
from muster.nomad.domain.hcl.values import Value


@dataclass(frozen=True)
class Scope:
    """Names in reach. With `runtime`, an unknown name is left for Nomad's client to fill in: it stays literal text."""

    source: Source
    names: Mapping[str, Value] = field(default_factory=dict[str, Value])
    runtime: bool = True
    findings: list[Diagnostic] = field(default_factory=list[Diagnostic])
    element: Value = None
    """The element that a splat is at."""
    lenient: bool = False
    """A value that is not known is no finding: it is a variable that will be set later."""

    def inside(self, names: Mapping[str, Value]) -> "Scope":
        """A scope with more names, the same findings."""
        return replace(self, names={**self.names, **names})

    def at_element(self, element: Value) -> "Scope":
        """A scope for one element of a splat."""
        return replace(self, element=element)

    def trial(self) -> "Scope":
        """The same scope with findings of its own, for `try` and `can`."""
        return replace(self, findings=[])

    def report(self, span: Span, summary: str, detail: str, severity: Severity = "error") -> None:
        """Adds a finding at a span."""
        place = self.source.place(span)
        self.findings.append(Diagnostic(summary, detail, self.source.filename, place, severity))
