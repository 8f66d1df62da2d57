"""Why a file is no HCL2: it was HCL1, or another tool should have rendered it first."""

import re
from collections.abc import Iterator

from muster.nomad.domain.hcl.fixes.names import quoted_names
from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.warnings.rule import Finding

_FOREIGN = re.compile(r"^[^\"#\n]{0,200}\[\[-?[ \t]{0,4}[./$\"a-z]", re.MULTILINE)


def quoted_names_of_hcl1(text: str) -> Iterator[Finding]:
    """`"NAME" = value` in a block."""
    spans = quoted_names(text)
    if spans:
        detail = (
            "Nomad 1.0 and later refuse it: write the name without quotes, or the whole as a map (`env = { ... }`). "
            f"There are {len(spans)} in the file; `nomad-spec validate --fix` translates them."
        )
        yield Finding(min(spans), detail)


def foreign_templates(text: str) -> Iterator[Finding]:
    """`[[ .name ]]` outside of texts."""
    found = _FOREIGN.search(text)
    if found:
        detail = "`[[ ]]` is filled in by Levant or nomad-pack: render the file with it, and check what comes out."
        yield Finding(Span(found.end() - 3, found.end()), detail)
