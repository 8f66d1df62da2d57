"""`python -m muster.nomad.embedded --home DIR`: the embedded cluster as a process."""

import argparse
import sys
from pathlib import Path

from muster.core.errors import MusterError
from muster.nomad.embedded.detaching import run_detached
from muster.nomad.embedded.server import Options, serve


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m muster.nomad.embedded", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder of the journal and of embedded.json")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--images", type=Path, help="YAML: how images behave, before the packaged ones")
    parser.add_argument("--nodes", type=Path, help="YAML: the machines, at a home's first start")
    parser.add_argument("--real-time", action="store_true", help="time runs with the wall clock")
    parser.add_argument("--idle-exit", type=float, default=0, metavar="SECONDS", help="end when nobody asked for long")
    parser.add_argument("--acl", action="store_true", help="requests need tokens, at a home's first start")
    parser.add_argument("--detach", action="store_true", help="go on in the background; return when it is ready")
    return parser.parse_args(arguments)


def main() -> int:
    """Run the cluster; returns the exit code."""
    said = parse(sys.argv[1:])
    options = Options(said.home, said.port, said.images, said.nodes, said.real_time, said.idle_exit, said.acl)
    if said.detach:
        return run_detached(lambda: _serve(options), said.home / "embedded.json")
    return _serve(options)


def _serve(options: Options) -> int:
    try:
        serve(options)
    except MusterError as error:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
