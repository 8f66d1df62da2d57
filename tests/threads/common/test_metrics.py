"""Each metric of the services is fed by what happens, under labels that nobody outside can choose."""

from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry, Counter, generate_latest

from muster.core.errors import BudgetError, ServiceFailureError, ServiceTimeoutError, TlsError, UnreachableError
from muster.core.testing.clock import FakeClock
from muster.threads.common import metrics
from muster.threads.common.metric_serving import metrics_text
from muster.threads.common.metric_windows import ErrorRates, HourlyDollars, Uptime
from threads.common.metric_samples import samples


@pytest.fixture
def persona() -> str:
    name = f"p-{uuid4().hex}"
    metrics.know(personas=[name])
    return name


@pytest.fixture
def model() -> str:
    name = f"m-{uuid4().hex}"
    metrics.know(models=[name])
    return name


@pytest.fixture
def before() -> dict[str, float]:
    return samples(metrics_text())


def of(collector: Uptime | HourlyDollars | ErrorRates) -> dict[str, float]:
    registry = CollectorRegistry()
    registry.register(collector)
    return samples(generate_latest(registry))


def test_a_phase_is_a_histogram_of_seconds(before: dict[str, float]) -> None:
    metrics.record_latency("hook", 0.3)
    after = samples(metrics_text())
    name = "request_latency_seconds_count{phase=hook}"
    assert after[name] - before.get(name, 0) == 1
    assert after["request_latency_seconds_bucket{le=0.5,phase=hook}"] >= 1


def test_tokens_of_a_model_are_counted(model: str) -> None:
    metrics.record_tokens(model, 150, price_known=True)
    metrics.record_tokens(model, None, price_known=True)
    assert samples(metrics_text())[f"llm_tokens_total{{model={model}}}"] == 150


def test_a_call_of_unknown_price_is_counted_as_such(model: str) -> None:
    metrics.record_tokens(model, 150, price_known=False)
    assert samples(metrics_text())[f"llm_calls_of_unknown_price_total{{model={model}}}"] == 1


def test_posts_are_counted_by_persona_and_state(persona: str) -> None:
    for status in ("drafted", "published", "published"):
        metrics.record_business_metric("posts_generated_total", persona_id=persona, status=status)
    assert samples(metrics_text())[f"posts_generated_total{{persona_id={persona},status=published}}"] == 2


def test_the_cost_of_a_post_is_the_last_that_was_worked_out(persona: str) -> None:
    metrics.record_business_metric("cost_per_post_usd", 0.5, persona_id=persona)
    metrics.record_business_metric("cost_per_post_usd", 0.25, persona_id=persona)
    assert samples(metrics_text())[f"cost_per_post_usd{{persona_id={persona}}}"] == 0.25


def test_the_cost_of_a_follower_is_told(persona: str) -> None:
    metrics.record_business_metric("cost_per_follow_dollars", 1.5, persona_id=persona)
    assert samples(metrics_text())[f"cost_per_follow_dollars{{persona_id={persona}}}"] == 1.5


def test_the_engagement_rate_is_a_share_of_the_views(persona: str) -> None:
    metrics.record_engagement_rate(persona, 5, 100)
    assert samples(metrics_text())[f"posts_engagement_rate{{persona_id={persona}}}"] == 0.05


def test_without_views_there_is_no_engagement_rate(persona: str) -> None:
    metrics.record_engagement_rate(persona, 0, 0)
    assert f"posts_engagement_rate{{persona_id={persona}}}" not in samples(metrics_text())


def test_revenue_is_projected_by_source() -> None:
    metrics.update_revenue_projection("affiliate", 120)
    assert samples(metrics_text())["revenue_projection_monthly{source=affiliate}"] == 120


def test_what_nobody_knows_is_no_label() -> None:
    metrics.record_business_metric("posts_generated_total", persona_id='"} 1\nevil', status="<b>")
    said = metrics_text().decode()
    assert 'posts_generated_total{persona_id="other",status="other"}' in said
    assert "evil" not in said


def test_nothing_is_told_before_it_happened(persona: str, model: str) -> None:
    said = metrics_text().decode()
    assert persona not in said
    assert model not in said


def test_connections_go_up_and_down(before: dict[str, float]) -> None:
    name = "database_pool_connections{state=open}"
    metrics.count_connections("open", 1)
    assert samples(metrics_text())[name] - before.get(name, 0) == 1
    metrics.count_connections("open", -1)
    assert samples(metrics_text())[name] == before.get(name, 0)


def test_a_timed_block_that_raises_is_an_error(before: dict[str, float]) -> None:
    name = "qdrant_operation_seconds_count{operation=search,outcome=error}"
    with pytest.raises(ZeroDivisionError), metrics.timed(lambda how, s: metrics.record_qdrant("search", how, s)):
        _ = 1 / 0
    assert samples(metrics_text())[name] - before.get(name, 0) == 1


def test_a_timed_block_that_ends_is_fine(before: dict[str, float]) -> None:
    name = "qdrant_operation_seconds_count{operation=upsert,outcome=ok}"
    with metrics.timed(lambda how, s: metrics.record_qdrant("upsert", how, s)):
        pass
    assert samples(metrics_text())[name] - before.get(name, 0) == 1


def test_steps_quality_and_the_queue_have_their_metrics(persona: str) -> None:
    metrics.record_step("dedup", "done", 0.1)
    metrics.record_quality(persona, "variety", 0.35)
    metrics.update_queue_depth("posts", 7)
    after = samples(metrics_text())
    assert after["task_step_seconds_count{outcome=done,step=dedup}"] >= 1
    assert after[f"content_quality_score_bucket{{aspect=variety,le=0.4,persona_id={persona}}}"] == 1
    assert after["celery_queue_depth{queue=posts}"] == 7


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ServiceTimeoutError("x"), "timeout"),
        (UnreachableError("x"), "unreachable"),
        (TlsError("x"), "unreachable"),
        (ServiceFailureError("x"), "service_failure"),
        (BudgetError("x"), "budget"),
        (ValueError("x"), "failed"),
    ],
)
def test_an_error_is_counted_by_its_kind(error: Exception, kind: str) -> None:
    assert metrics.error_type(error) == kind


def test_a_service_runs_from_its_beginning() -> None:
    clock = FakeClock()
    uptime = Uptime(clock)
    uptime.begin("orchestrator")
    clock.advance(90)
    uptime.begin("orchestrator")
    assert of(uptime) == {"service_uptime_seconds{service_name=orchestrator}": 90}


def test_dollars_are_those_of_the_last_hour() -> None:
    clock = FakeClock()
    dollars = HourlyDollars(clock)
    dollars.add("gpt-4o", 1.0)
    clock.advance(1800)
    dollars.add("gpt-4o", 0.5)
    assert of(dollars) == {"openai_cost_hourly_dollars{model=gpt-4o}": 1.5}
    clock.advance(1801)
    assert of(dollars) == {"openai_cost_hourly_dollars{model=gpt-4o}": 0.5}
    clock.advance(3600)
    assert of(dollars) == {"openai_cost_hourly_dollars{model=gpt-4o}": 0.0}


class Failing:
    """A service whose errors are counted, and how they are told."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self.whole = Counter("service_operations_total", "x", ["service_name"], registry=registry)
        self.errors = Counter("service_errors_total", "x", ["service_name", "error_type"], registry=registry)
        self.clock = FakeClock()
        self.rates = ErrorRates(registry, self.clock)

    def work(self, fine: int, failed: int) -> None:
        self.whole.labels("orchestrator").inc(fine + failed)
        if failed:
            self.errors.labels("orchestrator", "timeout").inc(failed)

    def told(self) -> float | None:
        return of(self.rates).get("error_rate_percentage{error_type=timeout,service_name=orchestrator}")


def test_one_error_in_six_thousand_is_no_hundred_per_cent() -> None:
    service = Failing()
    service.work(5999, 1)
    assert service.told() == pytest.approx(100 / 6000)


def test_errors_before_the_window_are_over() -> None:
    service = Failing()
    service.work(0, 10)
    service.told()
    service.clock.advance(301)
    service.work(10, 0)
    assert service.told() == 0


def test_errors_are_told_again_by_a_later_look_in_the_same_window() -> None:
    service = Failing()
    service.work(1, 1)
    service.told()
    service.clock.advance(15)
    assert service.told() == 50


def test_a_service_without_work_in_the_window_has_no_error_rate() -> None:
    service = Failing()
    service.work(0, 1)
    service.told()
    service.clock.advance(301)
    service.told()
    assert service.told() is None
