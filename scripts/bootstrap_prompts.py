"""Fill a new Langfuse project: every prompt of every agent, with one label. Safe to run again.

    python scripts/bootstrap_prompts.py --label development

The same as `muster prompts push --label development`; settings are read as by any command.
"""

import argparse

from muster.app.agents import AGENTS, SERVICE_PROMPTS
from muster.app.prompts import prompts_of
from muster.core.cli import run_cli
from muster.core.prompts.commands import push_prompts


def main() -> None:
    """Push all prompts to the label."""
    parser = argparse.ArgumentParser(description="Push every prompt to a label of Langfuse.")
    parser.add_argument("--label", default="development", help="development unless given")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done; change nothing")
    asked = parser.parse_args()
    push_prompts(prompts_of(AGENTS, *SERVICE_PROMPTS)(), None, asked.label, dry_run=asked.dry_run)


if __name__ == "__main__":
    run_cli(main)
