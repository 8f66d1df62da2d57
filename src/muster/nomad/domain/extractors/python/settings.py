"""The environment variables behind pydantic-settings classes: prefix, aliases, defaults, and each field's value."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from muster.nomad.domain.extractors.code.env import EnvRead, How
from muster.nomad.domain.extractors.code.values import Value
from muster.nomad.domain.extractors.python.source import Module, constant_text, keyword_of
from muster.nomad.domain.extractors.python.values import Resolver

_CONFIG_NAMES = frozenset({"model_config", "Config"})


@dataclass(frozen=True)
class SettingsClass:
    """A class whose fields the environment sets."""

    node: ast.ClassDef
    prefix: str
    exact: bool
    """Names keep their case."""


@dataclass(frozen=True)
class SettingsField:
    """A field: its name in code and the variable that sets it."""

    field: str
    read: EnvRead

    @property
    def value(self) -> Value:
        """What reading the field gives."""
        return Value(self.read.default, self.read.name)


def settings_fields(module: Module, resolver: Resolver) -> list[SettingsField]:
    """The fields of every class below `BaseSettings` in a module."""
    classes = _settings_classes(module)
    nested = {one.node.name for one in classes} | {
        node.name for node in module.of(ast.ClassDef) if _is_model(module, node)
    }
    return [
        SettingsField(target.id, _read(one, target.id, statement, resolver))
        for one in classes
        for statement in one.node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(target := statement.target, ast.Name)
        if not target.id.startswith("_") and target.id not in _CONFIG_NAMES
        if not _speaks_of(statement.annotation, nested | {"ClassVar"})
    ]


def _settings_classes(module: Module) -> list[SettingsClass]:
    found: dict[str, SettingsClass] = {}
    for node in module.of(ast.ClassDef):
        bases = [module.dotted(base).rpartition(".")[2] for base in node.bases]
        parent = next((found[base] for base in bases if base in found), None)
        if parent is not None or any(base.endswith("BaseSettings") for base in bases):
            found[node.name] = _described(module, node, parent)
    return list(found.values())


def _is_model(module: Module, node: ast.ClassDef) -> bool:
    return any(module.dotted(base).endswith("BaseModel") for base in node.bases)


def _described(module: Module, node: ast.ClassDef, parent: SettingsClass | None) -> SettingsClass:
    options = dict(_options(node))
    prefix = constant_text(options.get("env_prefix"))
    if prefix is None:
        prefix = parent.prefix if parent else ""
    exact = options.get("case_sensitive")
    is_exact = isinstance(exact, ast.Constant) and exact.value is True
    return SettingsClass(node, prefix, is_exact or bool(parent and parent.exact))


def _options(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    """The options of a settings class, in its three notations."""
    yield from ((keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg)
    for statement in node.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id="model_config")], value=value)
                | ast.AnnAssign(target=ast.Name(id="model_config"), value=value)
            ):
                yield from _entries(value)
            case ast.ClassDef(name="Config", body=body):
                for inner in body:
                    if isinstance(inner, ast.Assign) and isinstance(inner.targets[0], ast.Name):
                        yield inner.targets[0].id, inner.value
            case _:
                continue


def _entries(value: ast.expr | None) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(value, ast.Call):
        yield from ((keyword.arg, keyword.value) for keyword in value.keywords if keyword.arg)
    elif isinstance(value, ast.Dict):
        pairs = zip(value.keys, value.values, strict=True)
        yield from ((name, entry) for key, entry in pairs if (name := constant_text(key)))


def _read(owner: SettingsClass, field: str, statement: ast.AnnAssign, resolver: Resolver) -> EnvRead:
    call = statement.value if isinstance(statement.value, ast.Call) else None
    name = (_alias(call) if call else None) or owner.prefix + field
    default = statement.value
    if call is not None and _is_field(call):
        default = keyword_of(call, "default", "default_factory") or (call.args[0] if call.args else None)
    how = _how(default, statement.annotation)
    text = resolver.value(default).whole_text if how is How.DEFAULT else None
    return EnvRead(name if owner.exact else name.upper(), statement.lineno, how, text)


def _is_field(call: ast.Call) -> bool:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.endswith("Field")
        case _:
            return False


def _how(default: ast.expr | None, annotation: ast.expr) -> How:
    if default is None or (isinstance(default, ast.Constant) and default.value is ...):
        return How.TESTED if _speaks_of(annotation, {"Optional"}) else How.NEEDED
    return How.TESTED if isinstance(default, ast.Constant) and default.value is None else How.DEFAULT


def _alias(call: ast.Call) -> str | None:
    """The variable's own name by `validation_alias`, `alias` or pydantic 1's `env`, which takes no prefix."""
    value = keyword_of(call, "validation_alias", "alias", "env")
    if isinstance(value, ast.Call):
        return next((text for text in map(constant_text, value.args) if text), None)
    if isinstance(value, (ast.List, ast.Tuple)):
        return next((text for text in map(constant_text, value.elts) if text), None)
    return constant_text(value)


def _speaks_of(annotation: ast.expr, names: set[str]) -> bool:
    return any(isinstance(node, ast.Name) and node.id in names for node in ast.walk(annotation))
