"""The spec that `aegis init` writes: what most trainings change, each with its meaning and its default."""

STARTER = """\
# A training spec of aegis. A key that is left out has its default, which `aegis plan FILE` shows with its reason.
name: support-bot

model: tiny-llama                # a folder with config.json, weights and tokenizer
data:
  path: examples/aegis/support.jsonl   # JSON lines, JSON, CSV or Parquet
  format: auto                   # or alpaca, sharegpt, messages, prompt_completion, preference, text
  eval_share: 0.1                # held out for the evaluation, unless eval_path names a file

method: lora                     # full: every weight; qlora: a 4-bit base, needs a GPU
objective: sft                   # dpo: rows with chosen and rejected answers
lora:
  rank: 16
  # alpha: 32                    # twice the rank unless it is said

optimization:
  micro_batch: 4                 # rows in memory at once; times accumulation is one step
  accumulation: 4
  epochs: 3.0                    # max_steps: N wins over it
  # learning_rate: 2.0e-4        # unless it is said, it follows from method and model

shape:
  # seq_len: 1024                # tokens of a row at most; unless it is said, no more than the model's positions
  packing: false
  gradient_checkpointing: false
  precision: auto                # bf16, fp16 or fp32

target:
  executor: sandbox              # or docker, modal, nomad
  gpu: cpu                       # a name of `aegis gpus`
  gpus: 1
  # memory_mb: 8000              # main memory of the job

evaluation:
  enabled: true
  canaries: 0                    # made-up secrets among the rows, to see what is learnt by heart
  thresholds:
    max_perplexity_ratio: 1.0    # after over before, on rows that were held out

budget:
  soft_usd: 1.0                  # up to here nobody is asked
  max_usd: 2.0                   # over all attempts together; a run is stopped before it passes this

saving:
  form: adapter                  # or merged
  checkpoint_steps: 50
  keep_checkpoints: 2
  # resume_from: FOLDER          # a checkpoint of another run to go on from

seed: 17
"""
