"""Which names are names of secrets: of variables, keys, headers, options, in any notation. Pure."""

import re

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

_SECRET_WORD = re.compile(
    r"PASS|PWD|PW|PASSWORDS|SECRETS|TOKENS?|AUTHTOKEN|ACCESSKEY|SECRETKEY|CREDENTIALS?|CREDS|SALT|PEPPER|REQUIREPASS|MASTERAUTH"
    r"|\w*(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|APIKEY)"
)

# What a name ends or begins with when it only speaks *about* a secret: where it lies, how long it lives.
_ABOUT_ENDING = re.compile(
    r"FILE|PATH|DIR|UR[LI]|ENDPOINT|HOST|PORT|REGION|NAME|USER|USERNAME|TYPE|ALG|ALGORITHM|FORMAT|FIELD|HEADER|COOKIE"
    r"|PREFIX|SUFFIX|VERSION|MODE|POLICY|PROVIDER|ISSUER|AUDIENCE|TTL|EXPIRY|EXPIRES?|EXPIRATION|LIFETIME|AGE|TIMEOUT"
    r"|INTERVAL|SECONDS|MINUTES|HOURS|DAYS|LENGTH|SIZE|LIMIT|COUNT|ROUNDS|ENABLED|DISABLED|REQUIRED|PARALLELISM"
)
_ABOUT_BEGINNING = re.compile("MAX|MIN|NUM|ENABLE|DISABLE|USE|ALLOW|REQUIRE|SKIP")
_COUNTED = re.compile("(?:INPUT|OUTPUT|CACHED|PROMPT|COMPLETION|TOTAL|REASONING|NEW)_TOKENS")
_OPEN_WORD = re.compile("PUBLIC|PUBLISHABLE|ANON|PER")
_ORDINARY_KEY = re.compile("PRIMARY|SORT|PARTITION|FOREIGN|CACHE|ROUTING|HOT|INDEX")
_SECRET_KEY = re.compile(
    "API|ACCESS|ACCOUNT|APP|AUTH|CRYPT|DEPLOY|ENCRYPTION|LICENSE|MASTER|PRIVATE|SHARED|SIGNING|SSH|STORAGE"
)


def names_secret(name: str) -> bool:
    """Whether a variable called so is a secret: `DB_PASSWORD`, `clientSecret`, `api-key`, `OPENAI_KEY`.

    `DB_PASSWORD_FILE`, `TOKEN_TTL`, `NEXT_PUBLIC_API_KEY` or `PARTITION_KEY` are none.
    """
    words = _words(name)
    return _says_secret(words) or (_nameable(words) and any(not _ORDINARY_KEY.fullmatch(kind) for kind in _keys(words)))


def names_secret_in_text(name: str) -> bool:
    """The same for a name in any text, where most things that are called a key (`object_key`) open nothing."""
    words = _words(name)
    return _says_secret(words) or (_nameable(words) and any(_SECRET_KEY.fullmatch(kind) for kind in _keys(words)))


def _words(name: str) -> list[str]:
    return [word.upper() for word in _WORD.findall(name)]


def _says_secret(words: list[str]) -> bool:
    return _nameable(words) and any(_SECRET_WORD.fullmatch(word) for word in words)


def _nameable(words: list[str]) -> bool:
    return bool(words) and words != ["PWD"] and not _only_about(words)


def _only_about(words: list[str]) -> bool:
    if _ABOUT_ENDING.fullmatch(words[-1]) or _ABOUT_BEGINNING.fullmatch(words[0]):
        return True
    return _COUNTED.fullmatch("_".join(words[-2:])) is not None or any(_OPEN_WORD.fullmatch(word) for word in words)


def _keys(words: list[str]) -> list[str]:
    """What kinds of keys the name speaks of: API of `API_KEY`, ACCESS of `ACCESS_KEY_ID`."""
    return [words[index - 1] for index, word in enumerate(words) if word in {"KEY", "KEYS"} and index > 0]
