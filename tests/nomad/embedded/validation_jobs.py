"""A small valid job in canonical form, and copies of it with one thing changed."""

import copy
from typing import Any

Json = dict[str, Any]
SECOND = 1_000_000_000

TASK: Json = {
    "Name": "web",
    "Driver": "docker",
    "Config": {"image": "web:1"},
    "KillTimeout": 5 * SECOND,
    "Resources": {"CPU": 100, "MemoryMB": 64},
    "LogConfig": {"MaxFiles": 10, "MaxFileSizeMB": 10},
}
GROUP: Json = {
    "Name": "app",
    "Count": 1,
    "RestartPolicy": {"Attempts": 2, "Interval": 1800 * SECOND, "Delay": 15 * SECOND, "Mode": "fail"},
    "ReschedulePolicy": {
        "Delay": 30 * SECOND,
        "DelayFunction": "exponential",
        "MaxDelay": 3600 * SECOND,
        "Unlimited": True,
    },
    "EphemeralDisk": {"SizeMB": 300},
    "Update": {
        "MaxParallel": 1,
        "HealthCheck": "checks",
        "MinHealthyTime": 10 * SECOND,
        "HealthyDeadline": 300 * SECOND,
        "ProgressDeadline": 600 * SECOND,
        "Stagger": 30 * SECOND,
    },
    "Networks": [{"DynamicPorts": [{"Label": "http", "HostNetwork": "default"}]}],
    "Tasks": [TASK],
}
JOB: Json = {
    "ID": "web",
    "Name": "web",
    "Namespace": "default",
    "Region": "global",
    "Type": "service",
    "Priority": 50,
    "Datacenters": ["dc1"],
    "TaskGroups": [GROUP],
}
CHECK: Json = {"Name": "alive", "Type": "http", "Path": "/", "Interval": 10 * SECOND, "Timeout": 2 * SECOND}
SERVICE: Json = {"Name": "web", "PortLabel": "http"}


def job(**changes: Any) -> Json:
    """The job with keys replaced."""
    return {**copy.deepcopy(JOB), **copy.deepcopy(changes)}


def with_group(**changes: Any) -> Json:
    """The job with keys of its group replaced."""
    return job(TaskGroups=[{**GROUP, **changes}])


def with_task(**changes: Any) -> Json:
    """The job with keys of its task replaced."""
    return with_group(Tasks=[{**TASK, **changes}])


def merged(block: Json, **changes: Any) -> Json:
    return {**block, **changes}
