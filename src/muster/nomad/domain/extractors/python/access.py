"""Which expressions of Python read an environment variable, by the libraries that do it and by helpers' names."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from muster.nomad.domain.extractors.code.env import NAME, UPPER_NAME
from muster.nomad.domain.extractors.python.source import Module, constant_text, is_sequence, keyword_of

ENVIRON = frozenset({"os.environ", "os.environb", "dotenv.dotenv_values"})
_NAME, _UPPER = re.compile(NAME), re.compile(UPPER_NAME)

# Calls by their full name, and whether they fail when the variable is absent and no default is given.
READERS = {
    "os.getenv": False,
    "os.environ.get": False,
    "os.environ.pop": True,
    "os.environ.setdefault": False,
    "os.environ.__getitem__": True,
    "dotenv.dotenv_values.get": False,
    "decouple.config": True,
    "decouple.AutoConfig": True,
    "decouple.Config": True,
    "starlette.config.Config": True,
    "dj_database_url.config": False,
}
_ENV_CLASSES = ("environs.Env", "environ.Env", "environ.FileAwareEnv", "envparse.Env", "envparse.env")
# django-environ's and dj-database-url's readers that need no name.
_NAMELESS = {"db": "DATABASE_URL", "db_url": "DATABASE_URL", "config": "DATABASE_URL", "cache": "CACHE_URL"}
_HELPER = re.compile(r"env", re.IGNORECASE)
_NO_READ = re.compile(r"set|unset|del|put|load|patch|prefix|add|write|expand|template|render|step|make", re.IGNORECASE)
_INSISTS = re.compile(r"requir|must|raise|mandatory|strict|or_die|or_fail", re.IGNORECASE)
_TYPES = frozenset({"int", "str", "bool", "float", "list", "dict", "tuple", "set", "json"})


@dataclass(frozen=True)
class Access:
    """An expression that reads `name`; `default` stands in for an absent value, or the read fails where `needed`."""

    node: ast.expr
    name: str
    default: ast.expr | None = None
    needed: bool = False
    optional: bool = False
    """The library itself goes on without it, such as click's `envvar`."""


def access_of(module: Module, node: ast.AST) -> Access | None:
    """The read of an environment variable that this expression is, None when it is none."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and module.dotted(node.value) in ENVIRON:
        name = constant_text(node.slice)
        return Access(node, name, needed=True) if name and _NAME.fullmatch(name) else None
    return _call(module, node) if isinstance(node, ast.Call) else None


def option_accesses(node: ast.Call) -> Iterator[Access]:
    """The variables that an option of click or typer reads: `envvar="X"` or a list of them."""
    named = keyword_of(node, "envvar")
    items = named.elts if named is not None and is_sequence(named) else [named]
    insists = isinstance(required := keyword_of(node, "required"), ast.Constant) and required.value is True
    default = keyword_of(node, "default") or (node.args[0] if node.args else None)
    dots = isinstance(default, ast.Constant) and default.value is ...
    plain = default if isinstance(default, ast.Constant) and not _is_flag(default) and not dots else None
    for text in map(constant_text, items):
        if text:
            yield Access(node, text, plain, needed=insists or dots, optional=True)


def _is_flag(node: ast.Constant) -> bool:
    return isinstance(node.value, str) and node.value.startswith("-")


def _call(module: Module, call: ast.Call) -> Access | None:
    full = module.dotted(call.func)
    known = READERS.get(full, True if full.startswith(_ENV_CLASSES) else None)
    if known is None and not _is_helper(full):
        return None
    first = keyword_of(call, "env", "key", "name", "var") if not call.args else call.args[0]
    name = _NAMELESS.get(full.rpartition(".")[2]) if first is None and known is not None else constant_text(first)
    if not name or not (_UPPER if known is None else _NAME).fullmatch(name):
        return None
    needed = bool(_INSISTS.search(full)) if known is None else known
    return Access(call, _prefix(module, call, full) + name, _default(call), needed)


def _is_helper(full: str) -> bool:
    last_two = ".".join(full.split(".")[-2:])
    return bool(_HELPER.search(last_two)) and not _NO_READ.match(full.rpartition(".")[2].lstrip("_"))


def _default(call: ast.Call) -> ast.expr | None:
    named = keyword_of(call, "default", "fallback", "default_value")
    if named is not None or len(call.args) < 2:
        return named
    second = call.args[1]
    return None if isinstance(second, ast.Name) and second.id in _TYPES else second


def _prefix(module: Module, call: ast.Call, full: str) -> str:
    """The prefix that `with env.prefixed("APP_"):` puts before the names inside."""
    if not full.startswith("environs."):
        return ""
    prefixes: list[str] = []
    node: ast.AST | None = call
    while node is not None:
        node = module.parents.get(node)
        if isinstance(node, ast.With):
            opened = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
            prefixes += [constant_text(one.args[0]) or "" for one in opened if one.args]
    return "".join(reversed(prefixes))
