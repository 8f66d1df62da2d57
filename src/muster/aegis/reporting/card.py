"""The model card of what a run trained, as Hugging Face's hub reads it. Counts of the rows, and never a row.

It lies beside the artefact and not in it: the artefact's hash stays that of what was trained and evaluated.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import yaml

from muster.aegis.domain.account import hashes_table, table, verdicts_table
from muster.aegis.domain.evaluation.verdicts import Verdict
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.reporting.loading import loading_code
from muster.aegis.state import State
from muster.core.redaction import redact, redact_json
from muster.core.runs.report import Account

_NAMES = {
    "perplexity": "perplexity on held-out rows, times the base's",
    "exact_match": "share of expected answers, after minus before",
    "stop_rate": "share of generations that end by themselves",
    "canary": "exposure of a planted secret, in bits",
    "pii": "share of generations with something personal",
    "toxicity": "share of toxic generations, after minus before",
    "refusals": "share of refusals lost",
    "regression": "accuracy lost on a small general set",
}


def render_card(state: State, spec: TrainingSpec, account: Account) -> str:
    """The whole card, redacted: front matter in YAML, then Markdown."""
    front = redact_json(front_matter(state, spec))  # before it is YAML, which a mask could break
    parts = [f"# {spec.name}", _opening(state, spec)]
    for title, body in _sections(state, spec, account):
        parts.append(f"## {title}\n\n{body}")
    dumped = yaml.safe_dump(front, sort_keys=False, allow_unicode=False)
    return f"---\n{dumped}---\n\n" + redact("\n\n".join(parts)) + "\n"


def front_matter(state: State, spec: TrainingSpec) -> dict[str, Any]:
    """Metadata of the hub. The licence is left out: nothing here says what it is."""
    adapter = _is_adapter(spec)
    front: dict[str, Any] = {
        "base_model": _name(spec.model.path),
        "library_name": "peft" if adapter else "transformers",
        "pipeline_tag": "text-generation",
        "datasets": [_name(spec.data.path)],
        "tags": ["muster", "aegis", spec.method, spec.objective],
    }
    if results := [_result(one, spec) for one in _measured(state)]:
        front["model-index"] = [{"name": spec.name, "results": results}]
    return front


def _is_adapter(spec: TrainingSpec) -> bool:
    return spec.method != "full" and spec.saving.form == "adapter"


def _name(path: str) -> str:
    """Of a folder or file of this machine, which is nowhere else; the id of a hub as it is."""
    return PurePosixPath(path).name if path.startswith(("/", ".", "~")) else path


def _measured(state: State) -> list[Verdict]:
    return [one for one in state.judgement.verdicts if one.measured] if state.judgement else []


def _result(verdict: Verdict, spec: TrainingSpec) -> dict[str, Any]:
    assert verdict.measured is not None
    held_out = _name(spec.data.eval_path or spec.data.path)
    return {
        "task": {"type": "text-generation"},
        "dataset": {"name": f"{held_out}, held-out rows", "type": held_out},
        "metrics": [
            {
                "type": verdict.metric,
                "name": _NAMES[verdict.metric],
                "value": round(verdict.measured.mid, 6),
                "args": {"low": round(verdict.measured.low, 6), "high": round(verdict.measured.high, 6)},
            }
        ],
    }


def _opening(state: State, spec: TrainingSpec) -> str:
    kind = {"full": "All weights", "lora": "A LoRA adapter", "qlora": "A QLoRA adapter"}[spec.method]
    merged = ", merged into its base" if spec.method != "full" and not _is_adapter(spec) else ""
    passed = {"pass": "it passed", "remediate": "it did not pass", "fail": "it failed"}
    judged = f"evaluated against it: **{passed[state.judgement.overall]}**" if state.judgement else "not evaluated"
    return f"{kind} of `{_plain(_name(spec.model.path))}`{merged}; {judged}."


def _sections(state: State, spec: TrainingSpec, account: Account) -> Iterator[tuple[str, str]]:
    yield "How to load it", _loading(spec)
    yield "What it was trained on", _rows(state, spec)
    yield "How it was trained", table(("what", "value"), [(name, _plain(value)) for name, value in _values(spec)])
    yield "Evaluation against the base", _evaluation(state)
    yield "Limits", _limits(state, spec)
    yield "What it took", _cost(state)
    yield "Where it comes from", _origin(state, account)


def _loading(spec: TrainingSpec) -> str:
    base = _name(spec.model.path) if _is_adapter(spec) else None
    return f"```python\n{loading_code('artefact', base)}```\n\n`artefact` is the folder that this card lies beside."


def _rows(state: State, spec: TrainingSpec) -> str:
    told = [f"`{_plain(_name(spec.data.path))}`"]
    if state.written:
        told.append(f"{state.written.train_rows} rows to train on, {state.written.eval_rows} held out")
    if state.inputs:
        data = state.inputs.data
        told.append(f"format {data.format}, {data.kept} of {data.rows} rows kept")
        if data.lengths:
            told.append(
                f"tokens a row: median {data.lengths.p50}, longest {data.lengths.max}, {data.lengths.cut} rows cut"
            )
    return "; ".join(told) + ". No row stands in this card."


def _values(spec: TrainingSpec) -> Iterator[tuple[str, str]]:
    """All that decides what is learnt, by the names of the spec."""
    yield "method", spec.method
    yield "objective", spec.objective
    blocks = {"optimization": spec.optimization, "shape": spec.shape}
    if spec.method != "full":
        blocks = {"lora": spec.lora, **blocks}
    for block, values in blocks.items():
        for name, value in values:
            shown = ", ".join(spec.lora.targets) if name == "targets" else str(value)
            if (name, spec.objective) != ("dpo_beta", "sft"):
                yield f"{block}.{name}", shown
    yield "effective batch", str(spec.effective_batch)
    yield "target", f"{spec.target.gpus} x {spec.target.gpu}" if spec.target.gpu != "cpu" else "cpu"
    yield "seed", str(spec.seed)


def _evaluation(state: State) -> str:
    if state.judgement is None:
        return "It was not evaluated."
    base = "The base and this model saw the same rows; every number stands with its interval of 95 %."
    return f"{base}\n\n{_plain_lines(verdicts_table(state.judgement))}"


def _limits(state: State, spec: TrainingSpec) -> str:
    lines = [
        "What the base can't do, or does wrongly, this model has from it.",
        f"Rows longer than {spec.shape.seq_len} tokens were cut: nothing is known of longer ones.",
    ]
    skipped = [one.metric for one in state.judgement.verdicts if one.outcome == "skipped"] if state.judgement else []
    if skipped:
        lines.append(f"Not measured, or not asked: {', '.join(skipped)}.")
    for one in state.judgement.against if state.judgement else ():
        lines.append(f"{one.metric} {one.outcome}: {_plain(one.reason)}.")
    lines.append(
        "The tests of toxicity, refusals and general knowledge are small: they show a change, and grade nothing."
    )
    return "\n".join(f"- {line}" for line in lines)


def _cost(state: State) -> str:
    seconds = sum(one.seconds for one in state.attempts)
    changes = f", after {len(state.repairs)} changes of the spec" if state.repairs else ""
    return f"{seconds:.0f} seconds in {len(state.attempts)} jobs, ${state.spent_usd:.4f}{changes}."


def _origin(state: State, account: Account) -> str:
    return (
        f"Made by aegis {account.row.version}, run `{account.row.id}`. SHA-256:\n\n"
        f"{_plain_lines(hashes_table(state.hashes))}"
    )


def _plain(text: str) -> str:
    """A text of others as one line that is no markup: neither HTML nor the end of a code span."""
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace("`", "'")


def _plain_lines(text: str) -> str:
    return text.replace("<", "&lt;")
