"""Rules about where things lie and how they are reached: checkpoints, disks, rights, networks, other processes."""

from muster.aegis.domain.failures.rules import Rule, rule

_RESUMING = (
    r"_load_optimizer_and_scheduler|_load_from_checkpoint|_load_rng_state|resume_from_checkpoint|load_adapter|load_checkpoint"
    r"|load_state\b|TrainerState|checkpoint(?!_file)"
)
_STATE = (
    r"(?:checkpoint[-_/\w]*|trainer_state\.json|adapter_config\.json|adapter_model\.\w+"
    r"|(?:optimizer|scheduler|rng_state)\w*\.(?:pt|pth))"
)

FULL: tuple[Rule, ...] = (
    rule(
        "storage_full",
        r"No space left",
        r"\[Errno (?:28|122|27)\]",
        r"os error (?:28|122)\b",
        r"ENOSPC|EDQUOT",
        r"quota exceeded|exceed\w* .{0,20}quota",
        r"disk (?:is |quota )?(?:full|exhausted)|disk full",
        r"(?:not enough|insufficient) .{0,20}(?:disk|space|storage)",
        r"inline_container\.cc.{0,80}(?:unexpected pos|write|fail)",
        r"PytorchStreamWriter failed",
        r"unexpected pos \d+ vs \d+",
        r"StorageFull",
    ),
)

CHECKPOINT: tuple[Rule, ...] = (
    rule(
        "checkpoint_missing",
        r"No (?:valid )?checkpoints? (?:was |were )?found",
        r"can't find (?:a )?(?:valid )?checkpoint",
        rf"can't find .{{0,10}}{_STATE}",
        rf"No such file or directory: .{{0,200}}{_STATE}",
        rf"{_STATE}.{{0,80}}(?:not found|does not exist|doesn't exist|is missing)",
    ),
    rule(
        "checkpoint_corrupt",
        r"doesn't match the size of optimizer",
        r"parameter group that doesn't match",
        r"state[-_ ]dict for (?:Adam|SGD|the optimizer)",
        rf"{_STATE}.{{0,80}}(?:corrupt|truncated|damaged|invalid)",
    ),
    rule(
        "checkpoint_corrupt",
        r"PytorchStreamReader|central directory|invalid load key|pickle data was truncated|Ran out of input|EOF"
        r"|^SafetensorError|deserializing header|size mismatch|^BadZipFile|^JSONDecodeError|loading state_dict",
        where=_RESUMING,
    ),
)

DENIED: tuple[Rule, ...] = (
    rule(
        "permission",
        r"^PermissionError",
        r"permission denied",
        r"\[Errno (?:13|1)\]",
        r"os error 13\b",
        r"EACCES|access denied",
        r"not writable",
    ),
)

ACCESS: tuple[Rule, ...] = (
    rule(
        "storage",
        r"read-only file system",
        r"error while serializing",
        r"\[Errno (?:5|30|24|36|116|107|17|20|21)\]",
        r"input/output error|stale file handle|too many open files|file name too long",
        r"parent directory .{0,200}not exist",
        r"file .{0,200}cannot be opened",
        r"^(?:FileExists|IsADirectory|NotADirectory)Error",
    ),
    rule(
        "storage",
        r"^FileNotFoundError",
        where=r"makedirs|mkdir|in (?:_?save\w*|write\w*|mkstemp|rename|replace)\b|torch\.save|save_",
    ),
    rule("model_missing", r"^FileNotFoundError", where=r"from_pretrained|configuration_utils"),
    rule("dataset_missing", r"^FileNotFoundError", where=r"load_dataset|datasets/|read_(?:csv|json|parquet)"),
)

NETWORK: tuple[Rule, ...] = (
    rule(
        "network",
        r"^(?:Connect(?:ion)?\w*|Read\w*|MaxRetry|NameResolution|NewConnection|Protocol|ChunkedEncoding|SSL|Proxy|DistNetwork|Remote\w*"
        r"|IncompleteRead|Comm|gaierror)(?:Error|Timeout|Disconnected)?:",
        r"connection (?:reset|refused|aborted|closed|timed out|broken)",
        r"name resolution|name or service not known|failed to resolve|getaddrinfo|no address associated",
        r"max retries exceeded",
        r"(?:read|handshake|request|operation)(?: operation)? (?:timed out|timeout)",
        r"\b(?:429|500|502|503|504)\b.{0,40}(?:error|gateway|unavailable|too many|time-?out)",
        r"bad gateway|service unavailable|too many requests|gateway time-?out|internal server error",
        r"network is unreachable|no route to host|\[Errno (?:101|104|110|111|113|-2|-3)\]",
        r"certificate verify failed|EOF occurred in violation",
        r"rate[- ]limit",
        r"IncompleteRead|ended prematurely",
    ),
)

TIME: tuple[Rule, ...] = (
    rule(
        "timeout",
        r"^(?:Function|Task|Job|Sandbox|Step)Time(?:d)?out",
        r"\b(?:hit|reached|exceeded) (?:its|the) (?:time-?out|time limit|deadline|walltime|max(?:imum)? ?run ?time)",
        r"(?:job|task|function|step|container)\b.{0,40}\btimed out after",
    ),
)
"""The job's own time; a connection's is the network's."""

RANKS: tuple[Rule, ...] = (
    rule(
        "network",
        r"NCCL.{0,200}(?:time[d-]?[- ]?out|error|abort)",
        r"(?:error|time[d-]?[- ]?out).{0,80}NCCL",
        r"collective operation time-?out",
        r"nccl(?:Remote|System|Internal|UnhandledCuda)\w*Error",
        r"TCPStore|socketPollConnect|client socket",
        r"gloo.{0,80}(?:time|connection|reset)",
        r"^(?:DistBackend|DistStore)Error",
    ),
)
"""Ranks that lost one another: believed when nothing better is said, for the cause is often another rank's."""

TAKEN: tuple[Rule, ...] = (
    rule(
        "oom_killed",
        r"oom[-_ ]?kill(?!ed\W{1,4}false)",
        r"OOMKilled(?!\W{1,4}false)",
        r"exit ?code\W{0,3}(?:-9|137)\b",
        r"out of memory: killed",
        r"slurmstepd.{0,120}out of memory",
        r"memory cgroup out of memory",
    ),
    rule(
        "timeout", r"due to time limit", r"time limit (?:reached|exceeded)|walltime|deadline exceeded|DeadlineExceeded"
    ),
    rule("cancelled", r"\b(?:JOB|STEP)\b.{0,80}\bCANCELLED\b(?!.{0,80}(?:preempt|node fail))"),
    rule(
        "preempted",
        r"preempt",
        r"spot .{0,30}(?:interrupt|reclaim|terminat)",
        r"instance .{0,40}(?:reclaim|terminated|interruption)",
        r"(?:signal\W{0,3}|signal: ?|got signal ?)(?:15|SIGTERM)\b|SIGTERM",
        r"\bevicted\b",
        r"node (?:failure|lost|is draining|drain)",
        r"exit ?code\W{0,3}-15\b",
    ),
    rule(
        "numeric_divergence",
        r"(?:loss|gradient)s? (?:is|are|was|became) (?:not finite|nan\b)",
        r"\b(?:nan|inf) is not finite",
    ),
    rule("cpu_limit", r"CPU time limit exceeded|SIGXCPU"),
    rule("storage_full", r"No space left on device|Disk quota exceeded|File size limit exceeded"),
    rule("oom_host", r"std::bad_alloc|Cannot allocate memory|^Bus error|exit ?code\W{0,3}-7\b"),
    rule("oom_gpu", r"CUDA out of memory|CUDA_ERROR_OUT_OF_MEMORY|out of memory .{0,200}\.cu\b"),
    rule("vocab_mismatch", r"Assertion .{0,80}srcSelectDimSize|vectorized_gather_kernel"),
    rule("cancelled", r"^KeyboardInterrupt|^(?:\[rank\d+\]: ?)?(?-i:\^C)|(?-i:\]\^C)$|interrupted by (?:the )?user"),
    rule("unknown", r"^(?:\S+: line \d+:\s+\d+ )?Killed\b"),
    rule("script_error", r"Segmentation fault|core dumped|Illegal instruction"),
)
"""Lines of the shell, the kernel, schedulers and launchers, outside any traceback."""
