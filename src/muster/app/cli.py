"""`muster`: the umbrella command. It parses and hands over; imports wait until a command runs."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from muster.app.agents import SERVICE_PROMPTS
from muster.app.prompts import prompts_of
from muster.core.cli import run_cli
from muster.core.prompts.command_line import prompt_app

RunId = Annotated[str, typer.Argument(metavar="ID", help="As `muster runs list` shows it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class CostsBy(StrEnum):
    """What costs are added up by."""

    run = "run"
    agent = "agent"
    model = "model"
    day = "day"


def build_app(agents: Mapping[str, str]) -> typer.Typer:
    """The command line over these agents (name -> module)."""
    app = typer.Typer(
        help="Agents that act on real infrastructure. No run counts until it passes muster.",
        no_args_is_help=True,
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.add_typer(_runs_app(agents), name="runs")
    app.add_typer(
        prompt_app(prompts_of(agents, *SERVICE_PROMPTS), "The prompts of all agents, here and in Langfuse."),
        name="prompts",
    )
    _add_sums(app)

    @app.command()
    def doctor(as_json: AsJson = False) -> None:
        """Check settings and services of every agent."""
        from muster.app.doctor import examine

        examine(agents, as_json=as_json)

    @app.command()
    def version() -> None:
        """Print the version."""
        from muster.core.version import muster_version

        typer.echo(f"muster {muster_version()}")

    return app


def _add_sums(app: typer.Typer) -> None:
    """The commands that add up what all runs have written down."""

    @app.command()
    def costs(
        by: Annotated[CostsBy, typer.Option("--by", help="run, agent, model or day (in UTC).")] = CostsBy.run,
        as_json: AsJson = False,
    ) -> None:
        """What the models of all runs used and cost."""
        from muster.app.costs import show_costs

        show_costs(by.value, as_json=as_json)

    @app.command()
    def metrics() -> None:
        """Print what Prometheus is told: runs, steps, tokens, dollars."""
        from muster.app.metrics import print_metrics

        print_metrics()


def main() -> None:
    """The entry point `muster`."""
    from muster.app.agents import AGENTS

    run_cli(build_app(AGENTS))


def _runs_app(agents: Mapping[str, str]) -> typer.Typer:
    runs = typer.Typer(help="List, show, resume and report runs.", no_args_is_help=True, rich_markup_mode=None)

    @runs.command("list")
    def list_all(as_json: AsJson = False) -> None:
        """All runs, oldest first."""
        from muster.app.runs import list_runs

        list_runs(as_json=as_json)

    @runs.command()
    def show(run_id: RunId, as_json: AsJson = False) -> None:
        """One run, and what can be done with it."""
        from muster.app.runs import show_run

        show_run(run_id, as_json=as_json)

    @runs.command()
    def report(run_id: RunId) -> None:
        """Print the report of a run."""
        from muster.app.runs import report_run

        report_run(run_id, agents)

    @runs.command()
    def resume(
        run_id: RunId,
        answers: Annotated[Path | None, typer.Option(help="YAML file of answers, by question id.")] = None,
        no_questions: Annotated[bool, typer.Option("--no-questions", help="Take defaults, ask nothing.")] = False,
        verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show each step.")] = False,
    ) -> None:
        """Go on with a run: at its question, or after a crash or an error."""
        from muster.app.runs import resume_run

        resume_run(run_id, agents, answers=answers, ask=not no_questions, verbose=verbose)

    return runs
