"""Whether the place can run what the spec asks for: GPU, number formats, packages, disk, a checkpoint to go on from."""

import re
from collections.abc import Iterator
from math import ceil, prod

from muster.aegis.domain.preflight.case import Case
from muster.aegis.domain.preflight.problem import Problem, error, warning
from muster.aegis.domain.preflight.shape_checks import adapted

AMPERE = (8, 0)
"""The first compute capability with bf16, and that FlashAttention 2 runs on (Dao-AILab/flash-attention, README)."""
SUPPORTED = {"transformers": (5, 6), "peft": (0, 1), "trl": (1, 2)}
"""Major versions that the generated scripts are written for: from, and before."""
_ALWAYS: tuple[str, ...] = ("torch", "transformers", "accelerate", "safetensors")
_MIB = 1024 * 1024
_ADAPTER_BYTES = 4
_OPTIMIZER_BYTES = 8
"""A weight that is trained has two moments of Adam in fp32 in a checkpoint."""


def check_gpu(case: Case) -> Iterator[Problem]:
    """A GPU that was asked for and is not there, a method that needs one."""
    wants = case.spec.target.gpu != "cpu"
    if wants and case.target.cuda is False:
        text = f"target.gpu is {case.spec.target.gpu}, and {case.spec.target.executor} has no CUDA"
        advice = "choose another executor, or target.gpu: cpu"
        yield error("env_no_cuda", text, where="target.gpu", advice=advice)
    if case.spec.method == "qlora" and not wants:
        text = "qlora keeps weights in 4 bit by bitsandbytes, which wants a GPU"
        yield error("env_no_cuda", text, where="method", advice="set method: lora, or name a GPU by target.gpu")


def check_precision(case: Case) -> Iterator[Problem]:
    """Number formats that the GPU, or a CPU, lacks."""
    asked, where = case.spec.shape.precision, "shape.precision"
    if case.spec.target.gpu == "cpu":
        if asked == "fp16":
            text = "fp16 on a CPU trains in fp32 without saying so, or fails"
            yield warning("precision", text, where=where, advice="set shape.precision: fp32, or auto")
    elif asked == "bf16" and case.target.capability and case.target.capability < AMPERE:
        shown = ".".join(map(str, case.target.capability))
        text = f"{case.spec.target.gpu} (compute capability {shown}) has no bf16"
        yield error("precision", text, where=where, advice="set shape.precision: fp16, or take an Ampere GPU")


def check_attention(case: Case) -> Iterator[Problem]:
    """FlashAttention 2 where it can't run."""
    if case.spec.shape.attention != "flash_attention_2":
        return
    old = case.target.capability is not None and case.target.capability < AMPERE
    if case.spec.target.gpu == "cpu" or old or case.spec.shape.precision == "fp32":
        text = "flash_attention_2 runs in bf16 or fp16 on Ampere GPUs and later"
        yield error("attention", text, where="shape.attention", advice="set shape.attention: sdpa")


def check_packages(case: Case) -> Iterator[Problem]:
    """What the scripts import, and in versions that they are written for. Unknown packages are not judged."""
    have = {re.sub(r"[-_.]+", "-", name.lower()): version for name, version in case.target.packages.items()}
    if not have:
        return
    for name, reason in _needed(case):
        if name not in have:
            text = f"{name} is not installed where the training runs, and {reason}"
            yield error("env_missing_package", text, where="target.executor", advice=f"install {name} there")
    for name, (first, end) in SUPPORTED.items():
        major = re.match(r"\d+", have.get(name, ""))
        if major and not first <= int(major.group()) < end:
            text = f"{name} {have[name]} is installed; the scripts are written for {first}.x"
            yield error("api_drift", text, where="target.executor", advice="install the versions of the train lock")


def _needed(case: Case) -> Iterator[tuple[str, str]]:
    """Distributions, and why they are needed."""
    spec = case.spec
    yield from ((name, "every training imports it") for name in _ALWAYS)
    if spec.method != "full":
        yield "peft", "adapters are its matter"
    if spec.method == "qlora":
        yield "bitsandbytes", "qlora keeps weights in 4 bit by it"
    if spec.objective == "dpo":
        yield "trl", "dpo is trained by it"
    if spec.evaluation.enabled and spec.evaluation.tasks:
        yield "lm-eval", "evaluation.tasks are measured by it"
    if spec.shape.attention == "flash_attention_2":
        yield "flash-attn", "shape.attention asks for it"


def disk_mb(case: Case) -> int:
    """MiB that checkpoints and the result take: a checkpoint holds the trained weights and Adam's moments in fp32."""
    copies, base = case.spec.saving.keep_checkpoints + 1, case.model.weight_bytes  # the newest is written first
    if case.trains_everything:
        params = sum(prod(tensor.shape) for tensor in case.model.tensors.values())
        return ceil(((base + params * _OPTIMIZER_BYTES) * copies + base) / _MIB)
    sides = sum(sum(tensor.shape) for tensor in adapted(case).values())
    adapter = sides * case.spec.lora.rank * (_ADAPTER_BYTES + _OPTIMIZER_BYTES)
    return ceil((adapter * copies + (base if case.spec.saving.form == "merged" else 0)) / _MIB)


def check_disk(case: Case) -> Iterator[Problem]:
    """Room for what is written, and leave to write it."""
    if case.target.output_trouble:
        advice = "choose another folder for outputs"
        yield error("storage", f"outputs can't be written: {case.target.output_trouble}", advice=advice)
    free, need = case.target.free_mb, disk_mb(case)
    if free is not None and need > free:
        text = f"checkpoints and the result take about {need} MiB, and {free} MiB are free"
        advice = "free space, keep fewer checkpoints (saving.keep_checkpoints), or train an adapter"
        yield error("storage_full", text, where="saving", advice=advice)


def check_checkpoint(case: Case) -> Iterator[Problem]:
    """A checkpoint that is to be gone on from."""
    point = case.checkpoint
    if point is None:
        return
    if not point.there:
        text = f"there is no checkpoint at {point.path}"
        yield error("checkpoint_missing", text, where=point.path, advice="start from the beginning")
        return
    advice = "go on from the checkpoint before it"
    for what, names in (("lacks", point.missing), ("has damaged", point.damaged)):
        if names:
            text = f"the checkpoint {what} {', '.join(names)}"
            yield error("checkpoint_corrupt", text, where=point.path, advice=advice)
