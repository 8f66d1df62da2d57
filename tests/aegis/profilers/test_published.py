import pytest

from muster.aegis.profilers.published import LONGEST_ALPACA, UNPACKED_ALPACA, PublishedRun, read_published

ROW = {
    "model": "Llama-2-7B", "params_b": 6.738, "hidden": 4096, "layers": 32, "heads": 32, "kv_heads": 32,
    "intermediate": 11008, "vocab": 32000, "method": "lora", "batch": 2, "seq_len": 512, "optimizer": "adamw",
    "gpus": 1, "peak_gib": 18.4, "kind": "measured", "source": "pytorch/torchtune", "lora_r": 8,
    "lora_targets": ["q", "v"],
}  # fmt: skip


def read(**more: object) -> PublishedRun:
    return read_published([{**ROW, **more}])[0]


@pytest.mark.parametrize("kind", ["vendor-estimate", "vendor-range", "measured-suspect", "lower-bound", None])
def test_what_was_not_measured_is_left_out(kind):
    assert read_published([{**ROW, "kind": kind}]) == ()


@pytest.mark.parametrize("key", ["model", "hidden", "method", "batch", "peak_gib", "source"])
def test_a_row_that_lacks_what_an_estimate_needs_is_left_out(key):
    assert read_published([{name: value for name, value in ROW.items() if name != key}]) == ()


def test_a_feed_forward_that_is_not_told_follows_from_the_parameters():
    assert read(intermediate=None).architecture.intermediate == pytest.approx(11008, rel=0.001)


def test_an_unknown_length_is_the_longest_row_of_alpaca():
    assert read(seq_len=None).setup.seq_len == LONGEST_ALPACA


def test_a_cap_that_rows_stay_below_is_not_their_length():
    assert read(seq_len=4096, note="baseline, NOT packed").setup.seq_len == UNPACKED_ALPACA


@pytest.mark.parametrize(
    ("told", "read_as"),
    [
        ("adamw (bf16 states)", "adamw"),
        ("adamw8bit, optimizer_in_bwd", "adamw_8bit"),
        ("PagedAdamW8bit", "paged_adamw_8bit"),
        ("PagedAdamW", "paged_adamw"),
    ],
)
def test_an_optimizer_is_read_from_its_name(told, read_as):
    assert read(optimizer=told).setup.optimizer == read_as


@pytest.mark.parametrize(("told", "read_as"), [(None, None), ("nf4", "nf4"), ("nf4-dq", "nf4-dq"), ("int8", "int8")])
def test_a_quantisation_is_read_from_its_name(told, read_as):
    assert read(quant=told).setup.quantised == read_as
