"""Secrets of every kind, each with a value of its own at each place, so that a leak says where it came from."""

import json
import sqlite3
import string
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from random import Random
from uuid import UUID

_LETTERS = string.ascii_letters + string.digits


class Dice:
    """Random texts that are the same at the same place every time."""

    def __init__(self, place: str, kind: str) -> None:
        self._random = Random(f"{place}/{kind}")

    def word(self, length: int, letters: str = _LETTERS) -> str:
        """Letters and digits, always some of both."""
        picked = [self._random.choice(letters) for _ in range(length - 4)]
        return "".join([*picked, "Q", "7", "q", "4"]) if letters == _LETTERS else "".join([*picked, *letters[:4]])

    def hex(self, length: int) -> str:
        return self.word(length, "0123456789abcdef")

    def upper(self, length: int) -> str:
        return self.word(length, string.ascii_uppercase + string.digits)

    def uuid(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def base64(self, length: int) -> str:
        return b64encode(self._random.randbytes(length)).decode()

    def lines(self, count: int) -> list[str]:
        return [self.word(64) for _ in range(count)]


Made = tuple[str, tuple[str, ...]]
"""What stands in a text, and the parts of it that nobody may see."""


def _alone(secret: str) -> Made:
    return secret, (secret,)


def _within(before: str, secret: str, after: str = "") -> Made:
    return f"{before}{secret}{after}", (secret,)


def _pem(kind: str, dice: Dice) -> Made:
    lines = dice.lines(4)
    return "\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----"]), tuple(lines)


def _basic(dice: Dice) -> Made:
    password = dice.word(16)
    encoded = b64encode(f"app:{password}".encode()).decode()
    return f"Authorization: Basic {encoded}", (encoded, password)


def _auths(dice: Dice) -> Made:
    encoded = b64encode(f"app:{dice.word(16)}".encode()).decode()
    return json.dumps({"auths": {"registry.example": {"auth": encoded}}}), (encoded,)


def _docker_config(dice: Dice) -> Made:
    return _alone(
        b64encode(json.dumps({"auths": {"r": {"auth": dice.word(24)}}}, separators=(",", ":")).encode()).decode()
    )


def _jwt(dice: Dice) -> Made:
    return _alone(f"eyJhbGciOiJIUzI1NiJ9.eyJ{dice.word(40)}.{dice.word(43)}")


KINDS: Mapping[str, Callable[[Dice], Made]] = {
    "aws access key": lambda dice: _alone("AKIA" + dice.upper(16)),
    "aws secret key": lambda dice: _alone(dice.word(20) + "/" + dice.word(19)),
    "aws session token": lambda dice: _alone("IQoJb3JpZ2lu" + dice.word(200)),
    "rsa key": lambda dice: _pem("RSA PRIVATE KEY", dice),
    "openssh key": lambda dice: _pem("OPENSSH PRIVATE KEY", dice),
    "pgp key": lambda dice: _pem("PGP PRIVATE KEY BLOCK", dice),
    "jwt": _jwt,
    "postgres": lambda dice: _within("postgres://app:", dice.word(16), "@db:5432/app"),
    "mysql": lambda dice: _within("mysql+pymysql://app:", dice.word(16), "@db/app"),
    "mongodb": lambda dice: _within("mongodb+srv://app:", dice.word(16), "@cluster.example/app"),
    "redis": lambda dice: _within("redis://:", dice.word(16), "@cache:6379/0"),
    "amqp": lambda dice: _within("amqps://app:", dice.word(16), "@mq/vhost"),
    "bearer": lambda dice: _within("Authorization: Bearer ", dice.word(32)),
    "basic": _basic,
    "basic in a url": lambda dice: _within("https://app:", dice.word(16), "@internal.example/x"),
    "env line": lambda dice: _within("ADMIN_PASSWORD=", dice.word(16)),
    "json": lambda dice: _within('{"user": "a", "db_password": "', dice.word(16), '"}'),
    "yaml": lambda dice: _within("smtp_password: ", dice.word(16)),
    "hcl": lambda dice: _within('client_secret = "', dice.word(16), '"'),
    "vault token": lambda dice: _alone("hvs." + dice.word(90)),
    "old vault token": lambda dice: _alone("s." + dice.word(24)),
    "vault secret id": lambda dice: _within("secret_id=", dice.uuid()),
    "nomad token": lambda dice: _within("X-Nomad-Token: ", dice.uuid()),
    "consul token": lambda dice: _within("SecretID:    ", dice.uuid()),
    "github": lambda dice: _alone("ghp_" + dice.word(36)),
    "github fine": lambda dice: _alone("github_pat_" + dice.word(60)),
    "gitlab": lambda dice: _alone("glpat-" + dice.word(20)),
    "slack": lambda dice: _alone("xoxb-" + dice.word(40)),
    "stripe": lambda dice: _alone("sk_live_" + dice.word(24)),
    "google": lambda dice: _alone("AIza" + dice.word(35)),
    "azure": lambda dice: _within("AccountName=a;AccountKey=", dice.base64(64), ";EndpointSuffix=core.windows.net"),
    "openai": lambda dice: _alone("sk-proj-" + dice.word(48)),
    "anthropic": lambda dice: _alone("sk-ant-api03-" + dice.word(80)),
    "langfuse": lambda dice: _alone("sk-lf-" + dice.uuid()),
    "npm": lambda dice: _alone("npm_" + dice.word(36)),
    "pypi": lambda dice: _alone("pypi-AgEIcHlwaS5vcmc" + dice.word(80)),
    "docker auth": _auths,
    "docker config": _docker_config,
    "webhook": lambda dice: _within("https://hooks.slack.com/services/T0ABCDEF1/B0ABCDEF1/", dice.word(24)),
    "password in a command": lambda dice: _within("serve --admin-password ", dice.word(16), " --port 80"),
    "mysql command": lambda dice: _within("mysqldump -u root -p", dice.word(16), " shop"),
    "default in code": lambda dice: _within("os.getenv('SECRET_KEY', default='", dice.word(16), "')"),
    "option in a shell": lambda dice: _within('["sh", "-c", "exec serve --password ', dice.word(16), ' app"]'),
    "xml": lambda dice: _within("<password>", dice.word(16), "</password>"),
    "value before its name": lambda dice: _within('{"value": "', dice.word(16), '", "name": "API_TOKEN"}'),
    "docker login": lambda dice: _within("docker login -u app -p ", dice.word(16)),
    "netrc": lambda dice: _within("machine example.com login app password ", dice.word(16)),
    "password hash": lambda dice: _within("admin:{SHA}", dice.base64(20)),
    "query": lambda dice: _within("https://x.example/hook?a=1&access_token=", dice.word(16), "&b=2"),
}  # fmt: skip


class Garden:
    """Remembers what was planted where."""

    def __init__(self) -> None:
        self.planted: dict[str, str] = {}

    def plant(self, place: str, kind: str) -> str:
        """A text with a secret of this kind, made for this place."""
        text, hidden = KINDS[kind](Dice(place, kind))
        for secret in hidden:
            self.planted |= dict.fromkeys(_parts(secret), f"{kind} at {place}")
        return text

    def plain(self, place: str) -> str:
        """A secret that nothing but its place gives away."""
        secret = Dice(place, "plain").uuid()
        self.planted[secret] = f"plain at {place}"
        return secret

    def all(self, place: str) -> list[str]:
        """A text for each kind."""
        return [self.plant(place, kind) for kind in KINDS]

    def leaks(self, *where: bytes | str) -> set[str]:
        """What of it can be read there: kinds and places, never values."""
        text = b"\n".join(one.encode() if isinstance(one, str) else one for one in where)
        return {told for part, told in self.planted.items() if part.encode() in text}


def _parts(secret: str) -> Iterator[str]:
    """The secret and, where that is still telling, its halves."""
    yield secret
    half = len(secret) // 2
    if half >= 10:
        yield (
            secret[:half]
            if not secret.startswith(("AKIA", "s.", "hvs.", "npm_", "pypi-", "IQoJ"))
            else secret[half // 2 : half // 2 + half]
        )
        yield secret[half:]


def contents(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file below the folder; of databases every value too, which may lie on several pages of the file."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()
            if path.suffix == ".sqlite":
                yield path, b"\n".join(_values(path))


def _values(database: Path) -> Iterator[bytes]:
    with closing(sqlite3.connect(database)) as connection:
        tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        for table in tables:
            for row in connection.execute(f'select * from "{table}"'):
                yield from (value if isinstance(value, bytes) else str(value).encode() for value in row)
