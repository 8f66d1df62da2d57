"""Rules about memory, devices, number formats, packages and interfaces.

From the texts of torch, bitsandbytes, accelerate, transformers, flash-attn, pyarrow and the dynamic linker.
"""

from muster.aegis.domain.failures.rules import Rule, rule

HARDWARE: tuple[Rule, ...] = (
    rule(
        "hardware",
        r"uncorrectable (?:ECC|NVLink)\b(?!.{0,20}[:=]\s*(?:0|N/A))",
        r"double[- ]bit ECC",
        r"(?:ECC|Nvlink)Uncorrectable",
        r"\bXid(?: \(PCI[^)\n]{0,40}\))?\W{0,3}(?:48|62|63|64|74|79|92|94|95|119|120)\b",
        r"fallen off the bus",
        r"GPU is lost",
        r"NVLink\b.{0,40}\b(?:error|fatal|failure|fault|down)\b",
        r"CUDA error: (?:hardware stack error|unspecified hardware)",
        r"row remapp\w* .{0,20}fail",
        r"\[Hardware Error\]|Machine check",
    ),
)
"""Of a GPU and its links. Numbers of Xid: NVIDIA's "Xid Errors", those that blame no application."""

MEMORY: tuple[Rule, ...] = (
    rule(
        "oom_host",
        r"DefaultCPUAllocator",
        r"can(?:'t|not) allocate memory",
        r"^MemoryError",
        r"ArrayMemoryError",
        r"ArrowMemoryError",
        r"Unable to allocate .{0,60}(?:array|MiB|GiB|pinned)",
        r"std::bad_alloc",
        r"\b(?:m|re)alloc of size",
        r"failed to map segment",
        r"\[Errno 12\]",
        r"os error 12\b",
        r"alloc_cpu\.cpp",
        r"memory allocation of \d+ bytes failed",
        r"shared memory",
        r"/dev/shm",
        r"killed by signal: Bus error",
        r"exit ?code\W{0,3}-7\b",
        r"(?:host|system|CPU) (?:RAM|memory) (?:is )?(?:exhausted|not enough)",
    ),
    rule("oom_killed", r"killed by signal: Killed", r"exit ?code\W{0,3}-9\b", r"SIGKILL", r"OOM ?Killed"),
    rule(
        "oom_gpu",
        r"^(?:Out ?Of ?Memory ?Error)",
        r"(?:CUDA|HIP|MPS|XPU|HPU|NPU|GPU|device)\b.{0,80}out of memory",
        r"out of memory .{0,200}(?:CUDA|HIP|MPS|GPU|device|\.cu\b)",
        r"(?:CUDA|hip)_?Error_?(?:Out_?Of_?Memory|Memory_?Allocation)",
        r"(?:CUBLAS|CUDNN|CUSPARSE|CUSOLVER|HIPBLAS|ROCBLAS)_STATUS_(?:ALLOC_FAILED|NOT_INITIALIZED|MEMORY_ERROR)",
        r"CUDNN_STATUS_NOT_SUPPORTED",
        r"RESOURCE_EXHAUSTED",
        r"enough GPU (?:RAM|memory)",
        r"(?:not enough|insufficient) (?:GPU|device|CUDA|VRAM)\b.{0,20}(?:memory|RAM)?",
        r"No executable batch size found",
        r"failed to allocate .{0,40}(?:device|GPU|VRAM|CUDA)",
        r" out of memory\b",
    ),
)

PRECISION: tuple[Rule, ...] = (
    rule(
        "precision",
        r"expected scalar type",
        r"(?:the same|different|mismatched) d(?:ata ?)?type",
        r"d(?:ata ?)?types? (?:do(?:es)? not |don't )?(?:match|differ)",
        r"\bd(?:ata ?)?type mismatch",
        r"not implemented for '(?:Half|BFloat16|Float8\w*)'",
        r"b(?:f|float)16\b.{0,80}(?:not|n't|only|requires?|unsupported|need)",
        r"(?:not|n't|only|requires?|unsupported|need)\b.{0,60}\bb(?:f|float)16",
        r"unscale FP16 gradients",
        r"Input type .{0,60}(?:weight|bias) type",
        r"fp16 .{0,80}(?:can only|requires?|not supported|unsupported)",
        r"unsupported ScalarType",
        r"at::Half without overflow",
        r"inf checks were recorded",
        r"mixed[- ]precision .{0,80}(?:not|only|requires?)",
        r"should be the same\b.{0,40}(?:Half|Float|BFloat16)",
        r"mat1 and mat2.{0,20}dtype",
    ),
)

ATTENTION: tuple[Rule, ...] = (
    rule(
        "attention",
        r"flash[-_ ]?att(?:n|ention)",
        r"attn_implementation",
        r"attention implementation",
        r"scaled_dot_product_attention.{0,80}(?:not|n't)",
        r"No available kernel",
        r"xformers",
        r"memory[-_ ]efficient[-_ ]attention",
    ),
)

NO_CUDA: tuple[Rule, ...] = (
    rule(
        "env_no_cuda",
        r"not compiled with CUDA",
        r"no NVIDIA driver",
        r"No CUDA GPUs",
        r"CUDA driver (?:version|initialization)",
        r"NVIDIA driver .{0,60}(?:old|insufficient)",
        r"no kernel image",
        r"no CUDA-capable device",
        r"invalid device ordinal",
        r"cuda\.is_available\(\) is False",
        r"CUDA (?:setup failed|unknown error|is not available|unavailable)",
        r"cudaGetDeviceCount",
        r"lib(?:cuda|cudart|cublas|cudnn|nvrtc|nccl)\w*\.so",
        r"(?:No|without a|requires? a|need a) (?:CUDA )?GPU\b",
        r"no (?:HIP|ROCm) GPUs",
        r"CUDA error: (?:system|initialization|unknown error)",
        r"device .?cuda.? .{0,40}not available",
        r"could not select device driver|nvidia-container-cli|unresolvable CDI devices|runtime name: nvidia",
    ),
)

NUMBERS: tuple[Rule, ...] = (
    rule(
        "numeric_divergence",
        r"probability tensor contains",
        r"\bloss\b.{0,40}\b(?:is |was |became |= ?)?(?:nan|inf|infinite|not finite)\b",
        r"\b(?:nan|infinite) loss",
        r"non-?finite",
        r"returned nan values",
        r"(?:nan|inf)\b.{0,20} (?:found|detected|encountered) in",
        r"(?:nan|inf)s? (?:or (?:nan|inf)s? )?(?:values? )?(?:found|detected|encountered)",
        r"(?:found|detected|encountered) (?:a )?(?:nan|inf)",
        r"loss scale .{0,40}minimum",
        r"minimum loss scale",
        r"^FloatingPointError",
        r"training (?:has )?diverged",
        r"gradients? .{0,30}\b(?:nan|inf|overflow)",
    ),
)

PACKAGES: tuple[Rule, ...] = (
    rule(
        "api_drift",
        r"cannot import name",
        r"weights only load failed",
        r"upgrade torch to at least",
    ),
    rule(
        "env_missing_package",
        r"^ModuleNotFoundError",
        r"No module named",
        r"^PackageNotFoundError",
        r"pip3? install",
        r"conda install",
        r"not installed",
        r"Please install",
        r"need to install",
        r"cannot open shared object file",
        r"undefined symbol",
        r"(?:GLIBC|GLIBCXX|CXXABI)_[\d.]+' not found",
        r"is required (?:for|but|by)\b.{0,60}(?:found|module|application|not)",
        r"^ImportError.{0,200}(?:requires?|not found)",
        r"^(?:DistributionNotFound|VersionConflict)",
        r"^OperatorsNotFoundError|requires? .{0,40}(?:library|package)\b.{0,60}(?:not|n't)",
    ),
)

INTERFACE: tuple[Rule, ...] = (
    rule(
        "script_error",
        r"'(?:NoneType|str|list|dict|int|float|tuple|set|bytes|function)' object has no attribute",
    ),
    rule(
        "api_drift",
        r"unexpected keyword argument",
        r"has no attribute",
        r"missing \d+ required (?:positional|keyword-only) argument",
        r"takes (?:from )?\d+ .{0,20}positional arguments?",
        r"takes no (?:keyword )?arguments",
        r"multiple values for (?:keyword )?argument",
        r"unrecognized arguments",
        r"(?:is|are) not used by the HfArgumentParser",
        r"(?:was|has been|is) (?:removed|no longer supported|deprecated and)",
        r"(?:no longer|not) (?:a valid|accept).{0,30}argument",
        r"is not a valid \w*(?:Strategy|Type|Config|Names?)\b",
    ),
)
