"""Settings and options in, context out: the only place that picks adapters."""

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from muster.aegis.context import Context, Prices
from muster.aegis.domain.preflight.target_facts import TargetFacts
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.executors.sandbox_planning import most_memory_mb
from muster.aegis.generators.template import TemplateGenerator
from muster.aegis.places import Places, training_python
from muster.aegis.ports import IntentParser
from muster.aegis.profilers.offers import Own
from muster.aegis.profilers.prices import cluster_offer, local_offer
from muster.aegis.prompt_uses import PROMPTS
from muster.aegis.settings import AegisSettings, Options
from muster.aegis.tools.disk_workspace import DiskWorkspace
from muster.aegis.tools.hub_client import HubClient
from muster.aegis.tools.hub_inputs import HubInputs
from muster.aegis.tools.hub_models import HubModels
from muster.aegis.tools.local_target import look_at_machine
from muster.aegis.tools.model_intent_parser import ModelIntentParser
from muster.aegis.tools.price_files import read_prices
from muster.aegis.tools.rules_intent_parser import RulesIntentParser
from muster.core.clock import SystemClock
from muster.core.console import make_console, visible
from muster.core.limits import Limits
from muster.core.llm.provider import build_model
from muster.core.prompts.opening import open_prompts


@contextmanager
def open_context(settings: AegisSettings, options: Options, run_id: str) -> Generator[Context]:
    """The ports of one run."""
    folder = settings.muster_home / "runs" / run_id
    with ExitStack() as stack:
        yield Context(
            parser=stack.enter_context(open_parser(settings, run_id)),
            inputs=HubInputs(hub_models(settings, _say_in_run)),
            look_at_target=partial(target_facts, settings),
            prices=Prices(read_prices(prices_folder(settings)).offers, own_offers(settings)),
            generator=TemplateGenerator(),
            executor=Places(settings, options, folder, stack).executor,
            workspace=DiskWorkspace(folder),
            clock=SystemClock(),
            limits=Limits(max_attempts=settings.aegis_max_retries),
            run_id=run_id,
        )


def hub_models(settings: AegisSettings, tell: Callable[[str], None]) -> HubModels:
    """The hub, and where its models are kept."""
    token = settings.hf_token.get_secret_value() if settings.hf_token else ""
    return HubModels(HubClient(settings.hf_endpoint, token), settings.muster_home / "models", tell)


def plan_inputs(settings: AegisSettings) -> HubInputs:
    """For a plan: of a hub's model its config and tokenizer alone are fetched."""
    console = make_console(stderr=True)
    return HubInputs(hub_models(settings, lambda line: console.print(visible(line), soft_wrap=True)), weights=False)


def _say_in_run(line: str) -> None:
    """To whoever watches the run."""
    from langgraph.config import get_stream_writer

    get_stream_writer()({"lines": [line]})


@contextmanager
def open_parser(settings: AegisSettings, run_id: str) -> Generator[IntentParser]:
    """Rules, and the model that is configured; rules alone where none is."""
    with open_prompts(settings, PROMPTS.folder, run_id) as prompts:
        rules, model = RulesIntentParser(), build_model(settings, settings.muster_home, prompts)
        yield ModelIntentParser(rules, model, prompts) if model else rules


def prices_folder(settings: AegisSettings) -> Path:
    """Where prices are kept that `aegis gpus --update` took."""
    return settings.muster_home / "aegis/prices"


def own_offers(settings: AegisSettings) -> Own:
    """This machine, and one's own cluster."""
    here = local_offer(most_memory_mb() / 1024, settings.aegis_usd_per_hour)
    cluster = cluster_offer(settings.aegis_remote_memory_mb / 1024, settings.aegis_nomad_usd_per_hour)
    return {"sandbox": here, "docker": here, "nomad": cluster}


def target_facts(settings: AegisSettings, spec: TrainingSpec) -> TargetFacts:
    """Of this machine where the spec runs here; of another place nothing is known beforehand.

    Raises SettingsError where nothing can train here.
    """
    if spec.target.executor != "sandbox":
        return TargetFacts(network=False)
    return look_at_machine(str(training_python(settings)), settings.muster_home)
