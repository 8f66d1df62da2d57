"""How long a training takes: its floating point operations over what a GPU or CPU does of them in a second."""

import math

from muster.aegis.domain.architecture import Architecture
from muster.aegis.domain.data.lengths import Lengths
from muster.aegis.domain.estimates import Interval
from muster.aegis.domain.spec import Method, TrainingSpec
from muster.aegis.profilers.gpus import Gpu
from muster.aegis.profilers.setups import TrainingSetup, setup_of, trained_params
from muster.aegis.profilers.vram import weight_bytes

MFU: dict[Method, tuple[float, float, float]] = {
    "full": (0.20, 0.35, 0.50),
    "lora": (0.18, 0.32, 0.45),
    "qlora": (0.10, 0.20, 0.32),
}
"""Share of the dense peak that is reached, low, usual, high: assumed from public reports of 30 to 50 % for tuned runs
(PaLM, arXiv 2204.02311, appendix B, counts it so); 4-bit layers are unpacked for each use. Not measured here."""
HOPPER_SHARE = 0.75
"""Of that on Hopper and newer: memory and launches didn't grow with the tensor cores. Assumed."""
FP32_SHARE = 1 / 8
"""Of the bf16 peak in fp32 without TF32: assumed (A100: 19.5 of 312)."""
LAUNCH_S = (0.001, 0.002, 0.004)
"""Least time of one layer in one micro-batch, high speed first: kernels are launched one by one. Assumed."""
MORE_GPUS_SHARE = 0.85
"""Of each GPU's speed where several exchange gradients. Assumed."""
CPU_GFLOPS = (3.0, 7.0, 20.0)
"""Of a training step in fp32: 3.4, 8.7 and 6.9 were measured for Llamas of 0.7, 9 and 77 million parameters on two
busy cores (1074, 202 and 20 tokens/s), torch 2.13; the upper bound is a guess for idle ones."""
START_S = (20.0, 60.0, 240.0)
"""Until the first step: a machine is got, Python imports 5 to 8 s, data are read. Assumed."""
LOAD_GB_S = (2.0, 0.7, 0.15)
"""Reading the weights, high speed first. Assumed."""
DECODE_LAYER_S = (0.0006, 0.00125, 0.004)
"""Of one layer for one generated token of a batch, high speed first: its kernels are launched one by one, on a GPU and
by a CPU alike. Assumed: 40 ms for 32 layers."""
CPU_READ_GB_S = 8.0
"""A generated token reads every weight from memory. Assumed."""


def estimate_seconds(
    spec: TrainingSpec, architecture: Architecture, rows: int, lengths: Lengths, gpu: Gpu | None
) -> Interval:
    """Of one attempt from its start to its evaluation's end, on this GPU (None: the CPU).

    `rows` are the kept ones, before `max_rows` and the share that is held out are taken off.
    """
    setup = setup_of(spec)
    sequences = training_sequences(spec, rows)
    spans: list[float] = []
    for case in range(3):
        length = _lengths_of_case(spec, lengths)[case]
        work = _work_s(spec, architecture, setup, gpu, sequences, length, case)
        spans.append(START_S[case] + _load_s(architecture, setup, case) + work + _evaluation_s(
            spec, architecture, setup, gpu, evaluated_rows(spec, rows), length, case
        ))  # fmt: skip
    return Interval(low=spans[0], mid=spans[1], high=spans[2])


def training_sequences(spec: TrainingSpec, rows: int) -> float:
    """Rows that are passed in all epochs; `max_steps` wins."""
    if spec.optimization.max_steps is not None:
        return float(spec.optimization.max_steps * spec.effective_batch)
    used = min(rows, spec.data.max_rows or rows)
    held_out = 0.0 if spec.data.eval_path else spec.data.eval_share
    return max(1.0, used * (1 - held_out)) * spec.optimization.epochs


def evaluated_rows(spec: TrainingSpec, rows: int) -> int:
    """Rows that are read and answered: of those held out, `max_rows` at most. Of a file of its own all are counted."""
    if spec.data.eval_path:
        return spec.evaluation.max_rows
    held_out = math.ceil(min(rows, spec.data.max_rows or rows) * spec.data.eval_share)
    return min(spec.evaluation.max_rows, held_out)


def _lengths_of_case(spec: TrainingSpec, lengths: Lengths) -> tuple[float, float, float]:
    """Tokens of a row with its padding up to the longest of its batch: none, half way to the 95th percentile, all."""
    limit = spec.shape.seq_len
    mean, usual = (max(1.0, min(one, limit)) for one in (lengths.mean, float(lengths.p95)))
    if spec.shape.packing or spec.optimization.micro_batch == 1:
        return (mean, mean, mean)
    return (mean, (mean + usual) / 2, max(mean, usual))


def flops_per_token(architecture: Architecture, setup: TrainingSetup, context: float) -> float:
    """Of one training step: 2 N forward, 2 N for what flows back, 2 N for gradients of weights where they are trained.

    6 N for a full training (arXiv 2001.08361, section 2.1), about 4 N for an adapter; checkpointing forwards twice, a
    reference forwards once more. Attention adds 4 x context x width a layer forward (half of it where the causal mask
    is skipped), twice that back.
    """
    forward = 2.0 * architecture.active_params
    width = architecture.heads * architecture.head_dim
    scores = 4.0 * context * width * architecture.layers * (1.0 if setup.attention == "eager" else 0.5)
    full = setup.method == "full"
    gradients = forward if full else 4.0 * trained_params(architecture, setup)
    step = (forward + scores) + (forward + 2 * scores) + gradients
    return step + (forward + scores if setup.checkpointing else 0.0)


def _work_s(
    spec: TrainingSpec,
    architecture: Architecture,
    setup: TrainingSetup,
    gpu: Gpu | None,
    sequences: float,
    length: float,
    case: int,
) -> float:
    pairs = 2 if spec.objective == "dpo" else 1
    each = flops_per_token(architecture, setup, length)
    if spec.objective == "dpo":
        each += 2.0 * architecture.active_params
    flops = each * sequences * length * pairs
    if gpu is None:
        return flops / (CPU_GFLOPS[2 - case] * 1e9)
    launches = math.ceil(sequences / (spec.optimization.micro_batch * setup.gpus)) * architecture.layers
    return max(flops / _speed(gpu, setup, case), launches * LAUNCH_S[case])


def _speed(gpu: Gpu, setup: TrainingSetup, case: int) -> float:
    """FLOP/s of all GPUs."""
    share = MFU[setup.method][2 - case] * (HOPPER_SHARE if gpu.hopper else 1.0)
    share *= FP32_SHARE if setup.weight_bytes == 4 else 1.0
    together = setup.gpus * (MORE_GPUS_SHARE if setup.gpus > 1 else 1.0)
    return gpu.tflops * 1e12 * share * together


def _load_s(architecture: Architecture, setup: TrainingSetup, case: int) -> float:
    return architecture.params * setup.weight_bytes / (LOAD_GB_S[case] * 1e9)


def _evaluation_s(
    spec: TrainingSpec,
    architecture: Architecture,
    setup: TrainingSetup,
    gpu: Gpu | None,
    rows: int,
    length: float,
    case: int,
) -> float:
    """Rows read and answered by the base and by the adapted model."""
    if not spec.evaluation.enabled:
        return 0.0
    batches = math.ceil(rows / spec.evaluation.batch)
    flops = 2 * 2.0 * architecture.active_params * rows * length
    tokens = 2 * batches * spec.evaluation.max_new_tokens
    loads = 2 * _load_s(architecture, setup, case)
    decode = architecture.layers * DECODE_LAYER_S[case]
    if gpu is None:
        decode = max(decode, weight_bytes(architecture, setup) / (CPU_READ_GB_S * 1e9))
        return loads + flops / (CPU_GFLOPS[2 - case] * 1e9) + tokens * decode
    return loads + flops / (_speed(gpu, setup, case) / setup.gpus) + tokens * decode
