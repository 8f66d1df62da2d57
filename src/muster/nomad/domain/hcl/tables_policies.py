"""Rows of placement, updates, restarts."""

from muster.nomad.domain import policies
from muster.nomad.domain.hcl.rows import FLAG, NUMBER, SECONDS, Row, Table, many

CONSTRAINT = Table(
    "Constraint",
    policies.Constraint,
    (
        Row("attribute", "attribute", omit=("",), unset=""),
        Row("operator", "operator", omit=("=",), implied=True),
        Row("value", "value", omit=("",), unset=""),
    ),
)

AFFINITY = Table(
    "Affinity",
    policies.Affinity,
    (
        Row("attribute", "attribute", unset=""),
        Row("operator", "operator", omit=("=",), implied=True),
        Row("value", "value", unset=""),
        Row("weight", "weight", NUMBER),
    ),
)

SPREAD_TARGET = Table(
    "SpreadTarget", policies.SpreadTarget, (Row("percent", "percent", NUMBER, unset=0),), label="value"
)

SPREAD = Table(
    "Spread",
    policies.Spread,
    (Row("attribute", "attribute", unset=""), Row("weight", "weight", NUMBER)),
    blocks=(many("targets", "target", SPREAD_TARGET),),
)

UPDATE = Table(
    "UpdateStrategy",
    policies.Update,
    (
        Row("max_parallel", "max_parallel", NUMBER),
        Row("health_check", "health_check"),
        Row("min_healthy_time_s", "min_healthy_time", SECONDS),
        Row("healthy_deadline_s", "healthy_deadline", SECONDS, unset=300.0),
        Row("progress_deadline_s", "progress_deadline", SECONDS, unset=600.0),
        Row("auto_revert", "auto_revert", FLAG, omit=(False,)),
        Row("auto_promote", "auto_promote", FLAG, omit=(False,)),
        Row("canary", "canary", NUMBER, omit=(0,)),
        Row("stagger_s", "stagger", SECONDS),
    ),
)

RESTART = Table(
    "RestartPolicy",
    policies.Restart,
    (
        Row("attempts", "attempts", NUMBER),
        Row("interval_s", "interval", SECONDS),
        Row("delay_s", "delay", SECONDS),
        Row("mode", "mode"),
    ),
)

RESCHEDULE = Table(
    "ReschedulePolicy",
    policies.Reschedule,
    (
        Row("attempts", "attempts", NUMBER),
        Row("interval_s", "interval", SECONDS),
        Row("delay_s", "delay", SECONDS),
        Row("delay_function", "delay_function"),
        Row("max_delay_s", "max_delay", SECONDS),
        Row("unlimited", "unlimited", FLAG),
    ),
)

MIGRATE = Table(
    "MigrateStrategy",
    policies.Migrate,
    (
        Row("max_parallel", "max_parallel", NUMBER),
        Row("health_check", "health_check"),
        Row("min_healthy_time_s", "min_healthy_time", SECONDS),
        Row("healthy_deadline_s", "healthy_deadline", SECONDS),
    ),
)

PERIODIC = Table(
    "PeriodicConfig",
    policies.Periodic,
    (
        Row("cron", "cron", unset=""),
        Row("prohibit_overlap", "prohibit_overlap", FLAG, omit=(False,)),
        Row("time_zone", "time_zone"),
        Row("enabled", "enabled", FLAG, omit=(True,)),
    ),
)
