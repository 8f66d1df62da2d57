"""Health routes in Python code, under the prefixes that their routers are mounted at."""

import ast
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.findings import Finding
from muster.nomad.domain.extractors.code.routes import health_finding, joined_path
from muster.nomad.domain.extractors.python.mounts import (
    DJANGO_ROUTES,
    Mounts,
    django_list,
    full_paths,
    last_name,
    module_name,
    own_prefixes,
    owner_name,
    plain_route,
)
from muster.nomad.domain.extractors.python.source import Module, constant_text, is_sequence, keyword_of
from muster.nomad.domain.extractors.python.values import Resolver

_DECORATORS = frozenset({"get", "route", "api_route", "head"})
REGISTERING = frozenset({"add_url_rule", "add_api_route", "add_route", "add_get", "add_head", "Route", "add_view"})


def route_findings(module: Module, resolver: Resolver, mounts: Mounts) -> Iterator[Finding]:
    """The health routes of a module."""
    prefixes = own_prefixes(module, resolver)
    name = module_name(module.file.path)
    for line, router, path in _routes(module):
        own = joined_path(prefixes[router], path) if router in prefixes else path
        for full in full_paths((name, router), own, mounts):
            finding = health_finding(module.file.path, line, full)
            if finding is not None:
                yield finding


def _routes(module: Module) -> Iterator[tuple[int, str, str]]:
    """Line, router and path of every route that a decorator or a call declares."""
    for node in module.of(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Call, ast.Compare, ast.Tuple):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and last_name(module.dotted(decorator.func)) in _DECORATORS:
                    yield from _route(decorator)
        elif isinstance(node, ast.Call):
            yield from _registered(module, node)
        elif isinstance(node, ast.Compare) and _is_path(node.left):
            yield from ((node.lineno, "", text) for text in _texts(node.comparators[0]))
        elif isinstance(node, ast.Tuple) and len(node.elts) in {2, 3} and "tornado" in module.packages:
            yield from ((node.lineno, "", plain_route(text)) for text in _texts(node.elts[0]))


def _registered(module: Module, call: ast.Call) -> Iterator[tuple[int, str, str]]:
    full = module.dotted(call.func)
    if last_name(full) in REGISTERING or full == "aiohttp.web.get":
        yield from _route(call)
    elif last_name(full) in DJANGO_ROUTES and len(call.args) > 1:
        router = django_list(module, call)
        yield from ((line, router, "/" + plain_route(path).lstrip("/")) for line, _, path in _route(call))


def _route(call: ast.Call) -> Iterator[tuple[int, str, str]]:
    methods = keyword_of(call, "methods")
    if methods is not None and is_sequence(methods) and "GET" not in map(constant_text, methods.elts):
        return
    texts = [
        text for text in map(constant_text, (*call.args[:2], keyword_of(call, "path", "rule"))) if text is not None
    ]
    yield from ((call.lineno, owner_name(call), text) for text in texts[:1])


def _is_path(node: ast.expr) -> bool:
    return isinstance(node, (ast.Attribute, ast.Name)) and "path" in (
        node.attr if isinstance(node, ast.Attribute) else node.id
    )


def _texts(node: ast.expr) -> list[str]:
    items = node.elts if is_sequence(node) else [node]
    return [text for text in map(constant_text, items) if text and text.startswith("/")]
