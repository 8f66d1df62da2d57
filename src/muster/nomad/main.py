"""The command line of nomad-spec: parses, and hands over. Nothing heavy is imported before a command runs."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from muster.core.cli import run_cli
from muster.core.errors import UsageError
from muster.core.extras import require
from muster.nomad.conventions_cli import conventions_app
from muster.nomad.doctor_cli import doctor
from muster.nomad.embedded_cli import embedded_app
from muster.nomad.mcp_cli import mcp
from muster.nomad.memory_cli import memory_app

app = typer.Typer(
    name="nomad-spec",
    help="Point it at a code repository: it writes a Nomad job, deploys it, watches it and repairs it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: importing rich would double the start-up
)
graph_app = typer.Typer(help="The graph that a run walks.", no_args_is_help=True)
app.add_typer(graph_app, name="graph")
app.add_typer(embedded_app, name="embedded")
app.add_typer(conventions_app, name="conventions")
app.add_typer(memory_app, name="memory")
app.command()(doctor)
app.command()(mcp)
EXTRA_MODULES = ("detect_secrets", "dockerfile", "hvac", "pathspec", "pygohcl", "starlette", "uvicorn")


class Format(StrEnum):
    """What `generate` writes."""

    hcl = "hcl"
    json = "json"


class Profile(StrEnum):
    """Who reads what `generate` writes."""

    nomad = "nomad"
    terraform = "terraform"


class Secrets(StrEnum):
    """In which form secrets are read."""

    auto = "auto"
    native = "native"
    template = "template"
    nomad_variables = "nomad-variables"


Source = Annotated[str | None, typer.Argument(metavar="PATH", help="A folder or a git URL.", show_default=False)]
PathOption = Annotated[str | None, typer.Option("--path", help="The same as PATH.", show_default=False)]
Prompt = Annotated[
    str, typer.Option("-p", "--prompt", help="Wishes in plain English: '2 replicas on port 80 with 1 GB'.")
]
Answers = Annotated[Path | None, typer.Option(help="A YAML file with answers by question id.", show_default=False)]
NoQuestions = Annotated[bool, typer.Option("--no-questions", help="Take every default; refuse where none is safe.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Show each step.")]
ClusterId = Annotated[
    str | None, typer.Option("--cluster", metavar="ID", help="Read .env.ID instead of .env.", show_default=False)
]
Embedded = Annotated[bool, typer.Option("--embedded", help="Use the embedded cluster instead of NOMAD_ADDR.")]
Images = Annotated[Path | None, typer.Option(help="Behaviour of images on the embedded cluster.", show_default=False)]
RouteConflict = Annotated[
    str,
    typer.Option("--allow-route-conflict", metavar="REASON", help="Take a route that another job has, and say why."),
]
Nodes = Annotated[Path | None, typer.Option(help="Nodes of the embedded cluster, a YAML file.", show_default=False)]
SecretFormat = Annotated[
    Secrets, typer.Option("--secret-format", help="How secrets are read; auto: the best that the cluster's Nomad has.")
]
NoMemory = Annotated[bool, typer.Option("--no-memory", help="Neither recall nor remember anything in this run.")]
SkipInfraCheck = Annotated[bool, typer.Option("--skip-infra-check", help="Do not look at the services before the run.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def check_installation() -> None:
    """Say what is missing before a command fails half way."""
    require("nomad", *EXTRA_MODULES)


@app.command()
def generate(
    path: Source = None,
    path_option: PathOption = None,
    prompt: Prompt = "",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write here; otherwise, or for -, print.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="HCL, or the API's JSON.")] = Format.hcl,
    profile: Annotated[
        Profile, typer.Option("--profile", help="A job for Nomad, or a template for Terraform.")
    ] = Profile.nomad,
    variables: Annotated[
        bool, typer.Option("--variables", help="HCL2 variables for image tags, counts and datacenters.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say beside each value why it is there.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show how FILE would change; write nothing.")] = False,
    secret_format: SecretFormat = Secrets.auto,
    answers: Answers = None,
    no_questions: NoQuestions = False,
    skip_infra_check: SkipInfraCheck = False,
    no_memory: NoMemory = False,
    verbose: Verbose = False,
) -> None:
    """Write the job for a repository, and stop. Never talks to a cluster."""
    from muster.nomad.commands import Call, generate_job, pick_form
    from muster.nomad.settings import SpecTarget

    call = Call(
        source=_source(path, path_option),
        prompt=prompt,
        answers=answers,
        ask=not no_questions,
        skip_infra_check=skip_infra_check,
        no_memory=no_memory,
        verbose=verbose,
    )
    file = None if output in (None, Path("-")) else str(output)
    chosen = pick_form(json=form is Format.json, terraform=profile is Profile.terraform, variables=variables)
    target = SpecTarget(file=file, form=chosen, explain=explain, dry_run=dry_run)
    generate_job(call, target, secret_format=secret_format.value)


@app.command()
def deploy(
    path: Source = None,
    path_option: PathOption = None,
    prompt: Prompt = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Stop at the plan; the same as `plan`.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave a job that failed for good on the cluster.")] = False,
    embedded: Embedded = False,
    images: Images = None,
    nodes: Nodes = None,
    cluster: ClusterId = None,
    secret_format: SecretFormat = Secrets.auto,
    allow_route_conflict: RouteConflict = "",
    answers: Answers = None,
    no_questions: NoQuestions = False,
    skip_infra_check: SkipInfraCheck = False,
    no_memory: NoMemory = False,
    verbose: Verbose = False,
) -> None:
    """Write the job, deploy it, watch it until it is healthy, and repair it at most three times."""
    from muster.nomad.commands import Call, cluster_options, run_to_the_end

    call = Call(
        source=_source(path, path_option),
        prompt=prompt,
        answers=answers,
        ask=not no_questions,
        skip_infra_check=skip_infra_check,
        no_memory=no_memory,
        verbose=verbose,
    )
    options = cluster_options(
        embedded=embedded,
        images=images,
        nodes=nodes,
        cluster_id=cluster,
        keep=keep,
        secret_format=secret_format.value,
        allow_route_conflict=allow_route_conflict,
    )
    run_to_the_end(call, options, goal="plan" if dry_run else "healthy")


@app.command()
def plan(
    path: Source = None,
    path_option: PathOption = None,
    prompt: Prompt = "",
    embedded: Embedded = False,
    images: Images = None,
    nodes: Nodes = None,
    cluster: ClusterId = None,
    secret_format: SecretFormat = Secrets.auto,
    allow_route_conflict: RouteConflict = "",
    answers: Answers = None,
    no_questions: NoQuestions = False,
    skip_infra_check: SkipInfraCheck = False,
    no_memory: NoMemory = False,
    verbose: Verbose = False,
) -> None:
    """Write the job and show what registering it would change. Changes nothing."""
    deploy(
        path,
        path_option,
        prompt,
        dry_run=True,
        embedded=embedded,
        images=images,
        nodes=nodes,
        cluster=cluster,
        secret_format=secret_format,
        allow_route_conflict=allow_route_conflict,
        answers=answers,
        no_questions=no_questions,
        skip_infra_check=skip_infra_check,
        no_memory=no_memory,
        verbose=verbose,
    )


@app.command()
def analyze(path: Source = None, path_option: PathOption = None, as_json: Json = False) -> None:
    """Show what the repository says, with file, line and reason."""
    from muster.nomad.inspections import show_analysis

    show_analysis(_source(path, path_option), as_json=as_json)


@app.command()
def validate(
    files: Annotated[list[Path], typer.Argument(help="Job files.", show_default=False)],
    fix: Annotated[bool, typer.Option("--fix", help="Translate habits of HCL1: show the diff, ask, write.")] = False,
    no_questions: NoQuestions = False,
    as_json: Json = False,
) -> None:
    """Check job files offline, with HashiCorp's own parser and the schema of Nomad's blocks."""
    from muster.nomad.inspections import validate_files

    validate_files(files, as_json=as_json, fix=fix, ask=not no_questions)


@app.command()
def verify(
    job: Annotated[str, typer.Argument(help="The id of a registered job.", show_default=False)],
    embedded: Embedded = False,
    cluster: ClusterId = None,
    as_json: Json = False,
) -> None:
    """Watch a registered job until it is healthy or has failed, and say why."""
    from muster.nomad.commands import cluster_options
    from muster.nomad.inspections import verify_registered

    verify_registered(job, cluster_options(embedded=embedded, cluster_id=cluster), as_json=as_json)


@app.command()
def version() -> None:
    """Print the version."""
    from muster.core.version import muster_version

    typer.echo(f"nomad-spec {muster_version()}")


@graph_app.command("display")
def display_graph(
    no_deployment: Annotated[bool, typer.Option("--no-deployment", help="The part that `generate` walks.")] = False,
) -> None:
    """Print the graph as Mermaid text."""
    from muster.nomad.graph import build_graph

    typer.echo(build_graph(deployment=not no_deployment).compile().get_graph().draw_mermaid())


def main() -> None:
    """Entry point `nomad-spec`."""
    run_cli(app)


def _source(path: str | None, option: str | None) -> str:
    match path, option:
        case None, None:
            raise UsageError("no repository given", advice="Give a folder or a git URL: nomad-spec generate PATH")
        case str(), str() if path != option:
            raise UsageError(f"two repositories given: {path} and --path {option}", advice="Give one of them.")
        case _:
            return path or option or ""
