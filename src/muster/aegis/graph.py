"""aegis, read top to bottom.

intent -> inputs -> cost -> budget -> script -> training -> evaluation -> report, and back to the cost for every repair.
Of a given artefact the evaluation alone.
"""

from langgraph.graph import END, START, StateGraph

from muster.aegis.context import Context
from muster.aegis.edges import (
    after_ask_intent,
    after_ask_repair,
    after_budget_gate,
    after_diagnose_attempt,
    after_estimate_cost,
    after_eval_gate,
    after_generate_code,
    after_parse_intent,
    after_preflight_inputs,
    after_prepare_evals,
    after_prepare_launch,
    after_remediate_spec,
)
from muster.aegis.nodes.budget import budget_gate
from muster.aegis.nodes.diagnose import ask_repair, diagnose_attempt
from muster.aegis.nodes.estimate import estimate_cost
from muster.aegis.nodes.generate import generate_code
from muster.aegis.nodes.intent import ask_intent, parse_intent
from muster.aegis.nodes.judge import eval_gate, write_report
from muster.aegis.nodes.preflight import preflight_inputs
from muster.aegis.nodes.prepare import prepare_evals, prepare_launch
from muster.aegis.nodes.remediate import remediate_spec
from muster.aegis.nodes.run import follow_training, launch_training, run_evals
from muster.aegis.state import State


def build_graph() -> StateGraph[State, Context]:
    """The whole graph."""
    graph = StateGraph(State, context_schema=Context)
    _add_spending(graph)
    _add_training(graph)
    graph.add_node(write_report)
    graph.add_edge("write_report", END)
    return graph


def _add_spending(graph: StateGraph[State, Context]) -> None:
    """All that is before money is spent."""
    graph.add_node(parse_intent)
    graph.add_node(ask_intent)
    graph.add_node(preflight_inputs)
    graph.add_node(estimate_cost)
    graph.add_node(budget_gate)
    graph.add_node(generate_code)

    graph.add_edge(START, "parse_intent")
    graph.add_conditional_edges("parse_intent", after_parse_intent)
    graph.add_conditional_edges("ask_intent", after_ask_intent)
    graph.add_conditional_edges("preflight_inputs", after_preflight_inputs)
    graph.add_conditional_edges("estimate_cost", after_estimate_cost)
    graph.add_conditional_edges("budget_gate", after_budget_gate)
    graph.add_conditional_edges("generate_code", after_generate_code)


def _add_training(graph: StateGraph[State, Context]) -> None:
    graph.add_node(prepare_launch)
    graph.add_node(launch_training)
    graph.add_node(follow_training)
    graph.add_node(diagnose_attempt)
    graph.add_node(ask_repair)
    graph.add_node(remediate_spec)
    graph.add_node(prepare_evals)
    graph.add_node(run_evals)
    graph.add_node(eval_gate)

    graph.add_conditional_edges("prepare_launch", after_prepare_launch)
    graph.add_edge("launch_training", "follow_training")
    graph.add_edge("follow_training", "diagnose_attempt")
    graph.add_conditional_edges("diagnose_attempt", after_diagnose_attempt)
    graph.add_conditional_edges("ask_repair", after_ask_repair)
    graph.add_conditional_edges("remediate_spec", after_remediate_spec)
    graph.add_conditional_edges("prepare_evals", after_prepare_evals)
    graph.add_edge("run_evals", "diagnose_attempt")
    graph.add_conditional_edges("eval_gate", after_eval_gate)
