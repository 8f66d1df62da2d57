"""What a setup.py says, read from the literals in its call of `setup` without running it."""

import ast

from muster.nomad.domain.extractors.python.packages import PythonPackage
from muster.nomad.domain.extractors.python.requirements import Dependency, requirement_names
from muster.nomad.domain.extractors.python.source import Module, constant_text, is_sequence, keyword_of


def read_setup(module: Module) -> PythonPackage:
    """The package that the first call of `setup` describes; names, requirements and scripts may be variables."""
    call = next((one for one in module.calls if module.dotted(one.func).rpartition(".")[2] == "setup"), None)
    if call is None:
        return PythonPackage(module.file.path)
    return PythonPackage(
        module.file.path,
        name=constant_text(_resolved(module, keyword_of(call, "name"))),
        python=constant_text(_resolved(module, keyword_of(call, "python_requires"))),
        dependencies=tuple(
            Dependency(name, module.file.path, line)
            for text, line in _strings(module, keyword_of(call, "install_requires"))
            for name in requirement_names(text)
        ),
        scripts=_scripts(module, _resolved(module, keyword_of(call, "entry_points"))),
    )


def _resolved(module: Module, node: ast.expr | None) -> ast.expr | None:
    if isinstance(node, ast.Name):
        return next(iter(module.assigned.get(node.id, ())), None)
    return node


def _strings(module: Module, node: ast.expr | None) -> list[tuple[str, int]]:
    value = _resolved(module, node)
    items = value.elts if value is not None and is_sequence(value) else []
    return [(text, item.lineno) for item in items if (text := constant_text(item))]


def _scripts(module: Module, node: ast.expr | None) -> tuple[str, ...]:
    if not isinstance(node, ast.Dict):
        return ()
    values = [
        value for key, value in zip(node.keys, node.values, strict=True) if constant_text(key) == "console_scripts"
    ]
    entries = [text for value in values for text, _ in _strings(module, value)]
    return tuple(entry.partition("=")[0].strip() for entry in entries if "=" in entry)
