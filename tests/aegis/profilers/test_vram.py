import pytest

from muster.aegis.domain.architecture import Architecture
from muster.aegis.profilers.architectures import read_architecture
from muster.aegis.profilers.setups import TrainingSetup
from muster.aegis.profilers.vram import GIB, PROCESS_GIB, estimate_memory


def model(**more: object) -> Architecture:
    config = {
        "model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
        "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256, **more,
    }  # fmt: skip
    read = read_architecture(config)
    assert isinstance(read, Architecture)
    return read


LLAMA = model()


def parts(**setup: object) -> dict[str, float]:
    return estimate_memory(LLAMA, TrainingSetup.model_validate({"batch": 2, **setup}), "allocated").parts_gib


def total(**setup: object) -> float:
    return estimate_memory(LLAMA, TrainingSetup.model_validate({"batch": 2, **setup}), "allocated").total_gib.mid


@pytest.mark.parametrize("peak", ["allocated", "reserved", "device", "process"])
def test_parts_sum_up_to_the_middle_of_the_interval(peak):
    estimate = estimate_memory(LLAMA, TrainingSetup(), peak)
    assert sum(estimate.parts_gib.values()) == pytest.approx(estimate.total_gib.mid)


def test_a_device_shows_more_than_the_allocator_holds_and_that_more_than_tensors_take():
    mids = [estimate_memory(LLAMA, TrainingSetup(), peak).total_gib.mid for peak in ("allocated", "reserved", "device")]
    assert mids == sorted(set(mids))


def test_four_bits_shrink_linear_layers_alone():
    expected = LLAMA.linear_params * 0.5625 + 2 * (LLAMA.params - LLAMA.linear_params)
    assert parts(method="qlora", quantised="nf4")["weights"] == pytest.approx(expected / GIB)


def test_double_quantisation_saves_about_a_twentieth_of_a_byte_a_weight():
    saved = parts(method="qlora", quantised="nf4")["weights"] - parts(method="qlora", quantised="nf4-dq")["weights"]
    assert saved * GIB / LLAMA.linear_params == pytest.approx(0.0466, abs=0.0005)


def test_adamws_states_take_eight_bytes_a_weight_in_fp32():
    assert parts(method="full")["optimizer"] == pytest.approx(8 * LLAMA.params / GIB)


def test_eight_bit_states_take_about_two():
    assert parts(method="full", optimizer="adamw_8bit")["optimizer"] == pytest.approx(2 * LLAMA.params / GIB, rel=0.02)


def test_paged_states_are_not_on_the_gpu():
    assert "optimizer" not in parts(method="full", optimizer="paged_adamw_8bit")


def test_an_adapters_size_follows_its_rank():
    assert parts(lora_rank=32)["adapter"] == pytest.approx(2 * parts(lora_rank=16)["adapter"])


def test_an_adapter_on_two_projections_is_rank_times_inputs_and_outputs():
    widths = 32 * ((4096 + 4096) + (4096 + 1024))
    assert parts(lora_targets=("q_proj", "v_proj"))["adapter"] == pytest.approx(4 * 16 * widths / GIB)


def test_checkpointing_keeps_one_hidden_state_a_layer():
    more = (
        parts(checkpointing=True, seq_len=2048)["activations"] - parts(checkpointing=True, seq_len=1024)["activations"]
    )
    per_token = more * GIB / (2 * 1024)
    assert per_token == pytest.approx(2 * 4096 * 32, rel=0.05)


def test_eager_attention_grows_with_the_square_of_the_sequence():
    def scores(seq_len: int) -> float:
        eager, fused = (parts(seq_len=seq_len, attention=kind)["activations"] for kind in ("eager", "sdpa"))
        return eager - fused

    assert scores(4096) == pytest.approx(4 * scores(2048))


def test_flash_attention_keeps_no_more_than_sdpa():
    assert total(attention="flash_attention_2") == total(attention="sdpa")


def test_logits_take_three_fp32_copies():
    assert parts(seq_len=1024)["logits"] == pytest.approx(12 * 2 * 1024 * 128256 / GIB)


def test_accumulated_gradients_stand_beside_activations():
    long = {"method": "full", "seq_len": 4096}
    beside = parts(accumulates=True, **long)["gradients"] - parts(**long)["gradients"]
    assert beside * GIB == pytest.approx(2 * (LLAMA.params - 4096 * 128256))


def test_zero3_splits_what_ddp_copies():
    assert total(method="full", gpus=8, sharding="zero3") < total(method="full", gpus=8, sharding="ddp") / 3


def test_each_stage_of_zero_takes_less_than_the_one_before():
    totals = [
        total(method="full", gpus=8, sharding=kind, accumulates=True) for kind in ("ddp", "zero1", "zero2", "zero3")
    ]
    assert totals == sorted(totals, reverse=True)
    assert len(set(totals)) == 4


def test_a_reference_model_takes_the_weights_again():
    both = parts(method="full", reference_model=True)
    assert both["reference model"] == both["weights"]


def test_a_mixture_activates_only_the_experts_in_use():
    mixture = model(model_type="mixtral", num_local_experts=8, num_experts_per_tok=2)
    wide = model(model_type="mixtral", num_local_experts=8, num_experts_per_tok=4)
    few, more = (estimate_memory(one, TrainingSetup(), "allocated").parts_gib["activations"] for one in (mixture, wide))
    assert few < more < 2 * few


def test_a_process_on_the_cpu_takes_nothing_of_a_gpus() -> None:
    parts = estimate_memory(LLAMA, TrainingSetup(), "process").parts_gib
    assert not {"overhead", "allocator slack", "context"} & set(parts)
    assert parts["process"] == PROCESS_GIB.mid
