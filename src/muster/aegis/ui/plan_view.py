"""A plan on the page: what it takes, on which GPU, and what was found in the rows."""

import streamlit as st

from muster.aegis.domain.account import spec_yaml
from muster.aegis.domain.estimates import CostEstimate
from muster.aegis.domain.shown import cost_line, data_lines, dollars, memory_lines, problem_lines, sample_lines, span
from muster.aegis.planning import Plan
from muster.aegis.profilers.cost import cheapest_that_fits, fastest_under
from muster.aegis.ui.plain import say, show_lines, shown

_FITS = {"yes": "yes", "tight": "may not", "no": "no"}
_BEST = {"cheapest": "the cheapest that fits", "fastest": "the fastest in the budget"}


def show_plan(plan: Plan) -> None:
    """Everything but the form."""
    if plan.not_understood:
        st.warning("Not all of it was understood; the run is going to ask about:")
        show_lines(plan.not_understood)
    if plan.inputs.errors:
        st.error("It would be refused before anything is spent.")
    show_lines(problem_lines(plan.inputs.all_problems))
    takes, gpus, rows, text = st.tabs(["What it takes", "GPUs", "Rows", "YAML"])
    with takes:
        _show_estimates(plan)
    with gpus:
        _show_gpus(plan)
    with rows:
        _show_rows(plan)
    with text:
        st.code(shown(spec_yaml(plan.settled.spec)), language="yaml")


def _show_estimates(plan: Plan) -> None:
    if plan.memory:
        show_lines(memory_lines(plan.memory))
        parts = [{"part": name, "GiB": round(gib, 3)} for name, gib in plan.memory.parts_gib.items()]
        st.dataframe(parts, hide_index=True)
    if plan.here:
        show_lines([cost_line(plan.here)])
    if not (plan.memory or plan.here):
        say("Nobody can say: the model can't be counted, or no row is left.")


def _show_gpus(plan: Plan) -> None:
    best = {
        "cheapest": cheapest_that_fits(plan.gpus),
        "fastest": fastest_under(plan.gpus, plan.settled.spec.budget.max_usd),
    }
    show_lines(f"{_BEST[name]}: {cost_line(one)}" for name, one in best.items() if one)
    marks = [", ".join(name for name, chosen in best.items() if chosen is one) for one in plan.gpus]
    st.dataframe([_gpu_row(one, mark) for one, mark in zip(plan.gpus, marks, strict=True)], hide_index=True)


def _gpu_row(cost: CostEstimate, mark: str) -> dict[str, str]:
    return {
        "best": mark,
        "gpu": shown(f"{cost.gpus} x {cost.offer.gpu}" if cost.gpus > 1 else cost.offer.gpu),
        "of": shown(cost.offer.provider),
        "GiB": f"{cost.offer.memory_gib:g}",
        "fits": _FITS[cost.fits],
        "time": span(cost.seconds, "s"),
        "dollars": dollars(cost.usd),
        "price": shown(cost.stale) or f"of {shown(cost.offer.date)}",
    }


def _show_rows(plan: Plan) -> None:
    show_lines(data_lines(plan.inputs.data))
    if plan.inputs.data.samples:
        say("What is learnt stands in brackets:")
        show_lines(line for one in plan.inputs.data.samples for line in sample_lines(one))
