"""`vault { env { VAR = "path#key" } }`, which no Nomad has, and what its author meant: templates, one for each path."""

from collections.abc import Iterator
from dataclasses import dataclass

from muster.nomad.domain.build.secret_forms import SecretForm
from muster.nomad.domain.build.secrets import read_places
from muster.nomad.domain.hcl.nodes import Attribute, Block, ObjectOf
from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.warnings.rule import JobFile
from muster.nomad.domain.hcl.warnings.sites import Site
from muster.nomad.domain.places import parse_place
from muster.nomad.domain.profile import EnvEntry
from muster.nomad.domain.task import Template


@dataclass(frozen=True)
class VaultEnv:
    """Such a map: the blocks it stands in, and the templates that do what it says; none where it can't be told."""

    vault: Site
    item: Block | Attribute
    templates: tuple[Template, ...] = ()

    @property
    def span(self) -> Span:
        """Where it is named."""
        return self.item.header if isinstance(self.item, Block) else self.item.span


def vault_envs(file: JobFile) -> Iterator[VaultEnv]:
    """Every one in a file."""
    for site in file.of("vault"):
        maps = [*(block for block in site.body.blocks if block.type == "env")]
        attribute = site.body.attribute("env")
        for item in (*maps, *([attribute] if attribute and isinstance(attribute.value, ObjectOf) else [])):
            yield VaultEnv(site, item, _templates(site) if not maps[1:] else ())


def _templates(site: Site) -> tuple[Template, ...]:
    pairs = list(site.pairs("env"))
    entries = [EnvEntry(name=one.key, secret=True, place=f"vault:{one.text or ''}") for one in pairs]
    known = all(one.name and parse_place(one.place) for one in entries)
    return read_places(entries, SecretForm(), "").templates if known else ()
