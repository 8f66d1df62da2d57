"""What the dashboard and the alerts ask for exists: metrics by their names, with these labels and values."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from docs.tables import codes, table
from muster.core.llm import ledger
from muster.core.observability.metrics import RunMetrics
from muster.core.observability.run_course import Gate, Outcome
from muster.core.runs.row import Status

ROOT = Path(__file__).parents[2]
MONITORING = ROOT / "deploy" / "monitoring"
DASHBOARD = json.loads((MONITORING / "dashboard.json").read_text())
RULES = yaml.safe_load((MONITORING / "alerts.yml").read_text())

VALUES = {
    "muster_runs": ("outcome", get_args(Outcome)),
    "muster_run_iterations": ("outcome", get_args(Outcome)),
    "muster_runs_stored": ("status", get_args(Status)),
    "muster_gates": ("action", get_args(Gate)),
    "muster_model_calls": ("outcome", get_args(ledger.Outcome)),
}
_SELECTED = re.compile(r"(muster_\w+)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"')
_GROUPED = re.compile(r"by \(([^)]*)\)")
_SHOWN = re.compile(r"\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}")


def labels_of() -> dict[str, tuple[str, ...]]:
    """The labels of each sample by its name, as Prometheus stores it."""
    found: dict[str, tuple[str, ...]] = {}
    for part in vars(RunMetrics()).values():
        if not hasattr(part, "_labelnames"):
            continue
        name, labels = part._name, tuple(part._labelnames)
        match part._type:
            case "counter":
                found[f"{name}_total"] = labels
            case "histogram":
                found |= {f"{name}_bucket": (*labels, "le"), f"{name}_sum": labels, f"{name}_count": labels}
            case _:
                found[name] = labels
    return found


METRICS = labels_of()


def queries() -> Iterator[tuple[str, str, str]]:
    """Title, query, and what is shown of its labels."""
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"], target["legendFormat"]
    for rule in RULES["groups"][0]["rules"]:
        yield rule["alert"], rule["expr"], rule["annotations"]["summary"]


every_query = pytest.mark.parametrize(("title", "query", "shown"), list(queries()), ids=lambda text: text[:40])


@every_query
def test_a_query_asks_for_metrics_with_labels_that_exist(title: str, query: str, shown: str) -> None:
    selected = _SELECTED.findall(query)
    assert selected, title
    for name, matchers in selected:
        assert name in METRICS
        assert {label for label, _ in _MATCHER.findall(matchers)} <= set(METRICS[name])


@every_query
def test_a_query_groups_by_labels_that_every_metric_in_it_has(title: str, query: str, shown: str) -> None:
    for grouped in _GROUPED.findall(query):
        for name, _ in _SELECTED.findall(query):
            assert {label.strip() for label in grouped.split(",")} <= set(METRICS[name])


@every_query
def test_a_query_asks_for_values_that_the_label_can_have(title: str, query: str, shown: str) -> None:
    for name, matchers in _SELECTED.findall(query):
        label, known = VALUES.get(re.sub(r"_(?:total|bucket|sum|count)$", "", name), ("", ()))
        for asked, values in _MATCHER.findall(matchers):
            if asked == label:
                assert set(values.split("|")) <= set(known)


@every_query
def test_what_is_shown_is_grouped_by(title: str, query: str, shown: str) -> None:
    grouped = {label.strip() for group in _GROUPED.findall(query) for label in group.split(",")}
    assert set(_SHOWN.findall(shown)) <= grouped


def test_every_metric_is_on_the_dashboard() -> None:
    asked = {name for _, query, _ in queries() for name, _ in _SELECTED.findall(query)}
    families = {re.sub(r"_(?:bucket|sum|count)$", "", name) for name in METRICS}
    assert {re.sub(r"_(?:bucket|sum|count)$", "", name) for name in asked} == families


def test_the_dashboards_variable_is_a_label_that_exists() -> None:
    (agent,) = (one for one in DASHBOARD["templating"]["list"] if one["name"] == "agent")
    metric, label = re.findall(r"\w+", agent["query"])[1:]
    assert label in METRICS[metric]


@pytest.mark.parametrize("panel", DASHBOARD["panels"], ids=lambda panel: panel["title"])
def test_a_panel_says_what_it_shows_in_which_unit(panel: dict[str, Any]) -> None:
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert all(target["legendFormat"] for target in panel["targets"])


@pytest.mark.parametrize("panel", DASHBOARD["panels"], ids=lambda panel: panel["title"])
def test_a_panels_unit_is_that_of_its_metrics(panel: dict[str, Any]) -> None:
    units = {"seconds": "s", "dollars": "currencyUSD"}
    asked = {unit for target in panel["targets"] for word, unit in units.items() if f"_{word}" in target["expr"]}
    assert {panel["fieldConfig"]["defaults"]["unit"]} & set(units.values()) == asked


def test_success_rate_iterations_to_healthy_and_cost_of_a_run_are_at_the_top() -> None:
    top = [panel["title"] for panel in DASHBOARD["panels"] if panel["gridPos"]["y"] == 0]
    assert top[:3] == ["Success rate", "Iterations to healthy", "Cost a run"]


def test_panels_do_not_lie_over_one_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place: dict[str, Any] = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken
        taken |= cells


def test_the_scrape_configuration_reads_the_alerts_that_are_there() -> None:
    scraped = yaml.safe_load((MONITORING / "prometheus.yml").read_text())
    assert [(MONITORING / file).is_file() for file in scraped["rule_files"]] == [True]
    assert {job["job_name"] for job in scraped["scrape_configs"]} == {"muster", "muster-served"}


def test_the_documented_metrics_are_those_there_are() -> None:
    rows = table((ROOT / "docs" / "observability.md").read_text(), "| metric | labels | what it counts |")
    written = {codes(row[0])[0]: set(codes(row[1])) for row in rows}
    families = {re.sub(r"_(?:bucket|sum|count)$", "", name): set(labels) - {"le"} for name, labels in METRICS.items()}
    assert written == families
