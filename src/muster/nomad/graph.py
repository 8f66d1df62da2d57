"""nomad-spec, read top to bottom.

sources -> analysis -> questions -> spec -> plan -> deploy -> verify, and back to the spec while a repair could help.
"""

from langgraph.graph import END, START, StateGraph

from muster.nomad.context import Context
from muster.nomad.edges import (
    after_accept_findings,
    after_approve_plan,
    after_ask_advice,
    after_deploy_job,
    after_diagnose_failure,
    after_plan_job,
    after_validate_spec,
    after_verify_job,
)
from muster.nomad.nodes.accept import accept_findings
from muster.nomad.nodes.analyze import analyze_sources
from muster.nomad.nodes.clean_up import clean_up
from muster.nomad.nodes.deploy import deploy_job
from muster.nomad.nodes.diagnose import ask_advice, diagnose_failure
from muster.nomad.nodes.discover import discover_sources, select_sources
from muster.nomad.nodes.enrich import inspect_cluster
from muster.nomad.nodes.estate import inspect_estate
from muster.nomad.nodes.fix import fix_spec
from muster.nomad.nodes.generate import generate_spec
from muster.nomad.nodes.merge import merge_sources
from muster.nomad.nodes.plan import approve_plan, plan_job
from muster.nomad.nodes.question import collect_answers, prepare_questions
from muster.nomad.nodes.remember import learn_outcome, recall_memories
from muster.nomad.nodes.services import accept_services, check_services
from muster.nomad.nodes.validate import validate_spec
from muster.nomad.nodes.verify import verify_job
from muster.nomad.state import State


def build_graph(*, deployment: bool = True) -> StateGraph[State, Context]:
    """The whole graph, or (`deployment=False`) the part that `generate` walks through."""
    graph = StateGraph(State, context_schema=Context)
    _add_specification(graph)
    if deployment:
        _add_deployment(graph)
    else:
        graph.add_edge("generate_spec", "learn_outcome")
    graph.add_node(learn_outcome)
    graph.add_edge("learn_outcome", END)
    return graph


def _add_specification(graph: StateGraph[State, Context]) -> None:
    graph.add_node(check_services)
    graph.add_node(accept_services)
    graph.add_node(discover_sources)
    graph.add_node(select_sources)
    graph.add_node(merge_sources)
    graph.add_node(analyze_sources)
    graph.add_node(inspect_cluster)
    graph.add_node(inspect_estate)
    graph.add_node(recall_memories)
    graph.add_node(prepare_questions)
    graph.add_node(collect_answers)
    graph.add_node(generate_spec)

    graph.add_edge(START, "check_services")
    graph.add_edge("check_services", "accept_services")
    graph.add_edge("accept_services", "discover_sources")
    graph.add_edge("discover_sources", "select_sources")
    graph.add_edge("select_sources", "merge_sources")
    graph.add_edge("merge_sources", "analyze_sources")
    graph.add_edge("analyze_sources", "inspect_cluster")
    graph.add_edge("inspect_cluster", "inspect_estate")
    graph.add_edge("inspect_estate", "recall_memories")
    graph.add_edge("recall_memories", "prepare_questions")
    graph.add_edge("prepare_questions", "collect_answers")
    graph.add_edge("collect_answers", "generate_spec")


def _add_deployment(graph: StateGraph[State, Context]) -> None:
    graph.add_node(validate_spec)
    graph.add_node(accept_findings)
    graph.add_node(plan_job)
    graph.add_node(approve_plan)
    graph.add_node(deploy_job)
    graph.add_node(verify_job)
    graph.add_node(diagnose_failure)
    graph.add_node(ask_advice)
    graph.add_node(fix_spec)
    graph.add_node(clean_up)

    graph.add_edge("generate_spec", "validate_spec")
    graph.add_conditional_edges("validate_spec", after_validate_spec)
    graph.add_conditional_edges("accept_findings", after_accept_findings)
    graph.add_conditional_edges("plan_job", after_plan_job)
    graph.add_conditional_edges("approve_plan", after_approve_plan)
    graph.add_conditional_edges("deploy_job", after_deploy_job)
    graph.add_conditional_edges("verify_job", after_verify_job)
    graph.add_conditional_edges("diagnose_failure", after_diagnose_failure)
    graph.add_conditional_edges("ask_advice", after_ask_advice)
    graph.add_edge("fix_spec", "generate_spec")
    graph.add_edge("clean_up", "learn_outcome")
