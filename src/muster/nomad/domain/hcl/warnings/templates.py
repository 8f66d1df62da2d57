"""Templates: paths and fields of Vault's KV engine, delimiters, quotes, and where secrets are written."""

import re
from collections.abc import Iterator

from muster.nomad.domain.hcl.warnings.rule import Finding, JobFile
from muster.nomad.domain.hcl.warnings.sites import Site

_SECRET = re.compile(r"""\bsecret\s{1,8}["`](?P<path>[^"`\n]{1,300})["`]""")
_READS_SECRET = re.compile(r"\b(?:secret|pkiCert)\s{1,8}[\"`(]")
_FIELD = re.compile(r"\.Data\.(?P<field>[A-Za-z_]\w*)")
_DASHED = re.compile(r"\.Data(?P<inner>\.data)?\.(?P<key>\w{1,80}(?:-\w{1,80}){1,20})")
_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Za-z_]\w*)=(?P<value>\{\{.*\}\})\s*")
_FROM_A_STORE = re.compile(r"\.Data\.|\bkey(?:OrDefault)?\s+\"|\bindex \.Data")
_SAFE = re.compile(r"\btoJSON\b|\bprintf\b|\bspew_")
_IN_SECRETS = re.compile(r"/?\$\{NOMAD_SECRETS_DIR\}|/?secrets(?:/|$)")
_LINES = 5000


def _templates(file: JobFile) -> Iterator[tuple[Site, str]]:
    return ((site, data) for site in file.of("template", "task") if (data := site.text("data")))


def _kv2_path(path: str) -> bool:
    return "data" in path.split("?")[0].strip("/").split("/")[1:]


def kv2_paths(file: JobFile) -> Iterator[Finding]:
    """A version 1 path whose fields are read as version 2."""
    for site, data in _templates(file):
        paths = [found["path"] for found in _SECRET.finditer(data)]
        if ".Data.data." in data or "index .Data.data" in data:
            for path in paths:
                if not _kv2_path(path) and "/" in path and "/creds/" not in path and "/issue/" not in path:
                    mount, _, rest = path.strip("/").partition("/")
                    detail = f'In KV version 2 the path is "{mount}/data/{rest}"; without data/ Vault answers 404.'
                    yield Finding(site.span_of("data", path), detail)


def kv2_fields(file: JobFile) -> Iterator[Finding]:
    """A version 2 path whose fields are read as version 1."""
    for site, data in _templates(file):
        paths = [found["path"] for found in _SECRET.finditer(data)]
        fields = [found["field"] for found in _FIELD.finditer(data)]
        plain = next((field for field in fields if field not in ("data", "metadata")), None)
        if paths and all(map(_kv2_path, paths)) and plain:
            detail = (
                f"A path with data/ is KV version 2, and its fields are .Data.data.{plain}; .Data.{plain} is empty."
            )
            yield Finding(site.span_of("data", f".Data.{plain}"), f"{detail} The template then writes `<no value>`.")


def dashed_keys(file: JobFile) -> Iterator[Finding]:
    """Keys that a template reads as a subtraction."""
    for site, data in _templates(file):
        for found in _DASHED.finditer(data):
            right = f'index .Data{found["inner"] or ""} "{found["key"]}"'
            detail = f"A key with a dash is no field of a template: write {{{{ {right} }}}}."
            yield Finding(site.span_of("data", found.group()), detail)


def needless_delimiters(file: JobFile) -> Iterator[Finding]:
    """`[[ ]]` although nothing in the file needs the usual ones."""
    detail = (
        "Other delimiters are needed only where the file itself holds {{ }}; Vault and Consul mix without. "
        "`[[ ]]` also collides with Levant and nomad-pack. Write {{ }} and leave the two arguments out."
    )
    for site, data in _templates(file):
        if site.text("left_delimiter") == "[[" and "{{" not in data:
            yield Finding(site.span("left_delimiter"), detail)


def unquoted_values(file: JobFile) -> Iterator[Finding]:
    """Values of an environment that end at the first odd character."""
    for site, data in _templates(file):
        if not site.flag("env"):
            continue
        for line in data.splitlines()[:_LINES]:
            found = _LINE.fullmatch(line[:2000])
            if found and _FROM_A_STORE.search(found["value"]) and not _SAFE.search(found["value"]):
                detail = (
                    f"A value with a #, a quote or a line end breaks the line of {found['name']}: pipe it through "
                    "toJSON, {{ .Data.data.key | toJSON }}."
                )
                yield Finding(site.span_of("data", line.strip()), detail)


def secrets_outside(file: JobFile) -> Iterator[Finding]:
    """Secrets on the disk that others may read."""
    detail = (
        "A file with secrets belongs into the memory-backed folder that nobody else reads: "
        'destination = "${NOMAD_SECRETS_DIR}/..." (or secrets/...).'
    )
    for site, data in _templates(file):
        destination = site.text("destination")
        if destination and _READS_SECRET.search(data) and not _IN_SECRETS.match(destination):
            yield Finding(site.span("destination"), detail)


def secret_engines(file: JobFile) -> Iterator[Finding]:
    """`secret` blocks that read KV version 2 by the engine of version 1."""
    detail = 'The block reads KV version 1 unless told otherwise: write `config { engine = "kv_v2" }` for a data/ path.'
    for site in file.of("secret", "task"):
        engine = next((pair.text for pair in site.pairs("config") if pair.key == "engine"), None)
        if site.text("provider") == "vault" and _kv2_path(site.text("path")) and engine is None:
            yield Finding(site.span("path"), detail)
