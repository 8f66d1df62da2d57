"""The ports that Python code listens on: calls that open one, their port arguments and defaults."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from muster.nomad.domain.extractors.code.findings import CUSTOM, EXPLICIT, Finding
from muster.nomad.domain.extractors.code.values import UNKNOWN, Value
from muster.nomad.domain.extractors.python.source import Module, keyword_of
from muster.nomad.domain.extractors.python.values import Resolver
from muster.nomad.domain.facts import PortFact


@dataclass(frozen=True)
class Listener:
    """A call that listens. `position` is where the port stands among its arguments, `default` what it is without."""

    call: str
    position: int | None = None
    default: int | None = None
    keywords: tuple[str, ...] = ("port",)
    udp: bool = False


# Full dotted names; an object made by a class is called by the class's name (`app = Flask(...)`: `flask.Flask.run`).
LISTENERS = (
    Listener("flask.Flask.run", 1, 5000),
    Listener("quart.Quart.run", 1, 5000),
    Listener("flask_socketio.SocketIO.run", 2, 5000),
    Listener("dash.Dash.run", None, 8050),
    Listener("dash.Dash.run_server", None, 8050),
    Listener("uvicorn.run", None, 8000),
    Listener("uvicorn.Config", None, 8000),
    Listener("sanic.Sanic.run", 1, 8000),
    Listener("bottle.run", None, 8080),
    Listener("bottle.Bottle.run", None, 8080),
    Listener("waitress.serve", None, 8080, ("port", "listen")),
    Listener("aiohttp.web.run_app", None, 8080),
    Listener("aiohttp.web.TCPSite", 2, 8080),
    Listener("nicegui.ui.run", None, 8080),
    Listener("robyn.Robyn.start", 1, 8080),
    Listener("gradio.Interface.launch", None, 7860, ("server_port",)),
    Listener("gradio.Blocks.launch", None, 7860, ("server_port",)),
    Listener("gradio.ChatInterface.launch", None, 7860, ("server_port",)),
    Listener("tornado.web.Application.listen", 0),
    Listener("tornado.httpserver.HTTPServer.listen", 0),
    Listener("wsgiref.simple_server.make_server", 1),
    Listener("werkzeug.serving.run_simple", 1),
    Listener("websockets.serve", 2),
    Listener("websockets.asyncio.server.serve", 2),
    Listener("websockets.sync.server.serve", 2),
    Listener("asyncio.start_server", 2),
    Listener("twisted.internet.reactor.listenTCP", 0),
    Listener("twisted.internet.reactor.listenUDP", 0, udp=True),
    Listener("prometheus_client.start_http_server", 0),
    Listener("xmlrpc.server.SimpleXMLRPCServer", 0),
    Listener("http.server.HTTPServer", 0),
    Listener("http.server.ThreadingHTTPServer", 0),
    Listener("socketserver.TCPServer", 0),
    Listener("socketserver.ThreadingTCPServer", 0),
    Listener("socketserver.UDPServer", 0, udp=True),
    Listener("gevent.pywsgi.WSGIServer", 0),
    Listener("gevent.server.StreamServer", 0),
    Listener("eventlet.listen", 0),
)
_BY_CALL = {listener.call: listener for listener in LISTENERS}

# Methods that listen whatever they belong to, when they are given a port.
_METHODS = frozenset(
    {"run", "serve", "run_app", "run_server", "launch", "start", "start_server", "create_server", "listen"}
)
# Arguments that may say where it listens instead of a port; None is `**options`.
_ELSEWHERE = frozenset({None, "uds", "fd", "sock", "sockets", "unix_socket", "listen", "bind"})
_ANY_METHOD = Listener("", None, None, ("port", "server_port"))
GRPC = frozenset({"add_insecure_port", "add_secure_port"})
_SERVER_FILES = frozenset({"gunicorn.conf.py", "gunicorn_config.py", "gunicorn_conf.py", "hypercorn_config.py"})


def port_findings(module: Module, resolver: Resolver, custom_port: int | None) -> Iterator[Finding]:
    """The ports a module opens. `custom_port` is the framework's own, for code that takes the port from a variable."""
    for call in module.calls:
        listener = _listener(module, call)
        if listener is not None:
            yield from _opened(module, resolver, call, listener, custom_port)
    if module.file.name in _SERVER_FILES:
        for node in module.assigned.get("bind", ())[:1]:
            yield from _finding(module, node, resolver.value(node), None, "the server's `bind`")


def _listener(module: Module, call: ast.Call) -> Listener | None:
    full = module.dotted(call.func)
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if full in _BY_CALL:
        return _BY_CALL[full]
    if method in GRPC:
        return Listener("add_insecure_port", 0)
    if method == "bind" and full.startswith("socket.socket"):
        return Listener("bind", 0)
    return _ANY_METHOD if method in _METHODS and keyword_of(call, *_ANY_METHOD.keywords) else None


def _opened(
    module: Module, resolver: Resolver, call: ast.Call, listener: Listener, custom_port: int | None
) -> Iterator[Finding]:
    argument = keyword_of(call, *listener.keywords)
    if argument is None and listener.position is not None and listener.position < len(call.args):
        argument = call.args[listener.position]
    if isinstance(argument, ast.Tuple) and len(argument.elts) > 1:
        argument = argument.elts[1]
    what = f"`{_shown(call.func)}(...)`"
    if argument is not None:
        default = listener.default or custom_port
        yield from _finding(module, argument, resolver.value(argument), default, what, udp=listener.udp)
    elif listener.default is not None and not any(keyword.arg in _ELSEWHERE for keyword in call.keywords):
        yield from _finding(module, call, UNKNOWN, listener.default, what, silent=True)


def _finding(
    module: Module,
    node: ast.expr,
    value: Value,
    default: int | None,
    what: str,
    *,
    udp: bool = False,
    silent: bool = False,
) -> Iterator[Finding]:
    port = value.port or (default if value.is_left_open or silent else None)
    if port is None or value.is_elsewhere:
        return
    said = f"{what} listens on {port}" if value.port else f"{what} listens on {port} unless told otherwise"
    reason = f"{said}; {value.env} sets it" if value.env else said
    fact = PortFact(port=port, protocol="udp" if udp else "tcp", env=value.env, env_form=value.env_form)
    yield Finding(module.file.path, node.lineno, fact, reason, EXPLICIT if value.port else CUSTOM)


def _shown(node: ast.expr) -> str:
    match node:
        case ast.Attribute(value=ast.Name(id=owner), attr=attr):
            return f"{owner}.{attr}"
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return "call"
