"""Runs scripts in forks of one process that has imported what they import: an import costs seconds, a run not.

Standard input: a folder and a script's name a line (`FOLDER SCRIPT`). Standard output: `PID` when it runs, and its exit
status when it is over, a line each. The script's own output goes into FOLDER/log.
"""

import os
import runpy
import sys

os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")

import datasets  # noqa: F401
import peft  # noqa: F401
import torch
import transformers  # noqa: F401
from transformers import Trainer  # noqa: F401
from trl import DPOTrainer, SFTTrainer  # noqa: F401

torch.set_num_threads(1)


def run(folder: str, script: str) -> None:
    os.chdir(folder)
    log = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    sys.argv = [script]
    runpy.run_path(script, run_name="__main__")


for line in sys.stdin:
    child = os.fork()
    if child == 0:
        run(*line.rstrip("\n").split("\t"))
        sys.exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
