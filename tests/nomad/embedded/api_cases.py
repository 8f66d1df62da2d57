"""Which recordings are asked as they are, and what has to be there first."""

from nomad.embedded.api_replay import Api, recorded, recorded_names
from nomad.embedded.timelines import submitted

STATELESS = (
    "parse_*",
    "validate_*",
    "get_acl_disabled_tokens",
    "get_agent_*",
    "get_allocation_404",
    "get_autopilot_health",
    "get_client_stats",
    "get_metrics",
    "get_node",
    "get_plugins",
    "get_scheduler_configuration",
    "get_ui",
    "get_volumes",
    "dispatch_missing",
    "event_stream_bad_*",
    "get_allocation_short_id",
    "get_bad_region",
    "get_deployment_*",
    "get_evaluation_*",
    "get_job_*",
    "get_jobs_bad_namespace",
    "get_logs_404_alloc",
    "get_namespace*",
    "get_node_404",
    "get_nodes*",
    "get_pretty",
    "get_regions",
    "get_root",
    "get_status_*",
    "get_unknown_*",
    "blocking_404",
    "blocking_bad_*",
    "delete_missing_job*",
    "delete_jobs",
    "patch_jobs",
    "post_jobs_bad_json",
    "plan_get",
    "plan_new_job",
    "plan_new_job_nodiff",
    "plan_no_job",
    "plan_id_mismatch",
    "plan_invalid_job",
    "register_bad_*",
    "register_id_mismatch",
    "register_missing_driver",
    "register_no_*",
    "register_uncanonicalized_minimal",
    "register_vault_disabled",
    "revert_missing",
    "rev_revert_missing_version",
    "scale_missing",
    "stable_missing",
    "evaluate_missing",
    "logs_bad_type",
    "logs_no_task",
)
PLANS_WITHOUT_JOBS = (
    "plan_new_job",
    "plan_new_job_nodiff",
    "plan_get",
    "plan_no_job",
    "plan_id_mismatch",
    "plan_invalid_job",
    "plan_vault_enabled",
    "plan_fail_no_eligible_nodes",  # asked where nodes are out of service
)


def stateless_names() -> list[str]:
    """Recordings whose answer needs nothing in the cluster."""
    names = {name for pattern in STATELESS for name in recorded_names(pattern)}
    return sorted(names - {"rev_revert_missing_version"})


def plan_names() -> list[str]:
    """Plans, for which `pl-new` runs twice and another job holds a port."""
    return [name for name in recorded_names("plan_*") if name not in PLANS_WITHOUT_JOBS]


def set_up_plans(api: Api) -> None:
    """What ran when the plans were recorded: the job that most of them change, and one with a static port."""
    api.register(recorded("plan_new_job")["request"]["body"]["Job"], 5)
    holder = {
        **recorded("plan_fail_static_port_used_by_job")["request"]["body"]["Job"],
        "ID": "holder",
        "Name": "holder",
    }
    api.register(holder, 5)


def set_up_misc(api: Api) -> str:
    """The job whose logs were read; returns its allocation."""
    api.register(submitted("misc"), 5)
    return api.ask("GET", "/v1/job/misc/allocations").json()[0]["ID"]
