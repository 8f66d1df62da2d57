"""What a task's templates need and give, as far as it can be told without rendering them."""

import re
from collections.abc import Collection

from muster.nomad.embedded.state.specs import TemplateSpec

_KEY = re.compile(r'\bkey\s+"([^"]+)"')
_SECRET = re.compile(r'\bsecret\s+"([^"]+)"')
_VARIABLE = re.compile(r'\bnomadVar\s+"([^"]+)"')
_LINE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)$")
_FUNCTION = re.compile(r"^\s*(?:(?:with|if|range|else if)\s+)?([a-zA-Z_]\w*)")
OPAQUE = "(rendered)"
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


def missing_dependencies(template: TemplateSpec, known: Collection[str], namespace: str = "default") -> list[str]:
    """The keys, secrets and variables that it waits for: all but the known ones."""
    actions = _actions(template)
    keys = [("kv.block", name) for action in actions for name in _KEY.findall(action)]
    secrets = [("vault.read", name) for action in actions for name in _SECRET.findall(action)]
    variables = [name for action in actions for name in _VARIABLE.findall(action) if name not in known]
    missing = [f"{function}({name})" for function, name in keys + secrets if name not in known]
    return [*missing, *(f"nomad.var.block({name}@{namespace}.global)" for name in variables)]


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


def rendered_variables(template: TemplateSpec) -> dict[str, str]:
    """The variables of an env template; a value that holds an action is opaque but set."""
    left, right = re.escape(template.left), re.escape(template.right)
    text = re.sub(f"(=\\s*[\"']?){left}.*?{right}", rf"\g<1>{OPAQUE}", template.text, flags=re.DOTALL)
    plain = (_LINE.match(line) for line in re.sub(f"{left}.*?{right}", "", text, flags=re.DOTALL).splitlines())
    return {found.group(1): found.group(2).strip().strip("\"'") for found in plain if found}


def _actions(template: TemplateSpec) -> list[str]:
    left, right = re.escape(template.left), re.escape(template.right)
    return re.findall(f"{left}(.*?){right}", template.text, flags=re.DOTALL)
