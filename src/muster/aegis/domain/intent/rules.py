"""Which words ask for which value: a table of patterns, the most telling first."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from muster.aegis.domain.intent.amounts import (
    COUNT,
    DOLLARS,
    REAL,
    SHARE,
    count,
    dollars,
    share,
    thousands,
)

Value = str | int | float | bool | tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """A field of Intent, its words, how their value is read; None: these words ask for nothing. `turned_down` is the
    value of "no ..." and "don't ...", where there is one."""

    field: str
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], Value | None]
    turned_down: Value | None = None


def _rule(
    field: str, pattern: str, read: Callable[[re.Match[str]], Value | None], turned_down: Value | None = None
) -> Rule:
    # Not in the middle of a word, of a number or of a path.
    return Rule(field, re.compile(rf"(?<![\w./-])(?<!\d,)(?:{pattern})", re.IGNORECASE), read, turned_down)


def _always(value: Value) -> Callable[[re.Match[str]], Value]:
    return lambda _: value


def _count(found: re.Match[str]) -> int:
    return count(found.group(1))


def _real(found: re.Match[str]) -> float:
    return float(found.group(1))


def _tokens(found: re.Match[str]) -> int:
    return thousands(found.group(1), 1024)


def _rows(found: re.Match[str]) -> int:
    return thousands(found.group(1), 1000)


def _share(found: re.Match[str]) -> float:
    return share(found.group(1))


def _part_of_one(found: re.Match[str]) -> float:
    return {"h": 0.5, "t": 0.75}.get(found.group(1)[0].lower(), 0.25)


def _lower(found: re.Match[str]) -> str:
    return found.group(1).lower()


def _path(found: re.Match[str]) -> str | None:
    """What is quoted, or a bare word that is no part of speech."""
    text = next(group for group in found.groups() if group)
    return None if text.lower() in _NO_NAMES.split() else text.rstrip(".,;:")


def _slug(found: re.Match[str]) -> str | None:
    text = re.sub(r"[^a-z0-9]+", "-", next(group for group in found.groups() if group).lower()).strip("-")
    return text[:63] if text and text not in _NO_NAMES.split() else None


def _listed(found: re.Match[str]) -> tuple[str, ...]:
    return tuple(name for name in re.split(r"[\s,&]+", found.group(1)) if name.lower() != "and")


def _gpu(found: re.Match[str]) -> str:
    """The catalogue's spelling: upper case, memory behind a dash."""
    name = re.sub(r"\s+", " ", found.group("gpu")).upper().replace("RTX", "RTX ").replace("  ", " ")
    return re.sub(r"[ -]?(\d+) ?GB$", r"-\1GB", name)


def _gpu_count(found: re.Match[str]) -> int | None:
    return count(found.group("n")) if found.group("n") else None


_PRECISIONS = {
    "bfloat16": "bf16",
    "float16": "fp16",
    "float32": "fp32",
    "half precision": "fp16",
    "full precision": "fp32",
}
_NO_NAMES = """
a an the it this that on with for my our data dataset model using under in at by to from and is all every of
lora qlora dpo sft full adapter adapters weights parameters
"""
_PATH = r"(?:\"([^\"\n]{1,500})\"|'([^'\n]{1,500})'|`([^`\n]{1,500})`|([\w~./][^\s,;\"'`]{0,499}))"
_FILE = r"(?:\"([^\"\n]{1,500})\"|'([^'\n]{1,500})'|([\w~./-]+\.(?:jsonl?|ndjson|csv|tsv|txt|parquet)\b))"
_PASSES = r"(?:epochs?|pass(?:es)?)(?: (?:over|through) (?:the |my |all )*(?:data|dataset|rows))?\b"
_RATE = r"(?:lr|learning[ -]rate)"
_OF = r"\s*(?:[:=]|\bof\b|\bto\b|\bis\b|\bat\b)?\s*"
_CARD = r"(?P<gpu>(?:rtx ?)?[345]090|rtx ?(?:a6000|6000)|[ablh]\d{2,3}(?:s|g)?(?:[ -]?(?:40|80) ?gb)?|a10g?|t4|l4|v100)"
_CARDS = rf"(?:(?P<n>{COUNT[1:-1]})\s*(?:x|times)?\s*)?(?:(?:an?|the|nvidia)\s+)*{_CARD}(?:s\b|\b)"

RULES: tuple[Rule, ...] = (
    _rule("soft_usd", rf"ask(?: me)?(?: first)?(?: again)? (?:above|over|beyond|from|past) {DOLLARS}", dollars),
    _rule("soft_usd", rf"ask(?: me)? before (?:spending |going )?(?:more than|over|above) {DOLLARS}", dollars),
    _rule("soft_usd", rf"(?:soft (?:limit|budget|threshold)){_OF}{DOLLARS}", dollars),
    _rule(
        "max_usd",
        r"(?:(?:don['\u2019]?t|do not|never) (?:spend|pay|cost|exceed|use)(?: more than| over| above)?"
        r"|(?:for |at |with )?(?:under|below|less than|no more than|not more than|at most|within|up to|max(?:imum)?|"
        rf"(?:hard )?(?:limit|cap)|budget)(?: of|:| is)?(?: cost of)?) {DOLLARS}",
        dollars,
    ),
    _rule("max_usd", rf"{DOLLARS} (?:at most|max(?:imum)?|or less|budget|limit|cap|tops)", dollars),
    _rule("name", r"(?:call it|name it|named|called|name)(?: is)?\s+"
                  r"(?:[\"'`]([^\"'`\n]{1,63})[\"'`]|([\w][\w.-]*))", _slug),
    _rule("eval_data", rf"(?:(?:evaluat|validat)(?:e|ed|ing)|test(?:ed|ing)?|eval)(?: it)?(?: on| with|:)? {_FILE}",
          _path),
    _rule("eval_share", rf"hold(?:ing)? (?:out )?{SHARE}(?: of (?:the )?(?:rows|data))?(?: out| back)?",
          _share),
    _rule("data", rf"(?:(?<=rows )|(?<=examples )|(?<=samples )|(?<=lines ))(?:of|in|from) {_FILE}", _path),
    _rule("max_rows", rf"(?:the )?(?:first|at most|only) {COUNT} (?:rows|examples|samples|lines)", _rows),
    _rule("data", rf"(?:on|with|from|using|data(?:set)?(?: file)?)(?: the)?(?: file| data(?:set)?)?{_OF}{_FILE}",
          _path),
    _rule("data", rf"data(?:set)?\s*[:=]\s*{_PATH}", _path),
    # Before the model's own words, which take `fine-tune` along.
    _rule("method", r"full(?:y|[ -](?:parameters?|weights?|model))?(?=[ -](?:sft|supervised|fine|tun|train|dpo))",
          _always("full")),
    _rule("objective", r"preference[ -](?=tun)", _always("dpo")),
    _rule("objective", r"instruction[ -](?=tun)", _always("sft")),
    _rule("model", rf"(?:base[ -])?model(?:\s*[:=]\s*|\s+(?:is\s+)?){_PATH}", _path),
    _rule("model", rf"(?:fine-?tun(?:e|ing)|tun(?:e|ing)|train(?:ing)?|adapt(?:ing)?)(?: of)?(?: (?:the|a|my))?"
                   rf"(?: base| model)* {_PATH}", _path),
    _rule("model", rf"(?:(?<=weights )|(?<=weight )|(?<=parameters )|(?<=parameter )|(?<=sft )|(?<=dpo )|(?<=lora )"
                   rf"|(?<=adapter ))of (?!rank\b|r\b|alpha\b)(?:(?:the|a|my|base|model) )*{_PATH}", _path),
    _rule("method", r"(?:train(?:ing)? |tun(?:e|ing) |updat(?:e|ing) )?(?:all|every) (?:of )?(?:(?:the|its) )?"
                    r"(?:(?:model['\u2019]?s?) )?(?:weights?|parameters?)\b", _always("full")),
    _rule("method", r"q-?lora\b", _always("qlora")),
    _rule("method", r"lora\b(?! (?:rank|r|alpha|dropout)\b)", _always("lora")),
    _rule("objective", r"(?:dpo|direct preference optimi[sz]ation|preference (?:tuning|training|pairs))\b",
          _always("dpo")),
    _rule("objective", r"(?:sft|supervised(?: fine-?tuning)?|instruction[ -]tun(?:e|ing))\b", _always("sft")),
    _rule("micro_batch", rf"(?:micro[ -_]?batch|per[- ]device(?: train)? batch)(?:[ -]?size)?{_OF}{COUNT}\b", _count),
    _rule("accumulation", rf"(?:gradient |grad )?accumulat(?:ion|e)(?: steps| over)?{_OF}{COUNT}\b(?: steps)?", _count),
    _rule("batch", rf"(?:(?:effective|global|total) )?batch(?:[ -_]?size)?{_OF}{COUNT}\b", _count),
    _rule("batch", rf"{COUNT} (?:sequences|rows|examples) (?:a|per) step", _count),
    _rule("epochs", rf"{REAL} {_PASSES}", _real),
    _rule("epochs", rf"{COUNT} and a half {_PASSES}", lambda found: count(found.group(1)) + 0.5),
    _rule("epochs", rf"{COUNT} {_PASSES}", lambda found: float(count(found.group(1)))),
    _rule("epochs", rf"(half|(?:a |one )?quarter(?: of)?|three quarters of) an? {_PASSES}", _part_of_one),
    _rule("epochs", rf"an {_PASSES}", _always(1.0)),
    _rule("epochs", rf"epochs?{_OF}{REAL}", _real),
    _rule("epochs", rf"epochs?{_OF}{COUNT}", lambda found: float(count(found.group(1)))),
    _rule("max_steps", rf"(?:max(?:imum)?(?: of)? )?{COUNT} (?:optimi[sz]er |training )?steps\b", _count),
    _rule("max_steps", rf"(?:max[ _-])?steps{_OF}{COUNT}\b", _count),
    _rule("schedule", rf"(?:lr[ -])?(?:schedule|scheduler|decay){_OF}(cosine|linear|constant)\b", _lower),
    _rule("schedule", rf"(cosine|linear|constant)(?:[ -]{_RATE})?[ -](?:schedul(?:e|er|ing)|decay|annealing)\b",
          _lower),
    _rule("schedule", rf"(cosine|linear|constant)(?:(?=[ -]{_RATE}{_OF}\.?\d)|[ -]{_RATE}\b)", _lower),
    _rule("schedule", r"(cosine)\b", _lower),
    _rule("learning_rate", rf"(?:lr|learning[ _-]rate){_OF}{REAL}", _real),
    _rule("warmup_share", rf"warm[ -]?up(?: share| ratio| for| over)?{_OF}{SHARE}(?: of (?:the )?(?:steps|training))?",
          _share),
    _rule("warmup_share", r"(\d{1,2}\s?%) (?:of )?warm[ -]?up", _share),
    _rule("rank", rf"(?:lora )?(?:rank-|(?:rank|r){_OF}){COUNT}\b", _count),
    _rule("alpha", rf"(?:lora )?alpha{_OF}{COUNT}\b", _count),
    _rule("dropout", rf"(?:lora )?drop-?out{_OF}{REAL}", _real, 0.0),
    _rule("targets", r"(?:lora )?targets?(?: modules| layers)?\s*[:=]?\s+((?:\w+_proj|c_\w+|\w+_linear|all-linear)"
                     r"(?:(?:\s*,\s*|\s+and\s+|\s+)(?:\w+_proj|c_\w+|\w+_linear))*)", _listed),
    _rule("targets", r"all[ -]linear(?: (?:layers|modules))?\b", _always(("all-linear",))),
    _rule("seq_len", rf"(?:seq(?:uence)?s?(?:[ _-]?len(?:gth)?)?|(?:max(?:imum)? )?(?:context|length)(?: length)?){_OF}"
                     rf"{COUNT}(?: tokens)?\b", _tokens),
    _rule("seq_len", rf"{COUNT}[ -](?:tokens?|context|seq(?:uence)?s?)(?: (?:sequences?|context|length))?\b",
          _tokens),
    _rule("packing", r"(?:sequence |sample )?(?:packing|packed|pack)(?: (?:the )?(?:rows|sequences))?\b",
          _always(True), False),
    _rule("gradient_checkpointing", r"(?:gradient |activation )?checkpoint(?:ing)?\b(?! every)", _always(True), False),
    _rule("precision", r"(?:in )?(bf16|fp16|fp32|bfloat16|float16|float32|half precision|full precision)\b",
          lambda found: _PRECISIONS.get(found.group(1).lower(), found.group(1).lower())),
    _rule("attention", r"flash[ -_]?attention(?:[ -_]?2)?\b|flash[ -]?attn\b", _always("flash_attention_2"), "sdpa"),
    _rule("attention", r"(sdpa|eager)(?: attention)?\b", _lower),
    _rule("gpus", rf"(?:on )?{_CARDS}", _gpu_count),
    _rule("gpu", rf"(?:on |with |using )?{_CARDS}", _gpu),
    _rule("gpu", r"(?:on |with )?(?:the |a )?cpu\b(?: only)?", _always("cpu")),
    _rule("gpus", rf"(?:on |with |using )?{COUNT} gpus?\b", _count),
    _rule("gpus", rf"gpus{_OF}{COUNT}\b", _count),
    _rule("executor", r"(?:in|on|with|by|through|using) (?:the |a )?(docker|modal|nomad|sandbox)\b", _lower),
    _rule("executor", r"(?:executor|backend)\s*[:=]?\s*(docker|modal|nomad|sandbox)\b", _lower),
    _rule("executor", r"(?:locally|on this machine|on my machine)\b", _always("sandbox")),
    _rule("save_form", r"(?:as |save(?:d)? |and )?(?:a )?merged?(?: (?:the )?(?:adapter|model|weights))?\b",
          _always("merged"), "adapter"),
    _rule("save_form", r"(?:only the adapter|adapter only|just the adapter)\b", _always("adapter")),
    _rule("evaluate", r"(?:evaluation|evaluate|evaluating)\b", _always(True), False),
    _rule("canaries", rf"(?:with |plant(?:ing)? )?{COUNT} canar(?:y|ies)\b", _count),
    _rule("seed", rf"(?:random )?seed{_OF}{COUNT}\b", _count),
)  # fmt: skip
