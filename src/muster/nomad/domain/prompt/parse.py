"""Reads the user's prompt by rules: "call it shop, 2 replicas on port 80 with 1 GB, every night at 3"."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from muster.core.evidence import Sourced
from muster.nomad.domain.amounts import too_much
from muster.nomad.domain.names import safe_name
from muster.nomad.domain.profile import JobKind
from muster.nomad.domain.prompt.negation import is_negated
from muster.nomad.domain.prompt.places import take_places
from muster.nomad.domain.prompt.schedule import SCHEDULE, read_cron
from muster.nomad.domain.values import Part


class Wishes(Part):
    """What the user's words ask for; each `where` quotes them. `ignored` was not understood, `unclear` are those of it
    that begin as a wish does, `refused` can't be had."""

    name: Sourced[str] | None = None
    image: Sourced[str] | None = None
    count: Sourced[int] | None = None
    port: Sourced[int] | None = None
    """The port inside the container."""
    static_port: Sourced[int] | None = None
    cpu_mhz: Sourced[int] | None = None
    memory_mb: Sourced[int] | None = None
    namespace: Sourced[str] | None = None
    region: Sourced[str] | None = None
    datacenters: Sourced[tuple[str, ...]] | None = None
    job: Sourced[JobKind] | None = None
    cron: Sourced[str] | None = None
    network_mode: Sourced[str] | None = None
    health_path: Sourced[str] | None = None
    route: Sourced[str] | None = None
    tags: Sourced[tuple[str, ...]] | None = None
    """Tags of the service, for a router of one's own."""
    places: Sourced[dict[str, str]] | None = None
    """Where variables are to be read from: name to place."""
    ignored: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    """The words and why, such as `with 99999999 GB: no node has more than 9999999 MB`."""


PROMPT_LIMIT = 4000
"""Characters that are read of a prompt."""

Value = str | int | tuple[str, ...] | None


@dataclass(frozen=True)
class Rule:
    """A field of Wishes, the words that ask for it, and how their value is read (None: not this one)."""

    field: str
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], Value]


_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10}
_NAME = r"[\"'`]?([A-Za-z0-9][\w.-]*[A-Za-z0-9]|[A-Za-z0-9])[\"'`]?"
_WORD = r"[\"'`]?([^\W_][\w.-]*[^\W_]|[^\W_])[\"'`]?"
_QUOTED = r"[\"'`]([^\"'`]{1,80})[\"'`]"
_STRIPPED = r",? (?:and )?(?:strip|stripping|stripped of) (?:the |its |that )?(?:path|prefix)"
_TAG = r'"[^"\n]{1,300}"'
_COUNT = rf"(\d{{1,12}}|{'|'.join(_NUMBERS)})"
_LIST = r"([A-Za-z0-9*][\w*-]*(?:\s*(?:,|and|&)\s*dc[\w-]*)*)"


def _rule(field: str, pattern: str, read: Callable[[re.Match[str]], Value]) -> Rule:
    # Not in the middle of a number: "-5 GB" and "0.5 replicas" ask for nothing that can be had.
    return Rule(field, re.compile(rf"(?<![\d.-])(?:{pattern})", re.IGNORECASE), read)


def _always(value: Value) -> Callable[[re.Match[str]], Value]:
    return lambda found: value


def _text(found: re.Match[str]) -> str:
    return found.group(1)


def _safe(found: re.Match[str]) -> str | None:
    if found.group(2) and not _says(found.group(2)):
        return None
    return safe_name(found.group(1) or found.group(2), fallback="") or None


def _word(found: re.Match[str]) -> str | None:
    """The word, unless it is one that says nothing: `the namespace is ...` names none."""
    return found.group(1) if _says(found.group(1)) else None


def _number(found: re.Match[str]) -> int | None:
    text = found.group(1).lower()
    value = _NUMBERS[text] if text in _NUMBERS else int(text)
    return value or None


def _port(found: re.Match[str]) -> int | None:
    return int(found.group(1)) or None


def _memory(found: re.Match[str]) -> int | None:
    factor = 1024 if found.group(2).lower().startswith("g") else 1
    return round(min(float(found.group(1)) * factor, _ENDLESS)) or None


def _cores(found: re.Match[str]) -> int | None:
    return round(min(float(found.group(1)) * MHZ_PER_CORE, _ENDLESS)) or None


def _tags(found: re.Match[str]) -> tuple[str, ...]:
    return tuple(re.findall(r'"([^"]*)"', found.group(1)))


def _stripped(found: re.Match[str]) -> str:
    """The route, with the path to strip where the words ask for it."""
    place, path = found.group(1), found.group(2) or ""
    return f"{place}{path} strip={path}" if path and found.group(3) else f"{place}{path}"


def _tcp_port(found: re.Match[str]) -> str | None:
    return f":{int(found.group(1))} proto=tcp" if int(found.group(1)) else None


def _names(found: re.Match[str]) -> tuple[str, ...]:
    return tuple(name for name in re.split(r"[\s,&]+", found.group(1)) if name.lower() != "and")


_ENDLESS = 1e15  # of hundreds of digits float makes infinity, which is no number to round
MHZ_PER_CORE = 1000
"""Nomad counts MHz, people count cores; what a core has differs from node to node."""

# Order is important: the first rule that matches a stretch of text takes it.
RULES: tuple[Rule, ...] = (
    _rule("tags", rf"\b(?:with |and )?(?:the )?tags?:?\s+({_TAG}(?:\s*(?:,|and|, and)\s*{_TAG})*)", _tags),
    _rule("image", r"\b(?:with |using |from |use )?(?:the )?(?:docker )?image\s+[\"'`]?([\w][\w./:@-]*[\w])", _word),
    _rule("cron", SCHEDULE, read_cron),
    _rule("job", r"\b(?:as )?an? (?:periodic|scheduled) job\b", _always("periodic")),
    _rule(
        "job", r"\b(?:as )?an? (?:system|daemon) (?:job|service)\b|\bon (?:every|each|all) nodes?\b", _always("system")
    ),
    _rule("job", r"\b(?:as )?an? (?:one-off|one-shot|batch)(?: job)?\b|\bruns? once\b", _always("batch")),
    _rule("job", r"\bas an? (?:long-running )?service\b", _always("service")),
    _rule("namespace", rf"\b(?:in |into |to )?(?:the )?namespace\s+{_NAME}", _word),
    _rule("namespace", rf"\b(?:in|into|to) (?:the )?{_NAME} namespace\b", _word),
    _rule("region", rf"\b(?:in |into )?(?:the )?region\s+{_NAME}", _word),
    _rule("datacenters", rf"\b(?:in |into )?(?:the )?(?:datacenters?|data centers?)\s+{_LIST}", _names),
    _rule("datacenters", r"\bin (dc[\w-]*(?:\s*(?:,|and|&)\s*dc[\w-]*)*)", _names),
    _rule(
        "name",
        rf"\b(?:call it|name it|named|called|as (?:the )?job|job name(?: is)?)\s+(?:{_QUOTED}|{_WORD})",
        _safe,
    ),
    _rule("health_path", r"\bhealth(?:[ -]?check)?(?: path| route)?(?: is)?(?: at| on)?\s+(/[\w./-]*)", _text),
    _rule("port", r"\b(?:that |it |which )?(?:listen(?:s|ing)?|serv(?:es|ing)) on (?:port )?(\d{1,12})\b", _port),
    _rule("port", r"\bcontainer port (\d{1,12})\b", _port),
    _rule("route", r"\b(?:routed? (?:at|on|to|under) |route )(?:the )?tcp port (\d{1,5})\b", _tcp_port),
    _rule(
        "static_port", r"\b(?:reachable |exposed? |published? )?(?:on|at|under|to) (?:static )?port (\d{1,12})\b", _port
    ),
    _rule("static_port", r"\b(?:static )?port (\d{1,12})\b", _port),
    _rule("network_mode", r"\b(?:with |on |using )?(?:the )?host(?:'s)? network(?:ing)?\b", _always("host")),
    _rule("count", rf"\b(?:with |run |in )?{_COUNT}\s+(?:replicas?|instances?|copies)\b", _number),
    _rule("count", rf"\b(?:scaled? (?:it )?to|count(?: of)?|replicas?(?: of|:)?)\s+{_COUNT}\b", _number),
    _rule(
        "memory_mb",
        r"\b(?:with |of )?(\d+(?:\.\d+)?)\s*(gi?b?|mi?b?)\b(?: of)?(?: memory| ram)?(?! (?:of )?(?:disk|storage))",
        _memory,
    ),
    _rule("cpu_mhz", r"\b(?:with )?(\d{1,12})\s*mhz\b(?: of)?(?: cpu)?", _number),
    _rule("cpu_mhz", r"\b(?:with )?(\d+(?:\.\d+)?)\s*(?:v?cpus?|cores?)\b", _cores),
    _rule(
        "route",
        r"\b(?:(?:reachable |available |published |routed |route )?(?:at|under|as|on|to)|route:?)\s+(?:https?://)?"
        r"((?:[a-z0-9-]+\.)+(?!(?:py|[jt]sx?|go|json|ya?ml|toml|txt|md|sh)\b)[a-z]{2,})(/[\w/-]*)?"
        rf"({_STRIPPED})?",
        _stripped,
    ),
    _rule(
        "route",
        rf"\b(?:reachable|available|published|routed|route) (?:at|under|as|on|to) ()(/[\w/-]+)({_STRIPPED})?",
        _stripped,
    ),
    _rule("route", r"\b(?:at|under|with|as) (?:the )?host(?:name)? ([a-z0-9-]+)(/[\w/-]*)?()", _stripped),
)

_FILLER = """
a an and app application as at by can container deploy deployment for from generate give has have i in into is it its
job make me my need nomad of on onto please put repo repository run service set spec start that the then there
this to up use using want we with you your create file let be should must will may tag name
"""


_OPENING = re.compile(
    r"\b(?:call it|name it|job name|in (?:the )?(?:namespace|region|datacenter)|cron)\b", re.IGNORECASE
)
"""A wish for sure, whatever follows."""


def parse_prompt(prompt: str) -> Wishes:
    """What the prompt asks for, by rules; the first wish for a field counts."""
    said, refused = dict[str, Sourced[Value]](), list[str]()
    rest, places = take_places(prompt[:PROMPT_LIMIT], refused)
    for rule in RULES:
        rest = _take(rule, rest, said, refused)
    if "cron" in said and ("job" not in said or said["job"].value == "batch"):
        said["job"] = said["cron"].model_copy(update={"value": "periodic"})
    wishes = {field: one.model_dump() for field, one in said.items()}
    ignored = _ignored(rest)
    unclear = tuple(clause for clause in ignored if _begins_as_wish(clause, said))
    told = {"places": places, "ignored": ignored, "unclear": unclear, "refused": refused}
    return Wishes.model_validate(wishes | told)


def _take(rule: Rule, rest: str, said: dict[str, Sourced[Value]], refused: list[str]) -> str:
    if rule.field in said:
        return rest
    wanted = (found for found in rule.pattern.finditer(rest) if not is_negated(rest, found.start()))
    read = ((found, rule.read(found)) for found in wanted)
    found, value = next(((found, value) for found, value in read if value is not None), (None, None))
    if found is None:
        return rest
    words = found.group(0).strip()
    if why := too_much(rule.field, value):
        refused.append(f"{words}: {why}")
    else:
        said[rule.field] = Sourced(value=value, source="user", where=f'"{words}"', reason="the prompt asks for it")
    return f"{rest[: found.start()]};{rest[found.end() :]}"


def _ignored(rest: str) -> tuple[str, ...]:
    """What is left after the rules, clause by clause, without the words that say nothing."""
    clauses = re.split(r"[;,.!?\n]+(?:\s|$)|;", rest)
    kept = [clause.strip(" -:") for clause in clauses if any(_says(word) for word in clause.split())]
    return tuple(" ".join(clause.split()) for clause in kept)


def _begins_as_wish(clause: str, said: Mapping[str, object]) -> bool:
    """Whether a rule knows its words and could not read their value."""
    patterns = [_OPENING, *(rule.pattern for rule in RULES if rule.field not in said)]
    return any(not is_negated(clause, found.start()) for one in patterns for found in one.finditer(clause))


def _says(word: str) -> bool:
    bare = word.strip("\"'`()[]:;,.!?-").lower()
    return bool(bare) and bare not in _FILLER.split()
