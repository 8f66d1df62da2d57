"""What a run would do and take, before anything is run: the same for `aegis plan` and for the page."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from muster.aegis.checking import check_inputs
from muster.aegis.domain.estimates import CostEstimate, MemoryEstimate
from muster.aegis.domain.intent.fitting import fit_defaults
from muster.aegis.domain.intent.pinning import pin_revision
from muster.aegis.domain.intent.settling import Asked, Settled, spec_from
from muster.aegis.domain.intent.yaml_spec import YamlSpec
from muster.aegis.domain.preflight.input_facts import InputFacts
from muster.aegis.places import Places
from muster.aegis.profilers.cost import estimate_costs
from muster.aegis.profilers.offers import estimate_target
from muster.aegis.profilers.setups import setup_of
from muster.aegis.profilers.vram import estimate_memory
from muster.aegis.settings import AegisSettings, Options
from muster.aegis.tools.price_files import read_prices
from muster.aegis.tools.rules_intent_parser import RulesIntentParser
from muster.aegis.wiring import own_offers, plan_inputs, prices_folder, target_facts
from muster.core.clock import SystemClock
from muster.core.gates.questions import AnswerValue


@dataclass(frozen=True)
class Plan:
    """A whole spec, what was found in its inputs, and what it takes here and elsewhere."""

    settled: Settled
    inputs: InputFacts
    memory: MemoryEstimate | None
    here: CostEstimate | None
    gpus: tuple[CostEstimate, ...]
    """The cheapest firm offer of every GPU."""
    not_understood: tuple[str, ...]


def make_plan(
    words: str,
    settings: AegisSettings,
    *,
    yaml_spec: YamlSpec | None = None,
    answers: Mapping[str, AnswerValue] | None = None,
) -> Plan | Asked:
    """The plan, or what has to be answered first. `answers` are values by dotted path, and beat what else is said.

    Raises UsageError for what contradicts or is out of bounds.
    """
    intent = RulesIntentParser().parse(words)
    settled = spec_from(intent, yaml_spec, answers)
    if isinstance(settled, Asked):
        return settled
    looking = plan_inputs(settings)
    model = looking.model(settled.spec)
    settled = pin_revision(fit_defaults(settled, model), model)
    spec = settled.spec
    with ExitStack() as stack:
        places = Places(
            settings, Options(), Path(stack.enter_context(TemporaryDirectory(prefix="muster-plan-"))), stack
        )
        inputs = check_inputs(looking, spec, target_facts(settings, spec), places.executor)
    memory = estimate_memory(inputs.architecture, setup_of(spec)) if inputs.architecture else None
    return Plan(settled, inputs, memory, *_costs(settled, inputs, settings), intent.not_understood)


def _costs(
    settled: Settled, inputs: InputFacts, settings: AegisSettings
) -> tuple[CostEstimate | None, tuple[CostEstimate, ...]]:
    data, spec, today = inputs.data, settled.spec, SystemClock().now().date()
    if inputs.architecture is None or data.lengths is None:
        return None, ()
    offers = read_prices(prices_folder(settings)).offers
    here = estimate_target(spec, inputs.architecture, data, offers, own_offers(settings), today)
    every = estimate_costs(spec, inputs.architecture, data.kept, data.lengths, offers, today)
    firm = sorted((one for one in every if one.offer.firm), key=lambda one: one.usd.mid)
    cheapest = {one.offer.gpu: one for one in reversed(firm)}
    return here, tuple(sorted(cheapest.values(), key=lambda one: one.usd.mid))
