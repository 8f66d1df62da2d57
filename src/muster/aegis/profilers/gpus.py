"""What GPUs can do: names as providers write them, dense bf16 peaks, memory that a job sees."""

import re

from muster.aegis.domain.values import Part


class Gpu(Part):
    """`tflops` is the dense peak of bf16 tensor cores (fp16 where there is no bf16), `memory_gib` what nvidia-smi shows
    as total."""

    name: str
    tflops: float
    memory_gib: float
    source: str
    hopper: bool = False
    """Or newer: so fast that memory and launches hold it back more."""


_DATASHEET = "NVIDIA's data sheet; half of a figure given with sparsity"
_WHITEPAPER = "NVIDIA's architecture white paper, fp32 accumulate"

GPUS: tuple[tuple[str, Gpu], ...] = (
    (r"b200", Gpu(name="B200", tflops=2250, memory_gib=178.4, source=_DATASHEET, hopper=True)),
    (r"h200", Gpu(name="H200", tflops=989, memory_gib=140.4, source=_DATASHEET, hopper=True)),
    (r"h100.*pcie", Gpu(name="H100-PCIe", tflops=756, memory_gib=79.6, source=_DATASHEET, hopper=True)),
    (r"h100", Gpu(name="H100", tflops=989, memory_gib=79.6, source=_DATASHEET, hopper=True)),
    (r"a100.*40", Gpu(name="A100-40GB", tflops=312, memory_gib=40.0, source=_DATASHEET)),
    (r"a100", Gpu(name="A100-80GB", tflops=312, memory_gib=80.0, source=_DATASHEET)),
    (r"\bl40/", Gpu(name="L40", tflops=181, memory_gib=45.0, source=_DATASHEET)),
    (r"\bl40s", Gpu(name="L40S", tflops=362, memory_gib=45.0, source=_DATASHEET)),
    (r"\bl40\b", Gpu(name="L40", tflops=181, memory_gib=45.0, source=_DATASHEET)),
    (r"\bl4/", Gpu(name="RTX-3090", tflops=71, memory_gib=24.0, source=_WHITEPAPER)),
    (r"\bl4\b", Gpu(name="L4", tflops=121, memory_gib=22.5, source=_DATASHEET)),
    (r"a10g", Gpu(name="A10G", tflops=70, memory_gib=22.5, source="the provider's page of its instances")),
    (r"\ba10\b", Gpu(name="A10", tflops=125, memory_gib=22.5, source=_DATASHEET)),
    (r"\bt4\b", Gpu(name="T4", tflops=65, memory_gib=15.0, source=_DATASHEET)),
    (r"\b5090\b", Gpu(name="RTX-5090", tflops=209.5, memory_gib=31.8, source=_WHITEPAPER)),
    (r"\b4090\b", Gpu(name="RTX-4090", tflops=165.2, memory_gib=24.0, source=_WHITEPAPER)),
    (r"\b3090\b", Gpu(name="RTX-3090", tflops=71, memory_gib=24.0, source=_WHITEPAPER)),
    (r"a6000/a40|\ba40\b", Gpu(name="A40", tflops=149.7, memory_gib=45.0, source=_DATASHEET)),
    (r"a6000", Gpu(name="A6000", tflops=154.8, memory_gib=48.0, source=_DATASHEET)),
    (r"quadro rtx 6000", Gpu(name="Quadro-RTX-6000", tflops=130.5, memory_gib=22.5, source=_DATASHEET)),
)
"""Tried in order; where a price is for any of several GPUs (`A6000/A40`), the slowest."""

_BY_NAME = {gpu.name: gpu for _, gpu in GPUS}


def gpu_named(name: str) -> Gpu | None:
    """The GPU of the table by its own name, None for another (and for `cpu`)."""
    return _BY_NAME.get(name)


def recognise_gpu(told: str) -> Gpu | None:
    """The GPU that a provider's text means: `H100 SXM (p5.48xlarge /8)`."""
    text = told.lower()
    return next((gpu for pattern, gpu in GPUS if re.search(pattern, text)), None)
