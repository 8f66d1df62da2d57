"""The values of `${VAR}` in a compose file: from the `.env` beside it, else from its example, which people copy.

A secret's value is never put in.
"""

from dataclasses import dataclass, field
from posixpath import join

from muster.nomad.domain.env_vars import is_placeholder, looks_secret
from muster.nomad.domain.extractors.compose_yaml import ScalarNode
from muster.nomad.domain.extractors.dotenv import parse_dotenv
from muster.nomad.domain.extractors.extractor import Files, SourceFile
from muster.nomad.domain.extractors.substitution import expand

_EXAMPLES = ("example", "sample", "template", "dist")


@dataclass(frozen=True)
class Resolved:
    """A text with its variables put in. `missing` have no value, `secret` are secrets: both stay as written."""

    text: str
    at: str
    missing: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    note: str = ""
    """Where values come from that are only examples, to be added to a reason."""

    @property
    def known(self) -> bool:
        """Whether every variable could be put in."""
        return not self.missing and not self.secret

    @property
    def why_not(self) -> str:
        """Why not, as a clause."""
        if self.secret:
            return f"{', '.join(self.secret)} is a secret, whose value is not read"
        return f"nothing gives {', '.join(self.missing)} a value"


@dataclass(frozen=True)
class Variables:
    """What `.env` says, or `example`, the file that says what to write into it."""

    values: dict[str, str] = field(default_factory=dict[str, str])
    example: str = ""

    def resolve(self, node: ScalarNode) -> Resolved:
        """The text of a node."""
        return self.resolve_text(node.text, node.at)

    def resolve_text(self, text: str, at: str) -> Resolved:
        """A text that stands at a place."""
        if "$" not in text:
            return Resolved(text, at)
        expanded = expand(text, self.values.get, dollar_escape=True)
        secret = tuple(name for name in expanded.used if looks_secret(name, self.values.get(name)))
        if secret:
            return Resolved(text.replace("$$", "$"), at, expanded.missing, secret)
        taken = self.example and any(name in self.values for name in expanded.used)
        return Resolved(expanded.text, at, expanded.missing, note=f", with values of {self.example}" if taken else "")


def read_variables(folder: str, files: Files) -> Variables:
    """The variables of the folder's `.env`; without one those of its example, placeholders left out."""
    found = files.get(join(folder, ".env"))
    if found is not None:
        return Variables(_values(found))
    examples = (files.get(join(folder, f".env.{ending}")) for ending in _EXAMPLES)
    example = next((file for file in examples if file), None)
    if example is None:
        return Variables()
    hints = {name: value for name, value in _values(example).items() if not is_placeholder(value)}
    return Variables(hints, example.path)


def _values(file: SourceFile) -> dict[str, str]:
    """Each variable may use those above it."""
    values: dict[str, str] = {}
    for one in parse_dotenv(file.text):
        if not one.commented:
            values[one.name] = one.value if one.literal else expand(one.value, values.get).text
    return values
