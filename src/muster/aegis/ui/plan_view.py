"""A plan on the page: what it takes, on which GPU, and what was found in the rows."""

import streamlit as st

from muster.aegis.domain.account import spec_yaml
from muster.aegis.domain.shown import cost_line, data_lines, memory_lines, problem_lines, sample_lines
from muster.aegis.planning import Plan, upper_ends
from muster.aegis.profilers.gpu_table import HEADS
from muster.aegis.ui.plain import say, show_lines, shown

_BEST = {"cheapest": "the cheapest that fits", "fastest": "the fastest in the budget"}


def show_plan(plan: Plan) -> None:
    """Everything but the form."""
    if plan.not_understood:
        st.warning("Not all of it was understood; the run is going to ask about:")
        show_lines(plan.not_understood)
    show_lines(f"left out of the model's reading: {one}" for one in plan.left_out)
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
        show_lines([cost_line(plan.here), upper_ends(plan)])
    if not (plan.memory or plan.here):
        say("Nobody can say: the model can't be counted, or no row is left.")


def _show_gpus(plan: Plan) -> None:
    rows = plan.table
    show_lines(f"{_BEST[name]}: {cost_line(row.cost)}" for name in _BEST for row in rows if name in row.best)
    st.dataframe([dict(zip(HEADS, map(shown, row.cells), strict=True)) for row in rows], hide_index=True)


def _show_rows(plan: Plan) -> None:
    show_lines(data_lines(plan.inputs.data))
    if plan.inputs.data.samples:
        say("What is learnt stands in brackets:")
        show_lines(line for one in plan.inputs.data.samples for line in sample_lines(one))
