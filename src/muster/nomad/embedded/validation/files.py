"""What Nomad refuses in a task's templates and artifacts: nothing to render, paths that escape, bad checksums."""

import posixpath
import re
from collections.abc import Iterator

from muster.nomad.embedded.validation.reading import Block, blocks, flag, number, pairs, text
from muster.nomad.embedded.validation.wording import broken, nested, quoted

_ALLOC_DIR = "/alloc-dir/alloc-id"
_ENV_REFERENCE = re.compile(r"\$\{[a-zA-Z0-9_\-.]+\}")
_CHECKSUM_BYTES = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}
ESCAPES = "destination escapes allocation directory"


def escapes_alloc_dir(prefix: str, path: str) -> bool:
    """Whether `path`, below `prefix`, leaves the allocation's directory."""
    joined = posixpath.normpath(f"{_ALLOC_DIR}/{prefix}/{path}")
    return posixpath.relpath(joined, _ALLOC_DIR).startswith("..")


def template_errors(template: Block) -> tuple[str, ...]:
    """What is wrong with one template."""
    source, embedded, destination = (text(template, key) for key in ("SourcePath", "EmbeddedTmpl", "DestPath"))
    mode = text(template, "ChangeMode")
    signals = mode == "signal"
    return (
        *broken(
            (not source and not embedded, "Must specify a source path or have an embedded template"),
            (not destination, "Must specify a destination for the template"),
            (escapes_alloc_dir("task", destination), ESCAPES),
            (
                signals and not text(template, "ChangeSignal"),
                "Must specify signal value when change mode is signal",
            ),
            (signals and flag(template, "Envvars"), "cannot use signals with env var templates"),
            (
                mode not in ("noop", "restart", "signal"),
                "Invalid change mode. Must be one of the following: noop, signal, restart",
            ),
            (number(template, "Splay") < 0, "Must specify positive splay value"),
        ),
        *_permission_errors(text(template, "Perms")),
    )


def _permission_errors(permissions: str) -> tuple[str, ...]:
    if not permissions:
        return ()
    octal = re.fullmatch(r"[0-7]+", permissions)
    reason = "value out of range" if octal else "invalid syntax"
    text_start = f"Failed to parse {quoted(permissions)} as octal: strconv.ParseUint: parsing {quoted(permissions)}"
    return broken((octal is None or int(permissions, 8) >= 1 << 12, f"{text_start}: {reason}"))


def templates_errors(task: Block) -> Iterator[str]:
    """What is wrong with a task's templates; two can't have one destination."""
    first: dict[str, int] = {}
    for at, template in enumerate(blocks(task, "Templates"), start=1):
        yield from nested(template_errors(template), f"Template {at} validation failed: ")
        destination = text(template, "DestPath")
        if destination in first:
            yield f"Template {at} has same destination as {first[destination]}"
        first.setdefault(destination, at)


def artifact_errors(artifact: Block) -> tuple[str, ...]:
    """What is wrong with one artifact."""
    mode = text(artifact, "GetterMode")
    checksum = _checksum_error(pairs(artifact, "GetterOptions").get("checksum"))
    return broken(
        (not text(artifact, "GetterSource"), "source must be specified"),
        (
            mode not in ("", "any", "file", "dir"),
            f"invalid artifact mode {quoted(mode)}; must be one of: any, file, dir",
        ),
        (escapes_alloc_dir("task", text(artifact, "RelativeDest")), ESCAPES),
        (bool(checksum), checksum),
    )


def artifacts_errors(task: Block) -> Iterator[str]:
    """What is wrong with a task's artifacts."""
    for at, artifact in enumerate(blocks(task, "Artifacts"), start=1):
        yield from nested(artifact_errors(artifact), f"Artifact {at} validation failed: ")


def _checksum_error(checksum: str | None) -> str:
    if checksum is None or _ENV_REFERENCE.search(checksum):
        return ""
    checksum = checksum.strip()
    if not checksum:
        return "checksum value cannot be empty"
    kind, colon, value = checksum.partition(":")
    if not colon or ":" in value:
        return f'checksum must be given as "type:value"; got {quoted(checksum)}'
    return _hex_error(value) or _digest_error(kind, value)


def _hex_error(value: str) -> str:
    wrong = re.search(r"[^0-9a-fA-F]", value)
    if wrong is not None:
        byte = wrong.group().encode()[0]
        return f"invalid checksum: encoding/hex: invalid byte: U+{byte:04X} '{chr(byte)}'"
    return "" if len(value) % 2 == 0 else "invalid checksum: encoding/hex: odd length hex string"


def _digest_error(kind: str, value: str) -> str:
    if kind not in _CHECKSUM_BYTES:
        return f"unsupported checksum type: {kind}"
    fits = len(value) == 2 * _CHECKSUM_BYTES[kind]
    return "" if fits else f"invalid {kind} checksum: {value}"
