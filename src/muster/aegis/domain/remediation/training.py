"""Repairs for numbers that are not finite, for learning that does not begin, for formats and kernels."""

from collections.abc import Iterator

from muster.aegis.domain.remediation.situation import Situation
from muster.aegis.domain.repairs import SpecChange, SpecRepair
from muster.aegis.domain.spec import ALL_LINEAR, Method, Objective, Precision

HIGHEST_RATE: dict[tuple[Method, Objective], float] = {
    ("lora", "sft"): 2e-4,
    ("qlora", "sft"): 2e-4,
    ("full", "sft"): 2e-5,
    ("lora", "dpo"): 2e-5,
    ("qlora", "dpo"): 2e-5,
    ("full", "dpo"): 1e-6,
}
"""Above these a divergence is blamed on the rate alone: the usual rates of the libraries' own recipes."""

SLOWER = 4.0
GENTLEST = 1 / 64
"""Of the usual rate: what diverges even then does so for another reason, and a person looks."""
FASTER = 5.0
WARM_UP = 0.1
CLIP = 0.3

_OTHERS: dict[Precision, tuple[Precision, ...]] = {
    "auto": ("fp16", "fp32"),
    "bf16": ("fp16", "fp32"),
    "fp16": ("bf16", "fp32"),
    "fp32": (),
}


def repair_divergence(situation: Situation) -> Iterator[SpecRepair]:
    """Back to the last good checkpoint: with a wider number format for fp16, with a gentler optimization for all."""
    if situation.spec.shape.precision == "fp16":
        for precision in _OTHERS["fp16"]:
            patch = situation.going_on(SpecChange(precision=precision))
            yield situation.repair(patch, "fp16 overflows above 65504", f"{precision} holds far larger numbers")
    now = situation.spec.optimization
    highest = HIGHEST_RATE[situation.spec.method, situation.spec.objective]
    rate = min(now.learning_rate / SLOWER, highest)
    if rate < highest * GENTLEST:
        return
    change = SpecChange(
        learning_rate=rate,
        warmup_share=max(now.warmup_share, WARM_UP),
        max_grad_norm=min(now.max_grad_norm, CLIP),
    )
    start = f"from {situation.checkpoint}" if situation.checkpoint else "from the start"
    yield situation.repair(
        situation.going_on(change), f"steps were too large; {start}", "smaller steps, the same memory and time"
    )


def repair_flat(situation: Situation) -> Iterator[SpecRepair]:
    """A higher rate, where it is below the usual; a job that hangs is not cured by one."""
    now = situation.spec.optimization.learning_rate
    highest = HIGHEST_RATE[situation.spec.method, situation.spec.objective]
    hangs = any("stalled" in said for said in situation.diagnosis.evidence)
    if now < highest and not hangs:
        patch = SpecChange(learning_rate=min(now * FASTER, highest))
        yield situation.repair(patch, "the rate is below the usual", "larger steps", ask=True)


def repair_precision(situation: Situation) -> Iterator[SpecRepair]:
    """Formats of the same size first, on a GPU; fp32 everywhere."""
    for precision in _OTHERS[situation.spec.shape.precision]:
        if precision == "fp32" or situation.on_gpu:
            effect = "weights and activations take twice the memory" if precision == "fp32" else "the same memory"
            patch = SpecChange(precision=precision)
            yield situation.repair(patch, f"{precision} may be what hardware and weights share", effect)


def repair_attention(situation: Situation) -> Iterator[SpecRepair]:
    """Down the ladder: flash, sdpa, eager; the result is the same."""
    now = situation.spec.shape.attention
    if now == "flash_attention_2":
        yield situation.repair(SpecChange(attention="sdpa"), "sdpa is part of torch", "the same result, nearly as fast")
    if now != "eager":
        change = SpecChange(attention="eager")
        yield situation.repair(change, "eager runs everywhere", "the same result; slower, and more memory")


def repair_targets(situation: Situation) -> Iterator[SpecRepair]:
    """Every linear layer, whatever they are called."""
    if situation.spec.lora.targets != (ALL_LINEAR,):
        patch = SpecChange(lora_targets=(ALL_LINEAR,))
        yield situation.repair(patch, "these layers are called otherwise here", "an adapter on all linear layers")


def repair_package(situation: Situation) -> Iterator[SpecRepair]:
    """What runs without it: nothing but 4-bit weights has a second way, and that takes much more memory."""
    wanted = any("bitsandbytes" in said or "bnb" in said for said in situation.diagnosis.evidence)
    if wanted and situation.spec.method == "qlora":
        effect = "no bitsandbytes; the weights take about four times the memory"
        yield situation.repair(SpecChange(method="lora"), "4-bit weights need bitsandbytes", effect, ask=True)
