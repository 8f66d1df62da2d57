import json
from pathlib import Path

import pytest

from muster.aegis.domain.architecture import Architecture, UnreadableConfig
from muster.aegis.profilers.architectures import read_architecture

COUNTED = json.loads((Path(__file__).parent / "counted_models.json").read_text())
"""Tiny configs, and the parameters of the same model built by transformers 5.23 on the meta device."""

SMALL = {
    "model_type": "llama", "hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4,
    "intermediate_size": 160, "vocab_size": 500,
}  # fmt: skip


def llama(hidden: int, layers: int, heads: int, kv_heads: int, width: int, vocab: int, **more: object):
    return {
        "model_type": "llama", "hidden_size": hidden, "num_hidden_layers": layers, "num_attention_heads": heads,
        "num_key_value_heads": kv_heads, "intermediate_size": width, "vocab_size": vocab, **more,
    }  # fmt: skip


PUBLISHED = {
    "Llama 2 7B": (llama(4096, 32, 32, 32, 11008, 32000), 6_738_415_616),
    "Llama 3 8B": (llama(4096, 32, 32, 8, 14336, 128256), 8_030_261_248),
    "Llama 3.2 1B": (llama(2048, 16, 32, 8, 8192, 128256, tie_word_embeddings=True), 1_235_814_400),
    "Mistral 7B": (llama(4096, 32, 32, 8, 14336, 32000, model_type="mistral"), 7_241_732_096),
    "Gemma 7B": (llama(3072, 28, 16, 16, 24576, 256000, model_type="gemma"), 8_537_680_896),
    "Qwen3 0.6B": (
        llama(1024, 28, 16, 8, 3072, 151936, model_type="qwen3", head_dim=128, tie_word_embeddings=True),
        596_049_920,
    ),
    "Phi-2": (llama(2560, 32, 32, 32, 10240, 51200, model_type="phi"), 2_779_683_840),
    "Mixtral 8x7B": (llama(4096, 32, 32, 8, 14336, 32000, model_type="mixtral"), 46_702_792_704),
}


def read(config: dict[str, object]) -> Architecture:
    found = read_architecture(config)
    assert isinstance(found, Architecture), found
    return found


def refused(config: dict[str, object]) -> UnreadableConfig:
    found = read_architecture(config)
    assert isinstance(found, UnreadableConfig)
    return found


@pytest.mark.parametrize(
    ("config", "params"), COUNTED, ids=[f"{n}-{one[0]['model_type']}" for n, one in enumerate(COUNTED)]
)
def test_a_count_is_what_the_built_model_has(config, params):
    assert read(config).params == params


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_count_is_the_published_one(name):
    config, params = PUBLISHED[name]
    assert read(config).params == params


def test_tied_embeddings_count_once():
    assert read(SMALL).params - read({**SMALL, "tie_word_embeddings": True}).params == 500 * 64


def test_gemma_ties_its_embeddings_where_the_file_is_silent():
    assert read({**SMALL, "model_type": "gemma"}).tied_embeddings


def test_gemmas_heads_are_wider_than_its_share_of_the_hidden_state():
    assert read({**SMALL, "model_type": "gemma"}).head_dim == 256


def test_a_nested_text_config_is_the_decoder():
    assert read({"model_type": "llava", "text_config": SMALL, "vision_config": {"hidden_size": 9}}) == read(SMALL)


def test_the_outer_files_tie_goes_to_the_nested_config():
    assert read({"model_type": "llava", "text_config": SMALL, "tie_word_embeddings": True}).tied_embeddings


def test_gemma3s_sparse_text_config_takes_the_familys_defaults():
    inner = {"model_type": "gemma3_text", "hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 34}
    assert read({"model_type": "gemma3", "text_config": inner}).params == 3_880_263_168


def test_a_token_passes_only_the_experts_it_is_sent_to():
    mixture = read(PUBLISHED["Mixtral 8x7B"][0])
    assert 12e9 < mixture.active_params < 13e9


def test_missing_sizes_are_told_together():
    assert refused({"model_type": "llama", "hidden_size": 64}).missing == (
        "num_attention_heads|n_head", "num_hidden_layers|n_layer", "vocab_size", "intermediate_size|n_inner|ffn_hidden_size",
    )  # fmt: skip


def test_an_unknown_family_is_told_with_what_is_missing():
    answer = refused({"model_type": "mamba", "hidden_size": 64})
    assert "mamba" in answer.reason
    assert "vocab_size" in answer.missing


HOSTILE = {
    "text": "64", "float": 64.0, "zero": 0, "negative": -1, "true": True, "list": [1], "huge": 10**5000, "infinite": float("inf"),
}  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("key", ["hidden_size", "num_attention_heads", "num_hidden_layers", "vocab_size", "head_dim"])
def test_an_impossible_size_is_named_not_raised(key, value):
    assert any(told.startswith(key) for told in refused({**SMALL, key: value}).wrong)


@pytest.mark.parametrize("model_type", [None, 7, ["llama"], {"a": 1}, "", "x" * 10_000])
def test_a_model_type_that_is_none_is_told_briefly(model_type):
    assert len(refused({**SMALL, "model_type": model_type}).reason) < 500


def test_sizes_that_together_make_an_impossible_model_are_refused():
    assert "no model" in refused({**SMALL, "hidden_size": 10**8, "num_hidden_layers": 10**8}).reason


def test_an_empty_config_is_refused():
    assert refused({}).missing
