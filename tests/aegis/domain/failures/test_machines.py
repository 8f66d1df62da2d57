"""What schedulers, kernels and terminals print."""

import pytest

from muster.aegis.domain.failures.classify import diagnose_log


def kind(log: str) -> str:
    found = diagnose_log(log)
    return found.kind if found else "none"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("slurmstepd: error: *** JOB 5512 ON gpu03 CANCELLED AT 2026-11-20T10:00:00 ***", "cancelled"),
        ("slurmstepd: error: *** STEP 5512.0 ON gpu03 CANCELLED AT 2026-11-20T10:00:00 DUE to SIGNAL Terminated ***", "cancelled"),
        ("slurmstepd: error: *** JOB 7 ON gpu03 CANCELLED AT 2026-11-20T10:00:00 DUE TO TIME LIMIT ***", "timeout"),
        ("slurmstepd: error: *** JOB 7 ON gpu03 CANCELLED AT 2026-11-20T10:00:00 DUE TO PREEMPTION ***", "preempted"),
        ("slurmstepd: error: *** JOB 7 ON gpu03 CANCELLED AT 2026-11-20T10:00:00 DUE TO NODE FAILURE ***", "preempted"),
        ("^C", "cancelled"),
        ("^CTraceback", "cancelled"),
        ("m>\x01 > ^c\x7f", "none"),
        ("a ^C in the middle", "none"),
    ],
)  # fmt: skip
def test_who_ended_a_job_is_told_apart(line: str, expected: str) -> None:
    assert kind(line) == expected


@pytest.mark.parametrize(
    "log",
    [
        "torch.AcceleratorError: CUDA error: uncorrectable ECC error encountered",
        "NVRM: Xid (PCI:0000:65:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.",
        "NVRM: Xid (PCI:0000:65:00): 74, NVLink: fatal error detected on link 3(0x10000, 0x0, 0x0)",
        "RuntimeError: CUDA error: uncorrectable NVLink error detected during the execution",
        "kernel: mce: [Hardware Error]: CPU 3: Machine Check Exception",
    ],
)
def test_broken_hardware_is_named(log: str) -> None:
    assert kind(log) == "hardware"


@pytest.mark.parametrize(
    "line", ["NVRM: Xid (PCI:0000:79:00): 31, pid=4, MMU Fault", "Uncorrectable ECC errors : 0", "NVLink errors: none"]
)
def test_a_fault_of_the_program_or_a_count_of_none_is_no_broken_hardware(line: str) -> None:
    assert kind(line) == "none"


@pytest.mark.parametrize(
    "log",
    [
        "RuntimeError: DataLoader worker (pid 4471) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory.",
        "RuntimeError: unable to write to file </torch_88_1>: No such file, /dev/shm",
        "Bus error (core dumped)",
    ],
)  # fmt: skip
def test_shared_memory_is_advised_where_it_lacked(log: str) -> None:
    found = diagnose_log(log)
    assert found
    assert (found.kind, "--shm-size" in found.advice) == ("oom_host", True)


def test_memory_that_lacked_itself_is_advised_otherwise() -> None:
    found = diagnose_log("MemoryError: ")
    assert found
    assert "--shm-size" not in found.advice


@pytest.mark.parametrize(
    "before", ["2026-11-21 10:00:00,123 - ERROR - ", "10:00:00 ERROR ", "[2026-11-21 10:00:00] ERROR: "]
)
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.", "oom_gpu"),
        ("CUDA error: uncorrectable ECC error encountered", "hardware"),
        ("KeyboardInterrupt", "cancelled"),
        ("Bus error (core dumped)", "oom_host"),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'checkpoints/checkpoint-5/trainer_state.json'", "checkpoint_missing"),
    ],
)  # fmt: skip
def test_a_loggers_words_before_a_line_hide_nothing(before: str, line: str, expected: str) -> None:
    assert kind(f"{before}{line}") == expected


@pytest.mark.parametrize("before", ["2026-11-21 10:00:00,123 - INFO - ", "2026-11-21 10:00:00 INFO "])
def test_what_a_logger_only_informs_of_is_no_failure(before: str) -> None:
    assert kind(f"{before}Bus error handler installed\n{before}SIGTERM handler installed") == "none"
