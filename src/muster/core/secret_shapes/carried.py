"""Secrets that something carries: keys in armour, headers, URLs, and the command lines that are known to."""

import re
from base64 import b64decode
from binascii import Error

from muster.core.secret_shapes.references import is_expression, is_reference
from muster.core.secret_shapes.shape import Shape, has_digit, start

_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_GAP = r"(?:\s|\\[nrt]){1,9}"  # in a line of JSON too
_SCHEMES = r"(?:Bearer|Basic|Token|Negotiate|ApiKey|SSWS|Splunk|GenieKey|OAuth)[ \t]++"


def _is_user_and_password(match: re.Match[str]) -> bool:
    """What HTTP calls Basic, and docker an `auth`: base64 of `user:password`."""
    try:
        text = b64decode(match["secret"] + "=" * (-len(match["secret"]) % 4), validate=True)
    except Error:
        return False
    return b":" in text


def _is_no_port(match: re.Match[str]) -> bool:
    """mysql's `-p` before a number or a name of its own tools means no password."""
    return not re.fullmatch(r"[\d:./]+", match["secret"]) and not match["secret"].startswith(("$", "{{", "<", "["))


def _is_credential(match: re.Match[str]) -> bool:
    return has_digit(match) or len(match["secret"]) >= 20


def _is_authorization(match: re.Match[str]) -> bool:
    """One word, or more of them where they are longer than what is said about the header."""
    value = match["secret"].strip()
    if is_reference(match["name"], value):
        return False
    if has_digit(match) or len(value) >= 20:
        return True
    return len(value) >= (8 if match["scheme"] else 12) and " " not in value and not is_expression("", value)


def _is_filled(match: re.Match[str]) -> bool:
    return not match["secret"].startswith(("$", "{", "<", "[", "%"))


def _is_no_code(match: re.Match[str]) -> bool:
    return not is_expression(match["name"], match["secret"])


def _is_login(match: re.Match[str]) -> bool:
    return _is_filled(match) and _is_no_port(match)


CARRIED: tuple[Shape, ...] = (
    Shape(
        "private key",
        r"(?P<secret>-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----(?s:.)*?"
        r"(?:-----END (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----|\Z))",
        ("private key",),
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
    ),
    Shape(
        "end of a private key whose beginning was cut off",
        r"(?P<secret>(?:^[ \t]*+[A-Za-z0-9+/=]{8,200}+[ \t]*+\r?\n)*+"
        r"-----END (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----)",
        ("private key",),
        "0123456789abcdef\n-----END OPENSSH PRIVATE KEY-----",
    ),
    Shape(
        "header with credentials",
        start()
        + r"(?P<name>(?i:(?:proxy-)?authorization))(?:[\"'],|\\{0,7}[\"']?+[ \t]*+[:=])[ \t]*+b?(?:\\{0,7}[\"'])?+"
        rf"(?P<scheme>(?i:{_SCHEMES}))?+(?P<secret>[^\s\"'\\,][^\"'\\\r\n]*+)",
        ("authorization",),
        "Authorization: Digest 0123456789abcdef",
        "Digest 0123456789abcdef",
        _is_authorization,
    ),
    Shape(
        "header with a token",
        start(r"\w-")
        + r"(?P<name>(?i:x(?:-[a-z]{1,20}){0,4}-(?:token|key|secret|password|auth)|private-token|job-token))"
        r"(?:[\"'],|\\{0,7}[\"']?+[ \t]*+[:=])[ \t]*+b?(?:\\{0,7}[\"'])?+(?P<secret>[^\s\"'\\,;]{4,})",
        ("x-", "-token"),
        "X-Nomad-Token: 5b1c6e1a-0000-4444-8888-abcdefabcdef",
        "5b1c6e1a-0000-4444-8888-abcdefabcdef",
        _is_no_code,
    ),
    Shape(
        "cookie",
        start(r"\w-") + r"(?i:(?:set-)?cookie)(?:[\"'],|[\"']?+[ \t]*+:)[ \t]*+b?[\"']?+"
        r"(?P<secret>[\w.-]{1,80}=[^\s\"'][^\"'\r\n]*+)",
        ("cookie",),
        "Set-Cookie: session=0123456789abcdef; Path=/",
        "session=0123456789abcdef; Path=/",
    ),
    Shape(
        "bearer token",
        start() + r"(?i:bearer)\s++(?P<secret>[A-Za-z0-9._~+/=-]{8,})",
        ("bearer",),
        "Bearer abcdefgh12345678",
        "abcdefgh12345678",
        _is_credential,
    ),
    Shape(
        "basic credentials",
        start() + r"(?i:basic)\s++(?P<secret>[A-Za-z0-9+/]{8,}={0,2})",
        ("basic",),
        "Basic YWRtaW46aHVudGVyMmh1bnRlcjI=",
        "YWRtaW46aHVudGVyMmh1bnRlcjI=",
        _is_user_and_password,
    ),
    Shape(
        "login of a container registry",
        r"\\{0,7}[\"'](?:auth|_auth|identitytoken)\\{0,7}[\"'][ \t]*+:\s*+\\{0,7}[\"'](?P<secret>[A-Za-z0-9+/=_-]{8,})",
        ("auth", "identitytoken"),
        '{"auth": "YWRtaW46aHVudGVyMmh1bnRlcjI="}',
        "YWRtaW46aHVudGVyMmh1bnRlcjI=",
    ),
    Shape(
        "login of a package registry",
        start(r"\w-") + r"_(?:auth|authToken|password)=[\"']?(?P<secret>[^\s\"'$]{6,})",
        ("_auth", "_password"),
        "//packages.example.com/:_authToken=0123456789abcdef",
        "0123456789abcdef",
    ),
    Shape(
        "docker's configuration in base64",
        start("A-Za-z0-9+/")
        + r"(?P<secret>(?:eyJhdXRocyI|ewogICJhdXRocyI|ewoJImF1dGhzIj|eyAiYXV0aHMi)[A-Za-z0-9+/=]{8,})",
        ("eyjhdxrocyi", "ewogicjhdxrocyi", "ewojimf1dghzij", "eyaiyxv0ahmi"),
        "eyJhdXRocyI6eyJyLmV4YW1wbGUiOnsiYXV0aCI6ImEifX19",
    ),
    Shape(
        "password in the URL of a store",
        r"(?P<scheme>(?:postgres(?:ql)?|mysql|mariadb|mongodb|redis|rediss|valkey|amqps?|mssql|sqlserver|clickhouse|nats"
        r"|kafka|ldaps?|smtps?|ftp|sftp|oracle)(?:\+\w{1,20})?)://[^\s:/@\"']{0,200}:(?P<secret>[^\s\"'<>]{1,300})"
        r"@(?=[\w\[%.-])",
        ("://",),
        "postgres://app:hunter2/hunt@er2@db:5432/x",
        "hunter2/hunt@er2",
        _is_filled,
    ),
    Shape(
        "password in a URL",
        r"(?<=[a-zA-Z0-9+.-])://[^\s:/@]*:(?P<secret>[^\s@/]+)(?=@)",
        ("://",),
        "https://app:hunter2hunter2@example.com/x",
        "hunter2hunter2",
        _is_filled,
    ),
    Shape(
        "token as the user of a URL",
        r"(?<=http|ttps)://(?P<secret>[^\s:/@\"'<>]{16,200})(?=@)",
        ("://",),
        "https://0123456789abcdef0123456789abcdef@github.com/a/b",
        "0123456789abcdef0123456789abcdef",
        has_digit,
    ),
    Shape(
        "parameter of a signed URL",
        r"[?&](?i:sig|signature|key|code|auth|hmac|jwt|sso|ticket|x-amz-(?:signature|security-token|credential)"
        r"|x-goog-(?:signature|credential)|googleaccessid)=(?P<secret>[^\s&\"'<>#]{8,})",
        ("=",),
        "https://store.blob.core.windows.net/a?sv=2024&sig=abc%2B0123456789",
        "abc%2B0123456789",
        _is_credential,
    ),
    Shape(
        "token of Nomad, Consul or Vault",
        rf"(?i:(?:secret|token|accessor of|bootstrap|management)(?:[ _-]?id)?)[\"']?[ \t]*+(?:is|was|=|:)?[ \t]*+[\"']?"
        rf"(?P<secret>{_UUID})(?![\w-])",
        ("secret", "token", "bootstrap", "management"),
        "Secret ID    = 5b1c6e1a-0000-4444-8888-abcdefabcdef",
        "5b1c6e1a-0000-4444-8888-abcdefabcdef",
    ),
    Shape(
        "password of a database's command line",
        start() + r"(?:mysql|mysqldump|mysqladmin|mysqlimport|mariadb|mariadb-dump|mongo|mongosh|mongodump|sshpass"
        r"|mosquitto_pub|mosquitto_sub|clickhouse-client)\b[^\n|;&]{0,300}?[\s\"']-p[\"']?,?[ \t]*+[\"']?"
        r"(?P<secret>[^\s\"',|;&-][^\s\"',|;&]{3,})",
        (" -p", '"-p', "'-p"),
        "mysql -u root -phunter2hunter2 shop",
        "hunter2hunter2",
        _is_no_port,
    ),
    Shape(
        "login at a container registry",
        r"\b(?:docker|podman|nerdctl|buildah|skopeo|oras|registry)[\s\"',]{1,6}login\b[^\n|;&]{0,300}?[\s\"']-p[\"']?,?"
        r"[ \t]*+[\"']?(?P<secret>[^\s\"',|;&-][^\s\"',|;&]{3,})",
        (" -p", '"-p', "'-p"),
        "docker login -u app -p hunter2hunter2",
        "hunter2hunter2",
        _is_filled,
    ),
    Shape(
        "line of .netrc",
        rf"\b(?:machine{_GAP}[^\s\"',\\]{{1,200}}+|default){_GAP}login{_GAP}[^\s\"',\\]{{1,200}}+{_GAP}password{_GAP}"
        r"(?P<secret>[^\s\"',\\]{4,})",
        ("machine", "default"),
        "machine example.com login app password hunter2hunter2",
        "hunter2hunter2",
        _is_filled,
    ),
    Shape(
        "user and password of a client",
        r"(?i:auth)\\{0,7}[\"']?(?:[ \t]*+[=:])?+[ \t]*+[(\[]\s*+\\{0,7}[\"'][^\"'\n\\]{0,100}+\\{0,7}[\"'],\s*+"
        r"(?P<quote>\\{0,7}[\"'])(?P<secret>(?:(?!(?P=quote))[^\n]){4,})",
        ("auth",),
        'requests.get(url, auth=("app", "hunter2hunter2"))',
        "hunter2hunter2",
        _is_filled,
    ),
    Shape(
        "password of redis-cli",
        r"\bredis-cli\b[^\n|;&]{0,300}?\s-a[ \t]++[\"']?(?P<secret>[^\s\"'|;&-][^\s\"'|;&]{3,})",
        ("redis-cli",),
        "redis-cli -h cache -a hunter2hunter2 ping",
        "hunter2hunter2",
        _is_filled,
    ),
    Shape(
        "login in a command line",
        start(r"\w-") + r"(?:-u|--user|--proxy-user|--basic|--login)(?:[ \t]++|=|[\"'],[ \t]*+[\"'])[\"']?"
        r"(?P<user>[^\s:\"'/]{1,100}):(?P<secret>[^\s\"':/]{4,})",
        ("-u ", "-u=", '-u"', "-u'", "--user", "--proxy-user", "--basic", "--login"),
        "curl -u app:hunter2hunter2 http://127.0.0.1",
        "hunter2hunter2",
        _is_login,
    ),
)
