"""How a Node application is started, by package.json's scripts, and the ports that the script names."""

import re
from collections.abc import Collection, Iterator

from muster.nomad.domain.extractors.code.findings import CUSTOM, EXPLICIT, GUESS, Finding
from muster.nomad.domain.extractors.code.values import Value
from muster.nomad.domain.extractors.node.packages import NodePackage
from muster.nomad.domain.facts import CommandFact, FrameworkFact, PortFact

# What authors call the script for production, the surest first.
_START_SCRIPTS = ("start:prod", "start:production", "start", "serve")
_MAIN_FILES = ("server.js", "index.js", "app.js", "main.js", "server.mjs", "index.mjs", "src/index.js", "src/server.js")
_FOR_DEVELOPMENT = re.compile(
    r"\b(?:nodemon|ts-node-dev|tsx watch|react-scripts start|ng serve|vue-cli-service serve|vite dev|next dev|nuxt dev"
    r"|webpack|nest start --watch|--watch)\b|^\s*vite\s*$"
)
_SERVERS = re.compile(
    r"\b(?<!-service )(?<!ng )(?<!nx )"
    r"(next start|nuxt start|vite preview|astro preview|serve|http-server|json-server|remix-serve|react-router-serve)\b"
)
_SERVER_PORTS = {"serve": 3000, "http-server": 8080, "json-server": 3000, "vite preview": 4173, "astro preview": 4321}
_PORT_FLAG = re.compile(r"(?:^|\s)(?:-p|--port|-l|--listen)[ =]\s{0,3}(?:tcp://)?(\$\{?PORT(?::-)?)?([0-9.:]{0,21})")
_PORT_ENV = re.compile(r"\bPORT=([0-9]{1,5})\b")
_LONGEST = 1000


def start_findings(package: NodePackage, manager: str | None, paths: Collection[str]) -> Iterator[Finding]:
    """The start command and its ports; `paths` are the unit's files, as seen from its folder."""
    scripts = package.scripts or {}
    name = next((name for name in _START_SCRIPTS if name in scripts), None)
    if name is None:
        yield from _main_file(package, paths)
        return
    text, line = scripts[name]
    command = (manager or "npm", name) if name == "start" else (manager or "npm", "run", name)
    confidence = GUESS if _FOR_DEVELOPMENT.search(text[:_LONGEST]) else 0.8
    reason = f"scripts.{name}: {text[:100]}"
    yield Finding(package.path, line, CommandFact(command=command), reason, confidence)
    if confidence > GUESS:
        yield from _ports(package.path, line, text[:_LONGEST])


def _main_file(package: NodePackage, paths: Collection[str]) -> Iterator[Finding]:
    named = (package.main or "").removeprefix("./")
    main = next((name for name in (named, *_MAIN_FILES) if name in paths), None)
    if main is not None:
        reason = f"there is no start script; {main} is the {'main' if main == named else 'usual'} file"
        yield Finding(package.path, 1, CommandFact(command=("node", main)), reason, GUESS)


def _ports(path: str, line: int, text: str) -> Iterator[Finding]:
    if "vite preview" in text:
        fact = FrameworkFact(framework="vite", default_port=_SERVER_PORTS["vite preview"])
        yield Finding(path, line, fact, "the start script runs `vite preview`", CUSTOM)
    server, by_env = _SERVERS.search(text), _PORT_ENV.search(text)
    if by_env:
        yield from _port(path, line, Value(by_env[1], "PORT"), "the start script sets PORT", EXPLICIT)
    elif server:
        flag = _PORT_FLAG.search(text, server.end())
        if flag and (flag[1] or flag[2]):
            value = Value(flag[2] or "3000", "PORT" if flag[1] else None)
            yield from _port(path, line, value, "the start script names the port", EXPLICIT)
        elif server[1] in _SERVER_PORTS:
            yield from _port(path, line, Value(str(_SERVER_PORTS[server[1]])), f"`{server[1]}`'s own default", CUSTOM)


def _port(path: str, line: int, value: Value, reason: str, confidence: float) -> Iterator[Finding]:
    if value.port is not None:
        yield Finding(path, line, PortFact(port=value.port, env=value.env), reason, confidence)
