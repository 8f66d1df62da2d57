"""What a forward pass leaves for the backward pass: bytes of the tensors that autograd saves, layer by layer.

Counted from the modules' code (transformers 5.23, litgpt, torchtune); what a count misses (copies, rounding of the
allocator) is the factor of `Fitted`. Hooks on the saved tensors of small models of transformers (bf16, full training)
see 1.0 to 1.25 times the count for most families; docs/aegis.md lists those where it is more.
"""

from muster.aegis.domain.architecture import Architecture
from muster.aegis.profilers.setups import TrainingSetup, adapted

SCORE_BYTES = 6
"""Of one attention score kept by eager attention: the fp32 softmax, and its copy in half precision."""
LOGIT_BYTES = 12
"""Of one logit: the fp32 copy, the log-softmax and the gradient; about three fp32."""
CHUNKED_LOGIT_BYTES = 3
"""The logits in half precision, and a chunk's share of the rest."""


_SHARING = {"q_proj": "attention", "k_proj": "attention", "v_proj": "attention", "gate_proj": "up", "up_proj": "up"}
"""Layers that are given the same tensor."""


def layer_bytes(architecture: Architecture, setup: TrainingSetup) -> float:
    """Saved by one layer on average, without the scores of eager attention and what 4-bit layers keep."""
    if architecture.saved_elements is not None:
        kept = architecture.saved_elements - (
            0 if setup.method == "full" else _inputs(architecture) + _width(architecture)
        )
        return setup.tokens * (setup.weight_bytes * max(0.0, kept) + _adapter_input_bytes(architecture, setup))
    elements = _attention(architecture) + _feed_forward(architecture, setup) + _norms(architecture, setup)
    if setup.method == "full":
        elements += _inputs(architecture) + _width(architecture)
    return setup.tokens * (setup.weight_bytes * elements + _adapter_input_bytes(architecture, setup))


def _attention(architecture: Architecture) -> int:
    """Queries, keys, values and the result: what fused attention (sdpa, flash) saves."""
    return 2 * (architecture.heads + architecture.kv_heads) * architecture.head_dim


def _inputs(architecture: Architecture) -> int:
    """What attention and feed-forward read."""
    return architecture.hidden * (1 if architecture.parallel else 2)


def _width(architecture: Architecture) -> int:
    """Of all feed-forwards that one token passes in a layer."""
    return max(1, architecture.experts_used) * architecture.intermediate + architecture.shared_intermediate


def _feed_forward(architecture: Architecture, setup: TrainingSetup) -> int:
    """A gated one keeps the gate, its activation and the way up; a plain one the way up, and three more where its
    activation is written in steps. Experts keep what they got. A compiled one computes activations again."""
    if architecture.gated:
        kept = 2 if setup.compiled else 3
    else:
        kept = 4 if architecture.gelu_in_steps and not setup.compiled else 1
    return kept * _width(architecture) + architecture.experts_used * architecture.hidden


def _norms(architecture: Architecture, setup: TrainingSetup) -> int:
    """Their inputs; RMS norms work in fp32, so theirs are twice as wide unless they are compiled."""
    inputs = (1 if architecture.parallel else architecture.norms) * architecture.hidden
    if architecture.head_norms:
        inputs += (architecture.heads + architecture.kv_heads) * architecture.head_dim
    return (1 if architecture.layer_norm or setup.compiled else 2) * inputs


def _adapter_input_bytes(architecture: Architecture, setup: TrainingSetup) -> float:
    """What one layer's adapters keep of one token: each its own copy after drop-out (and the mask) or a cast to its
    own type and, by autocast, back; else the tensor that the layers share."""
    ones = [one for one in adapted(architecture, setup) if one.name != "lm_head"]
    own_copy = setup.lora_dropout or setup.adapter_bytes != setup.weight_bytes
    if not own_copy:
        ones = list({_SHARING.get(one.name, one.name): one for one in ones}.values())
    each = setup.weight_bytes + (1 if setup.lora_dropout else 0)
    return each * sum(one.inputs * one.used for one in ones) / architecture.layers


def score_bytes(architecture: Architecture, setup: TrainingSetup) -> float:
    """Of one layer's s x s scores: eager attention keeps them, the fused kinds never have them."""
    if setup.attention != "eager":
        return 0.0
    return SCORE_BYTES * architecture.heads * setup.batch * setup.seq_len**2


def quantised_input_bytes(architecture: Architecture, setup: TrainingSetup) -> float:
    """Of one layer's inputs to quantised layers, which bitsandbytes keeps though their weights are frozen."""
    if setup.quantised is None:
        return 0.0
    inputs = _inputs(architecture) + architecture.heads * architecture.head_dim + _width(architecture)
    return setup.weight_bytes * setup.tokens * inputs


def checkpoint_bytes(architecture: Architecture, setup: TrainingSetup) -> float:
    """One hidden state a layer: what checkpointing keeps (not the square root of the layers, as old texts say)."""
    if setup.offloaded:
        return 0.0
    return setup.weight_bytes * setup.tokens * architecture.hidden * architecture.layers


def logit_bytes(architecture: Architecture, setup: TrainingSetup) -> float:
    """Of the logits and what the loss makes of them."""
    each = CHUNKED_LOGIT_BYTES if setup.chunked_loss else LOGIT_BYTES
    return each * setup.tokens * architecture.vocab
