"""Makes `tiny-llama`: a Llama of 380 thousand weights that has learnt a little small talk, and a tokenizer of its own.

It knows how a conversation looks and where an answer ends, and nothing of the shop in support.jsonl: what it says of
that it has learnt from those rows. Small enough to be trained on a laptop's processor in seconds. The same seed gives
the same files on the same machine.

    python make_tiny_model.py FOLDER [SEED]
"""

import json
import os
import random
import sys
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

ROWS = Path(__file__).with_name("support.jsonl")
VOCABULARY = 512
SPECIAL = ("<pad>", "<s>", "</s>", "<|system|>", "<|user|>", "<|assistant|>")
CHAT_TEMPLATE = (
    "{{ bos_token }}"
    "{% for message in messages %}"
    "{% if message['role'] == 'assistant' %}"
    "<|assistant|>{% generation %}{{ message['content'] + eos_token }}{% endgeneration %}"
    "{% else %}{{ '<|' + message['role'] + '|>' + message['content'] }}{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)

STEPS, BATCH, RATE = 120, 16, 3e-3
NAMES = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Finn")
THINGS = ("apples", "boats", "cats", "drums", "eggs", "forks", "gloves", "hats")
COLOURS = ("red", "blue", "green", "white")
SMALL_TALK = (
    ("How are you, {name}?", "I am fine, thank you."),
    ("What is your name?", "My name is {name}."),
    ("Do you like {thing}?", "Yes. I like {thing}."),
    ("Which {thing} do you like?", "I like the {colour} {thing}."),
    ("Where is {name}?", "{name} is at home."),
    ("Say {colour}.", "{colour}"),
    ("Do you have {thing} for {name}?", "No. We have no {thing} today."),
    ("What does {name} want?", "{name} wants the {colour} {thing}."),
)
"""Of a world without the shop."""


def read_texts():
    """Every text of the rows."""
    rows = [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]
    return [turn["content"] for row in rows for turn in row["messages"]]


def small_talk(chance):
    """A question and its answer."""
    question, answer = chance.choice(SMALL_TALK)
    words = {"name": chance.choice(NAMES), "thing": chance.choice(THINGS), "colour": chance.choice(COLOURS)}
    turns = (("user", question), ("assistant", answer))
    return [{"role": role, "content": text.format(**words)} for role, text in turns]


def make_tokenizer(texts):
    """Byte-level BPE; the pad token is none of the others, so that a model can learn where a text ends."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        chat_template=CHAT_TEMPLATE,
        model_max_length=512,
    )


def make_model(tokenizer, seed):
    """Random weights: it knows nothing yet."""
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=96,
        intermediate_size=288,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        initializer_range=0.1,  # wide, so that an adapter on frozen embeddings can still grow sure of a word
        tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(config)


def teach(model, tokenizer, seed):
    """Small talk, whole conversations with their ends."""
    chance = random.Random(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE)
    slower = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, STEPS)
    for _ in range(STEPS):
        texts = [tokenizer.apply_chat_template(small_talk(chance), tokenize=False) for _ in range(BATCH)]
        batch = tokenizer(texts, padding=True, return_tensors="pt", add_special_tokens=False)
        labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
        model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], labels=labels).loss.backward()
        optimizer.step()
        slower.step()
        optimizer.zero_grad()


def main(folder, seed="17"):
    """Write both into the folder."""
    torch.set_num_threads(1)  # several would add up in an order of their own
    tokenizer = make_tokenizer(read_texts())
    model = make_model(tokenizer, int(seed))
    teach(model, tokenizer, int(seed))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    print(f"{folder}: {model.num_parameters():,} parameters, {len(tokenizer)} tokens")


if __name__ == "__main__":
    main(*sys.argv[1:])
