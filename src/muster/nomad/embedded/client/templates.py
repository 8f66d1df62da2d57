"""What a task's templates need and give."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from muster.nomad.embedded.client.sources import NoSources, Sources
from muster.nomad.embedded.client.template_language.functions import OPAQUE, OPAQUE_TEXT
from muster.nomad.embedded.client.template_language.rendering import render
from muster.nomad.embedded.client.template_language.syntax import NotUnderstood, parse
from muster.nomad.embedded.state.specs import TemplateSpec

_LINE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)$")
_FUNCTION = re.compile(r"^\s*(?:(?:with|if|range|else if)\s+)?([a-zA-Z_]\w*)")
_FILE = re.compile(r'\bfile\s+"(/[^"]+)"')
_KNOWN = frozenset(
    (
        "add", "and", "base64Decode", "base64Encode", "block", "break", "byKey", "byTag", "caLeaf", "caRoots",
        "connect", "contains", "continue", "datacenters", "define", "divide", "else", "end", "env", "envOrDefault",
        "eq", "executeTemplate", "explode", "file", "ge", "gt", "html", "if", "in", "indent", "index", "join", "js",
        "key", "keyExists", "keyOrDefault", "len", "loop", "le", "lt", "ls", "maximum", "minimum", "modulo", "multiply",
        "ne", "node", "nodes", "nomadService", "nomadServices", "nomadVar", "nomadVarExists", "nomadVarList",
        "nomadVarListSafe", "not", "or", "parseBool", "parseFloat", "parseInt", "parseJSON", "parseUint", "parseYAML",
        "pkiCert", "plugin", "print", "printf", "println", "query", "range", "regexMatch", "regexReplaceAll",
        "replaceAll", "safeLs", "safeTree", "scratch", "secret", "secrets", "service", "services", "sha256Hex", "slice",
        "split", "sprig", "subtract", "template", "timestamp", "toJSON", "toJSONPretty", "toLower", "toTitle", "toTOML",
        "toUpper", "toYAML", "tree", "trimSpace", "true", "false", "nil", "urlquery", "with", "writeToFile",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Asker:
    """Who renders: a task with what the cluster has for it; `known` names are there, whatever they hold."""

    sources: Sources = field(default_factory=NoSources)
    namespace: str = "default"
    policies: tuple[str, ...] = ()
    known: Collection[str] = ()
    env: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Rendered:
    """A template's text, and the keys, secrets and variables that it waits for, as events name them."""

    text: str
    missing: tuple[str, ...]


def render_template(template: TemplateSpec, asker: Asker) -> Rendered:
    """Render it over what is there; of a template beyond what is read here the actions are opaque."""
    questions = _Questions(asker)
    try:
        text = render(parse(template.text, template.left, template.right), questions.functions())
    except NotUnderstood:
        left, right = re.escape(template.left), re.escape(template.right)
        text = re.sub(f"{left}.*?{right}", OPAQUE_TEXT, template.text, flags=re.DOTALL)
    return Rendered(text, tuple(questions.missing))


class _Questions:
    """The functions of templates that ask somebody; notes what was not there."""

    def __init__(self, asker: Asker) -> None:
        self.missing: dict[str, None] = {}
        self._asker = asker
        self._sources = asker.sources

    def functions(self) -> dict[str, Callable[..., object]]:
        """Them by their names in templates."""
        return {
            "key": self._key,
            "keyExists": self._key_exists,
            "keyOrDefault": self._key_or_default,
            "secret": self._secret,
            "nomadVar": self._variable,
            "nomadVarExists": self._variable_exists,
            "service": self._service,
            "nomadService": self._nomad_service,
            "env": self._env,
            "envOrDefault": self._env,
        }

    def _found(self, name: str, value: object, called: str) -> object:
        if value is None and name in self._asker.known:
            return OPAQUE
        if value is None:
            self.missing[called] = None
        return value

    def _key(self, name: str) -> object:
        return self._found(name, self._sources.key(name), f"kv.block({name})")

    def _key_exists(self, name: str) -> bool:
        return name in self._asker.known or self._sources.key(name) is not None

    def _key_or_default(self, name: str, otherwise: str) -> object:
        if name in self._asker.known:
            return OPAQUE
        value = self._sources.key(name)
        return otherwise if value is None else value

    def _secret(self, path: str, *_: object) -> object:
        return self._found(path, self._sources.secret(path, self._asker.policies), f"vault.read({path})")

    def _variable(self, path: str) -> object:
        space = self._asker.namespace
        return self._found(path, self._sources.variable(space, path), f"nomad.var.block({path}@{space}.global)")

    def _variable_exists(self, path: str) -> bool:
        return path in self._asker.known or self._sources.variable(self._asker.namespace, path) is not None

    def _service(self, name: str, *_: object) -> object:
        return self._sources.consul_services(name)

    def _nomad_service(self, *words: object) -> object:
        return self._sources.nomad_services(self._asker.namespace, str(words[-1]))

    def _env(self, name: str, otherwise: str = "") -> str:
        return self._asker.env.get(name) or otherwise


def template_error(template: TemplateSpec) -> str | None:
    """Why it can't be rendered at all: a function that does not exist, a file outside of the sandbox."""
    for action in _actions(template):
        found = _FUNCTION.match(action.strip("- "))
        if found and found.group(1) not in _KNOWN and not found.group(1).startswith("sprig_"):
            return f'(dynamic): parse: template: :1: function "{found.group(1)}" not defined'
        outside = _FILE.search(action)
        if outside:
            column = template.text.find("file")
            where = f'at <file "{outside.group(1)}">'
            return (
                f'(dynamic): execute: template: :1:{column}: executing "" {where}: '
                f"error calling file: '{outside.group(1)}' is outside of sandbox"
            )
    return None


def rendered_variables(text: str) -> dict[str, str]:
    """The variables that a rendered env template sets."""
    lines = (_LINE.match(line) for line in text.splitlines())
    return {found.group(1): found.group(2).strip().strip("\"'") for found in lines if found}


def _actions(template: TemplateSpec) -> list[str]:
    left, right = re.escape(template.left), re.escape(template.right)
    return re.findall(f"{left}(.*?){right}", template.text, flags=re.DOTALL)
