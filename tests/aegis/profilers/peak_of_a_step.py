"""Prints the bytes that real training steps take at their peak: a request as JSON in, a number out.

Run by the environment that trains, with `MALLOC` set, so that memory which is freed is given back at once. The process's
own share (Python, torch, its threads) is taken off: what it holds after a step of a tiny model.
"""

import gc
import json
import sys
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

torch.set_num_threads(1)
STEPS = 3
TINY = {"vocab_size": 64, "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 1}


def status(name):
    """Bytes of `/proc/self/status`."""
    (line,) = (one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024


def train(config, method, rank, batch, seq_len):
    """Steps as Trainer takes them: forward, backward, AdamW, gradients set to none."""
    torch.manual_seed(17)
    model = LlamaForCausalLM(LlamaConfig(**config, use_cache=False))
    if method == "lora":
        model = get_peft_model(model, LoraConfig(r=rank, target_modules="all-linear", task_type="CAUSAL_LM"))
    optimizer = torch.optim.AdamW([one for one in model.parameters() if one.requires_grad])
    for _ in range(STEPS):
        ids = torch.randint(0, config["vocab_size"], (batch, seq_len))
        model(input_ids=ids, labels=ids).loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)


asked = json.loads(sys.argv[1])
for method in ("full", "lora"):
    train(TINY, method, 2, 1, 8)
gc.collect()
Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
before = status("VmRSS")
train(**asked)
print(status("VmHWM") - before)
