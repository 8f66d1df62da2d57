"""`python -m muster.nomad.embedded --home DIR`: the embedded cluster as a process."""

import argparse
import sys
from pathlib import Path

from muster.core.errors import MusterError
from muster.nomad.embedded.server import Options, serve


def parse(arguments: list[str]) -> Options:
    """The command line as options."""
    parser = argparse.ArgumentParser(prog="python -m muster.nomad.embedded", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder of the journal and of embedded.json")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--images", type=Path, help="YAML: how images behave, before the packaged ones")
    parser.add_argument("--nodes", type=Path, help="YAML: the machines, at a home's first start")
    parser.add_argument("--real-time", action="store_true", help="time runs with the wall clock")
    parser.add_argument("--idle-exit", type=float, default=0, metavar="SECONDS", help="end when nobody asked for long")
    found = parser.parse_args(arguments)
    return Options(found.home, found.port, found.images, found.nodes, found.real_time, found.idle_exit)


def main() -> int:
    """Run the cluster; returns the exit code."""
    try:
        serve(parse(sys.argv[1:]))
    except MusterError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
