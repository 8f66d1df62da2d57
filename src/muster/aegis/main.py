"""The command line of aegis: parses, and hands over. Nothing heavy is imported before a command runs."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from muster.core.cli import run_cli
from muster.core.extras import require

app = typer.Typer(
    name="aegis",
    help="Fine-tunes a model within a budget, in a sandbox, and evaluates what came out against the base.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: importing rich would double the start-up
)
EXTRA_MODULES = ("jinja2", "matplotlib", "numpy", "tokenizers")


class YesNo(StrEnum):
    """A switch that is on where nothing is said."""

    yes = "yes"
    no = "no"


Asked = Annotated[
    list[str], typer.Argument(metavar="WORDS|SPEC.yaml", help="Plain English, a spec, or both.", show_default=False)
]
NoSandbox = Annotated[
    bool, typer.Option("--no-sandbox", help="Run trainings as this user, with no sandbox around them.")
]
Answers = Annotated[Path | None, typer.Option(help="A YAML file with answers by question id.", show_default=False)]
NoQuestions = Annotated[bool, typer.Option("--no-questions", help="Take every default; refuse where none is safe.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Show each step.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def check_installation() -> None:
    """Say what is missing before a command fails half way."""
    require("aegis", *EXTRA_MODULES)


@app.command()
def run(
    asked: Asked,
    no_sandbox: NoSandbox = False,
    answers: Answers = None,
    no_questions: NoQuestions = False,
    verbose: Verbose = False,
) -> None:
    """Train within the budget, evaluate against the base, and repair what can be at most three times."""
    from muster.aegis.commands import run_training

    run_training(asked, no_sandbox=no_sandbox, answers=answers, ask=not no_questions, verbose=verbose)


@app.command(name="eval")
def evaluate(
    asked: Annotated[
        list[str],
        typer.Argument(metavar="RUN|SPEC.yaml|WORDS", help="A run, or what was trained on what.", show_default=False),
    ],
    artefact: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="What a training saved.", show_default=False)
    ] = None,
    no_sandbox: NoSandbox = False,
    answers: Answers = None,
    no_questions: NoQuestions = False,
    verbose: Verbose = False,
) -> None:
    """Evaluate a saved artefact against its base, and train nothing. A run's again: `eval RUN [CHANGES.yaml]`."""
    from muster.aegis.commands import evaluate_artefact

    evaluate_artefact(asked, artefact, no_sandbox=no_sandbox, answers=answers, ask=not no_questions, verbose=verbose)


@app.command()
def resume(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="The run's id.", show_default=False)],
    answers: Answers = None,
    no_questions: NoQuestions = False,
    verbose: Verbose = False,
) -> None:
    """Go on with a run that waits or was interrupted: the same as `muster runs resume RUN`."""
    from muster.aegis.commands import resume_training

    resume_training(run_id, answers=answers, ask=not no_questions, verbose=verbose)


@app.command()
def plan(
    asked: Asked,
    script: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the script that would train.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the spec, the rows, memory and cost with their bounds, and which GPU fits. Runs nothing."""
    from muster.aegis.inspections import show_plan

    show_plan(asked, script, as_json=as_json)


@app.command()
def init(file: Annotated[Path, typer.Argument(help="The file to write.")] = Path("aegis.yaml")) -> None:
    """Write a commented spec to begin with."""
    from muster.aegis.inspections import start_spec

    start_spec(file)


@app.command()
def diagnose(
    file: Annotated[Path, typer.Argument(help="The log of a training.", show_default=False)],
    exit_status: Annotated[
        int | None,
        typer.Option(min=-255, max=255, help="How it ended; 137 for a kill, -9 likewise.", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say why a training failed: its class, what shows it, and what to do."""
    from muster.aegis.inspections import diagnose_file

    diagnose_file(file, exit_status, as_json=as_json)


@app.command()
def gpus(
    update: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Take in a JSON list of prices first.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what GPUs cost, by provider, tier and date."""
    from muster.aegis.inspections import show_gpus

    show_gpus(update, as_json=as_json)


@app.command()
def report(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="The run's id.", show_default=False)],
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Copy the page to this file.", show_default=False)
    ] = None,
    opened: Annotated[
        YesNo, typer.Option("--open", help="Open the page in a browser, where this is a terminal.")
    ] = YesNo.yes,
) -> None:
    """Show where the report of a run lies: REPORT.md, the page with its curves, the model card."""
    from muster.aegis.report_command import show_report

    show_report(run_id, html, browse=opened is YesNo.yes)


@app.command()
def ui(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Of this machine: nobody else reaches it.")] = 8501,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser.")] = False,
) -> None:
    """Chat, plan, begin, answer and watch runs in the browser."""
    require("ui", "streamlit")
    from muster.aegis.ui.launch import serve

    serve(port, browser=not no_browser)


@app.command()
def version() -> None:
    """Print the version."""
    from muster.core.version import muster_version

    typer.echo(f"aegis {muster_version()}")


def main() -> None:
    """Entry point `aegis`."""
    run_cli(app)
