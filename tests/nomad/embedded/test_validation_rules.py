"""Rules that Nomad has and no recording shows, in the words of its source (v1.1.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.nomad.embedded.validation.admission import complete_job
from muster.nomad.embedded.validation.jobs import validate_job
from nomad.embedded.validation_jobs import (
    CHECK,
    GROUP,
    JOB,
    SECOND,
    SERVICE,
    TASK,
    Json,
    job,
    merged,
    with_group,
    with_task,
)


def single(text: str) -> str:
    return f"1 error occurred:\n\t* {text}\n\n"


def in_group(text: str) -> str:
    return single(f"Task group app validation failed: {single(text)}")


def in_task(text: str) -> str:
    return in_group(f"Task web validation failed: {single(text)}")


def rescheduled(**changes: object) -> Json:
    return with_group(ReschedulePolicy={**GROUP["ReschedulePolicy"], "Unlimited": False, "Attempts": 3, **changes})


def checked(**changes: object) -> Json:
    return with_group(Services=[{**SERVICE, "Checks": [{**CHECK, **changes}]}])


def in_check(text: str) -> str:
    service = single(f"Service[0] web validation failed: {single(f'Check alive invalid: {text}')}")
    return in_group(f"Task group service validation failed: {service}")


JOB_RULES = [
    (job(Region=""), "Missing job region"),
    (job(Name=""), "Missing job name"),
    (job(Namespace=""), "Job must be in a namespace"),
    (job(Type="", TaskGroups=[{**GROUP, "Update": None}]), "Missing job type"),
    (job(ID="a\0b"), "Job ID contains a null character"),
    (job(Datacenters=["dc1", ""]), "Job datacenter must be non-empty string"),
    (job(Payload="eA=="), "job can't be submitted with a payload, only dispatched"),
    (job(Constraints=[{"LTarget": "${x}", "Operand": "="}]), 'Constraint 1 validation failed: ' + single('Operator "=" requires an RTarget')),
    (job(Constraints=[{"Operand": "distinct_property", "LTarget": "${x}", "RTarget": "0"}]), "Constraint 1 validation failed: " + single("Distinct Property must have an allowed count of 1 or greater: 0 < 1")),
    (job(Constraints=[{"LTarget": "${x}", "Operand": "regexp", "RTarget": "("}]), "Constraint 1 validation failed: " + single("Regular expression failed to compile: error parsing regexp: missing closing ): `(`")),
    (job(Constraints=[{"LTarget": "${x}", "Operand": "semver", "RTarget": ">= 1.x"}]), "Constraint 1 validation failed: " + single("Semver constraint is invalid: Malformed constraint: >= 1.x")),
    (job(Affinities=[{"LTarget": "${x}", "Operand": "=", "RTarget": "a", "Weight": 200}]), "Affinity 1 validation failed: " + single("Affinity weight must be within the range [-100,100]")),
    (job(Spreads=[{"Attribute": "${x}", "Weight": 50, "SpreadTarget": [{"Value": "a", "Percent": 60}, {"Value": "b", "Percent": 50}]}]), "Spread 1 validation failed: " + single("Sum of spread target percentages must not be greater than 100%; got 110%")),
    (job(Periodic={"Enabled": True, "SpecType": "cron", "Spec": "* * * * *", "TimeZone": "UTC"}), 'Periodic can only be used with "batch" scheduler'),
    (job(ParameterizedJob={"Payload": "optional"}), 'Parameterized job can only be used with "batch" scheduler'),
]  # fmt: skip

GROUP_RULES = [
    (with_group(RestartPolicy={**GROUP["RestartPolicy"], "Mode": "sometimes"}), single('Unsupported restart mode: "sometimes"')),
    (with_group(RestartPolicy={**GROUP["RestartPolicy"], "Mode": "delay", "Attempts": 0}), single('Restart policy "delay" with 0 attempts is ambiguous')),
    (with_group(EphemeralDisk={"SizeMB": 5}, Tasks=[merged(TASK, LogConfig={"MaxFiles": 1, "MaxFileSizeMB": 1})]), "minimum DiskMB value is 10; got 5"),
    (with_group(Update={**GROUP["Update"], "AutoPromote": True}), single("Auto Promote requires a Canary count greater than zero")),
    (with_group(Update={**GROUP["Update"], "MaxParallel": -1}), single("Max parallel can not be less than zero: -1 < 0")),
    (with_group(Update={**GROUP["Update"], "HealthCheck": "luck"}), single('Invalid health check given: "luck"')),
    (with_group(Update={**GROUP["Update"], "MinHealthyTime": 300 * SECOND}), single("Minimum healthy time must be less than healthy deadline: 5m0s > 5m0s")),
    (with_group(Migrate={"MaxParallel": 1, "HealthyDeadline": SECOND}), single("Missing HealthCheck")),
    (rescheduled(Interval=3600 * SECOND, Delay=SECOND), single("Delay cannot be less than 5s (got 1s)")),
    (rescheduled(Interval=3600 * SECOND, DelayFunction="linear"), single('Invalid delay function "linear", must be one of ["constant" "exponential" "fibonacci"]')),
    (with_group(Tasks=[TASK, TASK]), "Task 2 redefines 'web' from task 1"),
    (with_group(Tasks=[merged(TASK, Leader=True), merged(TASK, Leader=True, Name="b")]), "Only one task may be marked as leader"),
    (with_group(Volumes={"v": {"Type": "csi", "Source": "s"}}), "Task group volume validation for v failed: 2 errors occurred:\n\t* CSI volumes must have an attachment mode\n\t* CSI volumes must have an access mode\n\n"),
    (with_group(Volumes={"v": {"Type": "host", "Source": "s", "AccessMode": "single-node-writer"}}), "Task group volume validation for v failed: " + single("host volumes cannot have an access mode")),
    (with_group(Networks=[{"ReservedPorts": [{"Label": "a", "Value": 80}], "DynamicPorts": [{"Label": "a"}]}]), "Task group network validation failed: " + single("Port label a already in use by taskgroup network")),
    (with_group(Networks=[{"ReservedPorts": [{"Label": "a", "Value": 70000}]}]), "Task group network validation failed: " + single("Port a (70000) cannot be greater than 65535")),
    (with_group(Networks=[{"DynamicPorts": [{"Label": "a", "To": -2}]}]), "Task group network validation failed: " + single('Port "a" cannot be mapped to negative value -2')),
    (with_group(Services=[SERVICE, SERVICE]), "Task group service validation failed: " + single("Service web is duplicate")),
    (with_group(Services=[merged(SERVICE, AddressMode="driver")]), "Task group service validation failed: " + single('service "web" cannot use address_mode="driver", only services defined in a "task" block can use this mode')),
    (with_group(Services=[merged(SERVICE, Checks=[merged(CHECK, Type="script", Command="/ok")])]), "Task group service check validation failed: " + single("Service [app]->web or Check alive must specify task parameter")),
    (with_group(Services=[merged(SERVICE, Checks=[merged(CHECK, Type="script", Command="/ok", TaskName="no")])]), "Task group service validation failed: " + single("Check alive invalid: refers to non-existent task no")),
    (with_group(Scaling={"Type": "horizontal", "Min": 2, "Max": 4}), "Task group scaling policy validation failed: " + single("Scaling policy invalid: task group count must not be less than minimum count in scaling policy")),
]  # fmt: skip

TASK_RULES = [
    (with_task(KillTimeout=-1), "KillTimeout must be a positive value"),
    (with_task(Resources=None), "Missing task resources"),
    (with_task(Resources={"CPU": 100, "Cores": 1, "MemoryMB": 64}), single("Task can only ask for 'cpu' or 'cores' resource, not both.")),
    (with_task(Resources={"CPU": 100, "MemoryMB": 64, "MemoryMaxMB": 32}), single("MemoryMaxMB value (32) should be larger than MemoryMB value (64)")),
    (with_task(Resources={"CPU": 100, "MemoryMB": 64, "Devices": [{"Name": ""}]}), single("device 1 failed validation: " + single("device name must be given as one of the following: type, vendor/type, or vendor/type/name"))),
    (with_task(LogConfig={"MaxFiles": 30, "MaxFileSizeMB": 10}), "log storage (300 MB) must be less than requested disk capacity (300 MB)"),
    (with_task(LogConfig={"MaxFiles": 0, "MaxFileSizeMB": 10}), single("minimum number of files is 1; got 0")),
    (with_task(Constraints=[{"Operand": "distinct_hosts"}]), "Constraint 1 has disallowed Operand at task level: distinct_hosts"),
    (with_task(Lifecycle={"Hook": "sometime"}), "Lifecycle validation failed: invalid hook: sometime"),
    (with_task(Lifecycle={"Hook": ""}), "Lifecycle validation failed: no lifecycle hook provided"),
    (with_task(Vault={"Policies": ["a"], "ChangeMode": "signal"}), "Vault validation failed: " + single('Signal must be specified when using change mode "signal"')),
    (with_task(Artifacts=[{"GetterSource": "", "RelativeDest": "local/"}]), "Artifact 1 validation failed: " + single("source must be specified")),
    (with_task(Artifacts=[{"GetterSource": "s", "RelativeDest": ".."}]), None),
    (with_task(Artifacts=[{"GetterSource": "s", "RelativeDest": "../../../x"}]), "Artifact 1 validation failed: " + single("destination escapes allocation directory")),
    (with_task(Artifacts=[{"GetterSource": "s", "GetterOptions": {"checksum": "md5:zz"}}]), "Artifact 1 validation failed: " + single("invalid checksum: encoding/hex: invalid byte: U+007A 'z'")),
    (with_task(Artifacts=[{"GetterSource": "s", "GetterOptions": {"checksum": "md5:abcd"}}]), "Artifact 1 validation failed: " + single("invalid md5 checksum: abcd")),
    (with_task(Templates=[{"EmbeddedTmpl": "x", "DestPath": "local/a", "ChangeMode": "shout"}]), "Template 1 validation failed: " + single("Invalid change mode. Must be one of the following: noop, signal, restart")),
    (with_task(Templates=[{"EmbeddedTmpl": "x", "DestPath": "local/a", "ChangeMode": "noop", "Perms": "999"}]), "Template 1 validation failed: " + single('Failed to parse "999" as octal: strconv.ParseUint: parsing "999": invalid syntax')),
    (with_task(Templates=[{"EmbeddedTmpl": "x", "DestPath": "local/a", "ChangeMode": "noop"}] * 2), "Template 2 has same destination as 1"),
    (with_task(VolumeMounts=[]), None),
    (with_task(Services=[merged(SERVICE, AddressMode="alloc")]), single('service "web" cannot use address_mode="alloc", only services defined in a "group" block can use this mode')),
    (with_task(Services=[merged(SERVICE, Checks=[merged(CHECK, PortLabel="8080")])]), single('check "alive" cannot use a numeric port 8080 without setting address_mode="driver"')),
    (with_task(Services=[merged(SERVICE, Checks=[merged(CHECK, PortLabel="8080", AddressMode="driver")])]), None),
    (with_task(DispatchPayload={"File": "../../../../x"}), "Dispatch Payload validation failed: destination escapes allocation directory"),
]  # fmt: skip

CHECK_RULES = [
    (checked(Interval=SECOND // 2), "interval (500ms) cannot be lower than 1s"),
    (checked(Timeout=0), "missing required value timeout. Timeout cannot be less than 1s"),
    (checked(Path="http://x/"), "http type must have a relative http path"),
    (checked(Path="/%zz"), "http type must have a valid http path"),
    (checked(Type="script", TaskName="web"), "script type must have a valid script path"),
    (checked(InitialStatus="fine"), 'invalid initial check state (fine), must be one of "passing", "warning", "critical" or empty'),
    (checked(AddressMode="auto"), 'invalid address_mode "auto" - auto only valid for services'),
    (checked(OnUpdate="never"), 'on_update must be "require_healthy", "ignore_warnings", or "ignore"; got "never"'),
    (checked(SuccessBeforePassing=-1), "success_before_passing must be non-negative"),
    (checked(OnUpdate="ignore", CheckRestart={"Limit": 1}), 'on_update value "ignore" is not compatible with check_restart'),
    (checked(CheckRestart={"Limit": -1}), single("limit must be greater than or equal to 0 but found -1")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("given_job", "expected"),
    [
        *((given_job, single(text)) for given_job, text in JOB_RULES),
        *((given_job, in_group(text)) for given_job, text in GROUP_RULES),
        *((given_job, in_task(text) if text else "") for given_job, text in TASK_RULES),
        *((given_job, in_check(text)) for given_job, text in CHECK_RULES),
    ],
    ids=lambda value: value.replace("\n\t", " ").replace("\n", "")[-60:] if isinstance(value, str) else "",
)
def test_a_broken_rule_is_named_in_nomads_words(given_job: Json, expected: str) -> None:
    assert validate_job(given_job).error_text() == expected


def test_the_job_that_the_rules_break_is_valid() -> None:
    assert validate_job(JOB).error_text() == ""
    assert validate_job(JOB).warning_text() == ""


@pytest.mark.parametrize(
    ("changes", "attempts", "interval", "shape"),
    [
        ({"DelayFunction": "constant", "Delay": 30 * SECOND, "Interval": 60 * SECOND}, 2, "1m30s", "initial delay 30s and delay function \"constant\""),
        ({"DelayFunction": "exponential", "Delay": 30 * SECOND, "Interval": 100 * SECOND}, 2, "2m0s", "initial delay 30s, delay function \"exponential\", and delay ceiling 1h0m0s"),
        ({"DelayFunction": "fibonacci", "Delay": 30 * SECOND, "Interval": 50 * SECOND}, 2, "1m0s", "initial delay 30s, delay function \"fibonacci\", and delay ceiling 1h0m0s"),
    ],
)  # fmt: skip
def test_more_attempts_than_the_interval_holds_are_counted(
    changes: Json, attempts: int, interval: str, shape: str
) -> None:
    (error,) = validate_job(rescheduled(**changes)).errors
    given_interval = {60: "1m0s", 100: "1m40s", 50: "50s"}[changes["Interval"] // SECOND]
    assert f"* Nomad can only make {attempts} attempts in {given_interval} with {shape}\n" in error
    assert f"* Set the interval to at least {interval} to accommodate 3 attempts\n" in error


def test_system_jobs_have_neither_affinities_nor_spreads_nor_a_second_allocation() -> None:
    group = {**GROUP, "Count": 2, "ReschedulePolicy": None, "Affinities": [{}], "Spreads": [{}]}
    errors = validate_job(job(Type="system", TaskGroups=[group])).errors
    assert errors[0] == "Job task group app has count 2. Count cannot exceed 1 with system scheduler"
    assert "System jobs may not have an affinity stanza\n\t* System jobs may not have a spread stanza" in errors[1]


BRIDGE = [{"Mode": "bridge", "DynamicPorts": [{"Label": "http"}]}]
SIDECAR = {**SERVICE, "Connect": {"SidecarService": {}}}
EXPOSED = {**CHECK, "Expose": True}


@pytest.mark.parametrize(
    ("given_job", "error"),
    [
        (with_group(Services=[SIDECAR], Networks=None), 'Consul Connect sidecars require exactly 1 network, found 0 in group "app"'),
        (with_group(Services=[SIDECAR]), 'Consul Connect sidecar requires bridge network, found "" in group "app"'),
        (with_group(Services=[{**SIDECAR, "Name": "Web"}], Networks=BRIDGE), 'Consul Connect service name "Web" in group "app" must not contain uppercase characters'),
        (with_group(Services=[{**SERVICE, "Connect": {"Native": True}, "TaskName": "x"}]), "task x named by Consul Connect Native service app->web does not exist"),
        (with_group(Services=[{**SERVICE, "Connect": {"Gateway": {}}}]), 'Consul Connect Gateway service requires Task Group with network mode of type "bridge" or "host"'),
        (with_group(Services=[{**SERVICE, "Checks": [EXPOSED]}]), 'group "app" must use bridge network for exposing service check(s)'),
        (with_group(Services=[{**SERVICE, "Checks": [EXPOSED]}], Networks=BRIDGE), "exposed service check app->web->alive requires use of sidecar_proxy"),
        (with_task(Services=[{**SERVICE, "Checks": [EXPOSED]}]), "exposed service check app[web]->web->alive is not a task-group service"),
    ],
)  # fmt: skip
def test_connect_has_rules_of_its_own(given_job: Json, error: str) -> None:
    assert validate_job(complete_job(given_job)).errors[0] == error


def test_a_sidecar_in_a_bridge_network_is_accepted_even_without_a_task() -> None:
    assert validate_job(with_group(Services=[SIDECAR], Networks=BRIDGE, Tasks=[])).errors == ()


def test_the_only_task_is_the_one_of_a_native_service() -> None:
    native = with_group(Services=[{**SERVICE, "Connect": {"Native": True}}])
    assert validate_job(complete_job(native)).errors == ()
    assert complete_job(native)["TaskGroups"][0]["Services"][0]["TaskName"] == "web"


def test_two_sidecars_can_not_listen_at_one_address() -> None:
    proxy = {"SidecarService": {"Proxy": {"Upstreams": [{"DestinationName": "db", "LocalBindPort": 5432}]}}}
    services = [{**SERVICE, "Name": name, "Connect": proxy} for name in ("a", "b")]
    assert validate_job(with_group(Services=services, Networks=BRIDGE)).errors == (
        'Consul Connect services "b" and "a" in group "app" using same address for upstreams (:5432)',
    )


def test_a_name_of_variables_is_a_service_name() -> None:
    assert validate_job(with_group(Services=[{**SERVICE, "Name": "${NOMAD_JOB_NAME}-api"}])).errors == ()


def test_neither_driver_nor_image_are_looked_at() -> None:
    assert validate_job(with_task(Driver="no-such-driver")).errors == ()
    assert validate_job(with_task(Config={})).errors == ()


def test_memory_above_the_limit_is_warned_of_until_the_cluster_allows_it() -> None:
    oversubscribed = with_task(Resources={"CPU": 100, "MemoryMB": 64, "MemoryMaxMB": 128})
    assert validate_job(oversubscribed).warning_text() == (
        '1 warning(s):\n\n* Memory oversubscription is not enabled; Task "app.web" memory_max value will be ignored. '
        "Update the Scheduler Configuration to allow oversubscription."
    )
    assert validate_job(oversubscribed, memory_oversubscription=True).warnings == ()


def test_groups_promote_automatically_together_or_not_at_all() -> None:
    promoting = {**GROUP, "Name": "b", "Update": {**GROUP["Update"], "AutoPromote": True, "Canary": 1}}
    warnings = validate_job(job(TaskGroups=[GROUP, promoting])).warnings
    assert warnings == ("auto_promote must be true for all groups to enable automatic promotion",)


def test_signals_become_a_constraint_of_the_group() -> None:
    completed = complete_job(with_task(KillSignal="SIGINT", Vault={"ChangeMode": "signal", "ChangeSignal": "sighup"}))
    assert completed["TaskGroups"][0]["Constraints"] == [
        {"LTarget": "${attr.vault.version}", "Operand": "semver", "RTarget": ">= 0.6.1"},
        {"LTarget": "${attr.os.signals}", "Operand": "set_contains", "RTarget": "SIGHUP,SIGINT"},
    ]
    assert complete_job(completed) == completed


def test_completing_leaves_the_given_job_as_it_was() -> None:
    given_job = with_task(Vault={"Policies": ["a"]}, Resources={"CPU": 1, "MemoryMB": 10, "Networks": [{}]})
    before = repr(given_job)
    complete_job(given_job)
    assert repr(given_job) == before


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 10**6) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    at=st.sampled_from(["job", "group", "task"]),
    key=st.sampled_from(sorted({*JOB, *GROUP, *TASK, "Services"})),
    value=ANYTHING,
)
def test_whatever_stands_in_a_job_is_judged_without_failing(at: str, key: str, value: object) -> None:
    broken = {"job": job, "group": with_group, "task": with_task}[at](**{key: value})
    verdict = validate_job(complete_job(broken))
    assert bool(verdict.error_text()) == bool(verdict.errors)


@pytest.mark.parametrize("shape", ["exponential", "fibonacci"])
def test_a_senseless_number_of_attempts_is_refused_at_once(shape: str) -> None:
    changes = {"Attempts": 10**12, "DelayFunction": shape, "Interval": 3600 * 10**9, "MaxDelay": 600 * 10**9}
    job = with_group(ReschedulePolicy={**GROUP["ReschedulePolicy"], "Unlimited": False, **changes})
    assert "attempts" in validate_job(job).error_text()
