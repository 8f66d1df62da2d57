import pytest

from muster.aegis.profilers.published import LONGEST_ALPACA, UNPACKED_ALPACA, PublishedRun, read_published, read_table

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


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ({"rows": []}, "not a list of rows"),
        ([ROW, 7], "row 2: not an object"),
        ([{**ROW, "hidden": "wide"}], "row 1: "),
        ([{name: value for name, value in ROW.items() if name != "batch"}], "row 1: batch is missing"),
        ([{**ROW, "peak_gib": float("nan")}], "row 1: peak_gib nan is not above 0"),
        ([{**ROW, "batch": 10**30}], "row 1: batch, seq_len, lora_r or gpus is above"),
        ([{**ROW, "method": "magic"}], "row 1: method: "),
    ],
)
def test_a_row_that_can_not_be_used_is_told_by_its_number(rows, told):
    assert read_table(rows).problems[0].startswith(told)


def test_further_columns_and_other_families_are_read():
    table = read_table([{**ROW, "model": "Nobody-Knows-3B", "extra": [1], "source": "a new one"}])
    assert (len(table.runs), table.problems) == (1, ())


def test_no_value_anywhere_breaks_the_table():
    odd = (None, "x", -1, 0, 2.5, [], {}, [1], True, 10**30, float("inf"), float("nan"))
    rows = [{**ROW, key: value} for key in ROW if key != "kind" for value in odd]
    table = read_table(rows)
    assert len(table.runs) + len(table.problems) == len(rows)
