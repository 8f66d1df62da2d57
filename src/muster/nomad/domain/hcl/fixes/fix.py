"""Translates what HCL1 took and HCL2 refuses, or Nomad no longer uses. Every comment stays; twice changes nothing."""

from collections.abc import Callable, Iterator

from muster.nomad.domain.hcl.fixes.edits import apply_edits
from muster.nomad.domain.hcl.fixes.lists import single_texts
from muster.nomad.domain.hcl.fixes.names import assigned_blocks, old_names
from muster.nomad.domain.hcl.fixes.ports import bandwidths, networks, port_maps
from muster.nomad.domain.hcl.fixes.vault import vault_environments
from muster.nomad.domain.hcl.positions import Edit
from muster.nomad.domain.hcl.syntax import syntax_diagnostics
from muster.nomad.domain.hcl.tokens import HclSyntaxError
from muster.nomad.domain.hcl.tree import Tree, parse_tree

_ON_TEXT: tuple[Callable[[str], Iterator[Edit]], ...] = (assigned_blocks, old_names)
"""These make a text HCL2 that is not."""

_ON_TREE: tuple[Callable[[Tree], Iterator[Edit]], ...] = (single_texts, bandwidths, port_maps, vault_environments)
_MOST_TASKS = 50
"""Networks of one group that are moved, one by one."""


def fix_job(text: str) -> str:
    """The file in today's words; the same text where it is already, or where it is no HCL even so."""
    windows = "\r\n" in text and text.count("\n") == text.count("\r\n")
    old = text.replace("\r\n", "\n") if windows else text
    new = _fixed(old)
    if new == old or syntax_diagnostics(new, ""):
        return text
    return new.replace("\n", "\r\n") if windows else new


def _fixed(text: str) -> str:
    for change in _ON_TEXT:
        text = apply_edits(text, change(text))
    try:
        for change in (*_ON_TREE, *(networks,) * _MOST_TASKS):
            edits = list(change(parse_tree(text, "")))
            if not edits and change is networks:
                break
            text = apply_edits(text, edits)
    except HclSyntaxError:
        pass
    return text
