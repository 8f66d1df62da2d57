"""Environment variables: which ones are secrets, which values are only placeholders, and the fact about one."""

import re

from muster.nomad.domain.facts import EnvFact

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

_SECRET_WORD = re.compile(
    r"PASS|PWD|PASSWORDS|SECRETS|TOKENS?|AUTHTOKEN|ACCESSKEY|SECRETKEY|CREDENTIALS?|CREDS|SALT|PEPPER"
    r"|\w*(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|APIKEY)"
)

# What a name ends or begins with when it only speaks *about* a secret: where it lies, how long it lives.
_ABOUT_ENDING = re.compile(
    r"FILE|PATH|DIR|UR[LI]|ENDPOINT|HOST|PORT|REGION|NAME|USER|USERNAME|TYPE|ALG|ALGORITHM|FORMAT|FIELD|HEADER|COOKIE"
    r"|PREFIX|SUFFIX|VERSION|MODE|POLICY|PROVIDER|ISSUER|AUDIENCE|TTL|EXPIRY|EXPIRES?|EXPIRATION|LIFETIME|AGE|TIMEOUT"
    r"|INTERVAL|SECONDS|MINUTES|HOURS|DAYS|LENGTH|SIZE|LIMIT|COUNT|ROUNDS|ENABLED|DISABLED|REQUIRED|PARALLELISM"
)
_ABOUT_BEGINNING = re.compile("MAX|MIN|NUM|ENABLE|DISABLE|USE|ALLOW|REQUIRE|SKIP")
_OPEN_WORD = re.compile("PUBLIC|PUBLISHABLE|ANON")
_ORDINARY_KEY = re.compile("PRIMARY|SORT|PARTITION|FOREIGN|CACHE|ROUTING|HOT|INDEX")

# A URL with a password, and the shapes of well-known tokens.
_SECRET_SHAPE = re.compile(
    r"\b[a-zA-Z][a-zA-Z0-9+.-]*://[^\s:/@]*:[^\s@/${<]+@"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bglpat-[A-Za-z0-9_-]{16,}"
    r"|\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bhv[sb]\.[A-Za-z0-9_-]{20,}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\."
    r"|hooks\.slack\.com/services/\w|discord(?:app)?\.com/api/webhooks/\d"
)

# Long values would be searched in quadratic time.
_LOOKED_AT = 2000

# https://developer.hashicorp.com/nomad/docs/runtime/environment
_NOMADS = re.compile(
    r"NOMAD_(?:(?:ALLOC|TASK|SECRETS)_DIR|(?:MEMORY|CPU)_(?:MAX_)?LIMIT|CPU_CORES|(?:SHORT_)?ALLOC_ID|ALLOC_(?:NAME|INDEX)"
    r"|(?:TASK|GROUP|JOB)_NAME|JOB_(?:PARENT_)?ID|DC|NAMESPACE|REGION|PARENT_CGROUP|META_\w+)"
)

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
    if value and _SECRET_SHAPE.search(value[:_LOOKED_AT]):
        return True
    if value and value.strip().lower() in _BOOLEANS:
        return False
    return _secret_name(name)


def is_placeholder(value: str) -> bool:
    """Whether a value only holds the place of one: `changeme`, `<your key>`, `xxxx`, `user@example.com`, or nothing."""
    text = value.strip()
    return not text or (len(text) < 500 and _PLACEHOLDER.fullmatch(text) is not None)


def is_nomads(name: str) -> bool:
    """Whether Nomad sets the variable in every task."""
    return _NOMADS.fullmatch(name) is not None


def env_fact(name: str, value: str | None, *, required: bool = False, secret: bool = False) -> EnvFact:
    """The fact about a variable; a secret's value is dropped here. `secret` adds what the caller knows beside that."""
    hidden = secret or looks_secret(name, value)
    return EnvFact(name=name, value=None if hidden else value, required=required, secret=hidden)


def _secret_name(name: str) -> bool:
    words = [word.upper() for word in _WORD.findall(name)]
    if not words or words == ["PWD"] or _only_about(words):
        return False
    return any(_SECRET_WORD.fullmatch(word) for word in words) or _secret_key(words)


def _only_about(words: list[str]) -> bool:
    if _ABOUT_ENDING.fullmatch(words[-1]) or _ABOUT_BEGINNING.fullmatch(words[0]):
        return True
    return any(_OPEN_WORD.fullmatch(word) for word in words)


def _secret_key(words: list[str]) -> bool:
    """`API_KEY`, `SSH_KEYS`, `ACCESS_KEY_ID`; not `PARTITION_KEY`, nor a KEY that only opens the name."""
    before = [words[index - 1] for index, word in enumerate(words) if word in {"KEY", "KEYS"} and index > 0]
    return any(not _ORDINARY_KEY.fullmatch(word) for word in before)
