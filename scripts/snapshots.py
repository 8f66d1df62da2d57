"""Write the expected spec of every example, as `nomad-spec generate --explain` makes it; read the diff afterwards."""

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "nomad"
NOMAD_SPEC = Path(sys.executable).with_name("nomad-spec")


def main() -> None:
    """One file an example: `expected.nomad.hcl`."""
    for folder in sorted(path for path in EXAMPLES.iterdir() if path.is_dir()):
        argv = [NOMAD_SPEC, "generate", folder.name, "--no-questions", "--explain", "-o", folder / "expected.nomad.hcl"]
        answers = folder / "answers.yaml"
        subprocess.run([*argv, *(["--answers", answers] if answers.is_file() else [])], cwd=EXAMPLES, check=True)


if __name__ == "__main__":
    main()
