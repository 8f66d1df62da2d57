"""Where a start command says that it listens: `--port 3000`, `--bind 0.0.0.0:8000`, or a server's known default."""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from muster.nomad.domain.extractors.substitution import Lookup, expand
from muster.nomad.domain.port_forms import env_form

SHELLS = ("sh", "bash", "ash", "dash", "zsh", "/bin/sh", "/bin/bash", "/bin/ash", "/usr/bin/env")


@dataclass(frozen=True)
class CommandPort:
    """A port that a command opens, and why; `env` is the variable that sets it. `default`: the command says nothing,
    and its program listens there unless told otherwise."""

    port: int
    reason: str
    env: str | None = None
    env_form: str | None = None
    default: bool = False


# `--` parts `wait-for-it db:5432 -- uvicorn ...` and `npm start -- --port 3000`, too.
_SEPARATORS = frozenset({"&&", "||", ";", "|", "&", "(", ")", "--"})
_MOST_WORDS = 500

# These talk to a port that something else has opened.
_CLIENTS = re.compile(
    r"(?:.*/)?(?:mysql|mysqladmin|psql|pg_isready|pg_dump|redis-cli|mongo|mongosh|nc|ncat|curl|wget|ssh|scp|nats|kcat"
    r"|wait-for.*|wait_for.*|dockerize|wait-on|waitport)"
)
_PORT_OPTIONS = frozenset(
    {
        "--port", "-port", "--http-port", "-http-port", "--http.port", "--server.port", "--server-port", "--web-port",
        "--listen-port", "--serverPort", "-Dserver.port", "-Dhttp.port", "-Dquarkus.http.port", "--api-port",
    }
)  # fmt: skip
_ADDRESS_OPTIONS = frozenset(
    {
        "--bind", "--listen", "-listen", "--addr", "-addr", "--address", "-address", "--listen-address",
        "--listen-addr", "-listen-addr", "--web.listen-address", "--http-address", "--http-addr", "--http-socket",
        "--http", "-http", "--urls", "--dev-addr",
    }
)  # fmt: skip


@dataclass(frozen=True)
class _Server:
    """A program: short options that take a port or an address, its default port, and the variable that changes it."""

    pattern: re.Pattern[str]
    options: tuple[str, ...]
    port: int | None
    variable: str | None = None


_SERVERS = tuple(
    _Server(re.compile(pattern), options, port, variable)
    for pattern, options, port, variable in (
        (r"gunicorn\b", ("-b",), 8000, "PORT"),
        (r"hypercorn\b", ("-b",), 8000, None),
        (r"uvicorn\b", (), 8000, "UVICORN_PORT"),
        (r"granian\b", (), 8000, "GRANIAN_PORT"),
        (r"daphne\b", ("-p",), 8000, None),
        (r"waitress-serve\b", (), 8080, None),
        (r"flask (?:.*\b)?run\b", ("-p",), 5000, "FLASK_RUN_PORT"),
        (r"fastapi (?:run|dev)\b", (), 8000, None),
        (r"streamlit run\b", (), 8501, "STREAMLIT_SERVER_PORT"),
        (r"(?:manage\.py|django-admin) runserver\b", (), 8000, None),
        (r"http\.server\b", (), 8000, None),
        (r"rails (?:s|server)\b", ("-p",), 3000, "PORT"),
        (r"puma\b", ("-p", "-b"), 9292, "PORT"),
        (r"rackup\b", ("-p",), 9292, None),
        (r"unicorn\b", ("-p", "-l"), 8080, None),
        (r"next (?:start|dev)\b", ("-p",), 3000, "PORT"),
        (r"serve\b", ("-l", "-p"), 3000, "PORT"),
        (r"http-server\b", ("-p",), 8080, "PORT"),
        (r"json-server\b", ("-p",), 3000, None),
        (r"vite preview\b", (), 4173, None),
        (r"thin start\b", ("-p",), 3000, None),
        (r"falcon (?:serve|host)\b", ("-b", "-p"), 9292, None),
        (r"hanami server\b", ("-p",), 2300, None),
        (r"mix phx\.server\b", (), 4000, "PORT"),
        (r"php artisan serve\b", (), 8000, None),
        (r"php artisan octane:(?:start|frankenphp|roadrunner|swoole)\b", (), 8000, None),
        (r"php-fpm[\d.]*(?= |$)", (), 9000, None),
        (r"frankenphp php-server\b", ("-l",), 80, None),
        (r"php\b", ("-S",), None, None),
        (r"mkdocs serve\b", ("-a",), 8000, None),
        (r"jupyter\b", (), 8888, None),
        (r"nginx\b", (), 80, None),
        (r"(?:httpd|apache2)-foreground\b", (), 80, None),
    )
)
_WRAPPERS = re.compile(
    r"(?:\S*/)?(?:python[\d.]*|tini|dumb-init|env|npx|bundle|poetry|pipenv|uv|pdm)|exec|run|-m|-u|gosu|su-exec|time"
    r"|nohup|\w+=.*|opentelemetry-instrument|ddtrace-run|newrelic-admin|run-program|yarn|pnpm|bunx"
)
_ADDRESS = re.compile(r"(?:[a-z]+://)?(?:\[[0-9a-fA-F:]*\]|[\w.*+-]*):(\d{1,5})/?|(\d{1,5})")
_OPERAND = re.compile(r"runserver|http\.server")


def command_ports(words: Sequence[str], lookup: Lookup) -> tuple[CommandPort, ...]:
    """The ports that a command opens, by what it says; a known server's default where it says nothing.

    `words` is the exec form; `sh -c TEXT` is looked into. Variables are replaced through `lookup`.
    """
    found: dict[int, CommandPort] = {}
    for command in simple_commands(words):
        said = tuple(_said(command, lookup))
        for port in said or _default(command, lookup):
            found.setdefault(port.port, port)
    return tuple(found.values())


def simple_commands(words: Sequence[str]) -> Iterator[list[str]]:
    """The single commands of `a && b; c`, without the shell around them."""
    current: list[str] = []
    for word in _shell_words(words):
        if word in _SEPARATORS:
            yield current
            current = []
        else:
            current.append(word)
    yield current


def _shell_words(words: Sequence[str]) -> list[str]:
    if len(words) < 2 or words[0] not in SHELLS or not words[1].startswith("-") or "c" not in words[1]:
        return list(words)[:_MOST_WORDS]
    text = " ".join(words[2:3])
    lexer = shlex.shlex(text, posix=True, punctuation_chars="&|;()")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)[:_MOST_WORDS]
    except ValueError:  # a quote that never ends
        return text.split()[:_MOST_WORDS]


def _said(command: list[str], lookup: Lookup) -> Iterator[CommandPort]:
    program = _program(command)
    if not program or _CLIENTS.fullmatch(program[0]):
        return
    server = _server(program)
    short = server.options if server else ()
    for word, following in zip(command, [*command[1:], ""], strict=True):
        option, equals, value = word.partition("=")
        if option in _PORT_OPTIONS or option in _ADDRESS_OPTIONS or option in short or _OPERAND.fullmatch(word):
            said = f"{option}={value}" if equals else f"{option} {following}"
            yield from _port(value if equals else following, f"{said} in the command", lookup)
        elif len(word) > 2 and word[:2] in short:
            yield from _port(word[2:], f"{word} in the command", lookup)


def _port(value: str, reason: str, lookup: Lookup) -> Iterator[CommandPort]:
    expanded = expand(value, lookup)
    found = _ADDRESS.fullmatch(expanded.text.strip())
    if found is None or expanded.missing:
        return
    port = int(found[1] or found[2])
    if 0 < port < 65536:
        name = expanded.used[0] if len(expanded.used) == 1 else None
        yield CommandPort(port=port, reason=reason, env=name, env_form=_form(name, value, expanded.text, lookup))


def _form(name: str | None, value: str, expanded: str, lookup: Lookup) -> str | None:
    """How the variable is written: as it is set, or as its default in the command, where the word is nothing else."""
    if name is None:
        return None
    alone = re.fullmatch(rf"\$(?:{re.escape(name)}|\{{{re.escape(name)}\b[^{{}}]*\}})", value.strip())
    return env_form(name, lookup(name) or (expanded if alone else None))


def _default(command: list[str], lookup: Lookup) -> Iterator[CommandPort]:
    """The port of a known server that is told nothing; none where a file of its own may tell it."""
    program = _program(command)
    server = _server(program)
    if server is None or server.port is None or _told_elsewhere(command, server.options):
        return
    told = lookup(server.variable) if server.variable else None
    if told is not None:
        yield from _port(f"${server.variable}", f"{server.variable}={told}, which tells {program[0]}", lookup)
    else:
        reason = f"{' '.join(program[:2])[:60]} listens on {server.port} unless told"
        yield CommandPort(port=server.port, reason=reason, default=True)


def _server(program: list[str]) -> _Server | None:
    text = " ".join(program)
    return next((server for server in _SERVERS if server.pattern.match(text)), None)


def _told_elsewhere(command: list[str], options: tuple[str, ...]) -> bool:
    """Told by a configuration file, by a socket, or by an option whose value nobody knows."""
    names = {word.partition("=")[0] for word in command}
    return bool(names & {"-c", "--config", "--uds", "--unix", "--fd", *_PORT_OPTIONS, *_ADDRESS_OPTIONS, *options})


def _program(command: list[str]) -> list[str]:
    """The command from its program on, without what only starts it (`exec`, `poetry run`, `python -m`)."""
    index = 0
    while index < len(command) and _WRAPPERS.fullmatch(command[index]):
        index += 1
    rest = command[index:]
    return [rest[0].rpartition("/")[2] or rest[0], *rest[1:]] if rest else []
