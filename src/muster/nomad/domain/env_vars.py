"""Environment variables: which ones are secrets, which values are only placeholders, and the fact about one."""

import re

from muster.core.secret_shapes.names import names_secret
from muster.core.secret_shapes.table import holds_secret
from muster.nomad.domain.facts import EnvFact

_BOOLEANS = frozenset({"true", "false", "yes", "no", "on", "off"})

_PLACEHOLDER = re.compile(
    r"<[^>]*>|\[[^\]]*\]|\{\{.*\}\}|%[A-Z_]+%|x{3,}|\*{3,}|\.{3,}|\?+|-+|_+|to-?do|tbd|fix-?me|null|none|undefined"
    r"|change[-_ ]?(?:me|this|it)(?![a-z]).*|replace[-_ ]?(?:me|this|with)(?![a-z]).*|(?:insert|enter|fill)[-_ ].*"
    r"|.*\byour[-_ ]?\w.*|.*\.\.\.|.*<[a-z_ -]+>.*|.*x{6,}.*"
    r"|(?:some|any)[-_ ]\w+|(?:dummy|placeholder|example)[-_ ]?\w*"
    r"|.*[@/.]example\.(?:com|org|net)\b.*|example\.(?:com|org|net).*|.*/path/to/.*|path/to/.*",
    re.IGNORECASE,
)


def looks_secret(name: str, value: str | None = None) -> bool:
    """Whether a variable is a secret, by its name (`DB_PASSWORD`, `API_KEY`) or by its value's shape (a URL with a
    password, a private key, a well-known token). `DB_PASSWORD_FILE`, `TOKEN_TTL` or `NEXT_PUBLIC_API_KEY` are none.
    """
    if value and holds_secret(value):
        return True
    if value and value.strip().lower() in _BOOLEANS:
        return False
    return names_secret(name)


def is_placeholder(value: str) -> bool:
    """Whether a value only holds the place of one: `changeme`, `<your key>`, `xxxx`, `user@example.com`, or nothing."""
    text = value.strip()
    return not text or (len(text) < 500 and _PLACEHOLDER.fullmatch(text) is not None)


def env_fact(name: str, value: str | None, *, required: bool = False, secret: bool = False) -> EnvFact:
    """The fact about a variable; a secret's value is dropped here. `secret` adds what the caller knows beside that."""
    hidden = secret or looks_secret(name, value)
    return EnvFact(name=name, value=None if hidden else value, required=required, secret=hidden)
