"""Rules about what a training is made of: model, tokenizer, template, data, adapter.

From the texts of transformers, huggingface_hub, safetensors, tokenizers, jinja2, datasets, pyarrow, peft and trl.
"""

from muster.aegis.domain.failures.rules import Rule, rule

_LOADING_DATA = (
    r"datasets/|data_utils|load_dataset|in (?:tokenize|_tokenize|preprocess\w*|add_eos|collate\w*|format\w*)\b"
)
_LOADING_MODEL = r"from_pretrained|configuration_utils|modeling_utils|auto_factory|configuration_auto"

TOKENS: tuple[Rule, ...] = (
    rule("chat_template_syntax", r"^Template(?:SyntaxError|AssertionError|RuntimeError)", r"^SecurityError"),
    rule("dataset_columns", r"^UndefinedError"),
    rule(
        "chat_template_mask",
        r"generation %",
        r"assistant_only_loss",
        r"no assistant tokens",
        r"assistant[- _](?:tokens?[- _])?mask",
        r"training-compatible",
        r"(?:response|instruction) (?:key|template)",
    ),
    rule(
        "chat_template_missing",
        r"chat[-_ ]?template\b.{0,60}(?:not set|missing|is None|not (?:defined|found|available))",
        r"(?:no|not have a|without a|has no)\b.{0,20}chat[-_ ]?template",
        r"cannot use .{0,20}chat[-_ ]?template",
    ),
    rule("chat_template_role", r"^TemplateError", r"roles? must alternate", r"(?:system )?role .{0,20}not supported"),
    rule("tokenizer_pad", r"pad(?:ding)?[-_ ]?token"),
    rule(
        "sequence_length",
        r"max_position_embeddings",
        r"maximum (?:context|sequence) length",
        r"sequence length .{0,60}(?:exceed|longer|greater|larger)",
        r"(?:input|sequence|prompt) .{0,40}longer than .{0,40}(?:model|maximum|block|context)",
        r"exceeds? .{0,40}(?:context|max_length|n_positions|block_size|maximum)",
        r"block size",
    ),
    rule(
        "sequence_length",
        r"index out of (?:range|bounds)|device-side assert|srcSelectDimSize|size of tensor a",
        where=r"position|wpe|rotary|alibi",
    ),
    rule(
        "sequence_length",
        r"index out of (?:range|bounds)|device-side assert|srcSelectDimSize|size of tensor a",
        log=r"sequence length is longer than the specified maximum",
    ),
    rule(
        "vocab_mismatch",
        r"^IndexError: (?:index out of range in self)",
        r"device-side assert",
        r"srcSelectDimSize|vectorized_gather|index_?select.{0,40}assert",
        r"size mismatch .{0,120}(?:embed|lm_head|wte|vocab)",
        r"Target -?\d+ is out of bounds",
        r"vocab(?:ulary)?[-_ ]?size",
        r"outside (?:of )?the vocabulary",
        r"resize_token_embeddings",
        r"token (?:id|index|indices)s? .{0,60}(?:out of|exceed|larger|greater)",
    ),
    rule(
        "tokenizer",
        r"can't load tokenizer",
        r"untagged enum",
        r"backend tokenizer",
        r"tokenizer class",
        r"tokenizer(?:_config)?\.(?:json|model)",
        r"sentencepiece|tiktoken",
        r"vocab_file",
        r"^(?:Exception|ValueError).{0,80}(?:ModelWrapper|PreTokenizer|PyPreTokenizer|PostProcessor)",
    ),
)

ADAPTER: tuple[Rule, ...] = (
    rule(
        "lora_targets",
        r"target[-_ ]modules?\b",
        r"^NoMatchingPeftModuleError",
        r"No modules were targeted",
        r"modules_to_save.{0,80}(?:not|no match)",
        r"layers_to_transform|target_parameters",
    ),
)

MODEL: tuple[Rule, ...] = (
    rule(
        "model_unreachable",
        r"^(?:GatedRepoError|LocalEntryNotFoundError|OfflineModeIsEnabled)",
        r"gated repo",
        r"couldn't connect to .{0,60}(?:huggingface|hf-mirror|hub|https?://)",
        r"offline mode is enabled",
        r"locate the file on the Hub",
        r"outgoing traffic has been disabled",
        r"HF_HUB_OFFLINE",
    ),
    rule("dataset_missing", r"^DatasetNotFoundError", r"Dataset .{0,120}(?:doesn't|does not) exist"),
    rule(
        "model_missing",
        r"^(?:RepositoryNotFound|RevisionNotFound|EntryNotFound|RemoteEntryNotFound|HFValidation)Error",
        r"not a valid (?:model|git) identifier",
        r"Incorrect path_or_model_id",
        r"Repo id must",
        r"does not appear to have (?:a )?files? named",
        r"no file named .{0,120}",
        r"can't load (?:the )?(?:model|config\w*|weights) (?:for|of|from)",
        r"Can't find .{0,20}(?:config\.json|model\.safetensors)",
        r"No such file or directory.{0,200}(?:config\.json|\.safetensors|pytorch_model|inputs/model)",
    ),
    rule(
        "model_config",
        r"ignore_mismatched_sizes",
        r"size mismatch",
        r"Unrecognized (?:model|configuration)",
        r"not recognize this architecture",
        r"model_type",
        r"(?:config|json) file .{0,80}not a valid JSON",
        r"trust_remote_code",
        r"shapes cannot be multiplied",
        r"loading state_dict",
        r"rope_scaling|rope_parameters",
        r"must be divisible by .{0,40}(?:heads|num)",
        r"embed_dim must be divisible",
        r"purely quantized|quantization_config|already quantized",
    ),
    rule("model_config", r"^(?:KeyError|JSONDecodeError)", where=_LOADING_MODEL),
    rule(
        "model_corrupt",
        r"^SafetensorError(?!.{0,20}while serializing)",
        r"Header ?Too ?(?:Large|Small)|InvalidHeader|MetadataIncomplete|incomplete metadata|deserializing header",
        r"PytorchStreamReader",
        r"central directory",
        r"invalid load key",
        r"^UnpicklingError",
        r"pickle data was truncated|Ran out of input|unexpected EOF|Truncated|file is truncated",
        r"Unable to load weights",
        r"git[- ]lfs",
        r"checksum|Consistency check failed|sha256 .{0,20}mismatch",
        r"file .{0,60}(?:corrupt|damaged)",
        r"^BadZipFile|not a zip file",
        r"storage has wrong (?:byte )?size",
    ),
)

DATA: tuple[Rule, ...] = (
    rule(
        "dataset_missing",
        r"Unable to find .{0,200}\.(?:jsonl?|csv|tsv|parquet|arrow|txt)",
        r"No such file or directory: .{0,200}\.(?:jsonl?|csv|tsv|parquet|arrow|txt)(?:\.gz|\.zst)?['\"]?$",
        r"Couldn't find (?:a |any )?(?:dataset|data ?files?|file)",
        r"No (?:supported )?data ?files",
        r"Dataset .{0,120}(?:not found|is missing)",
        r"^DataFilesNotFoundError",
    ),
    rule(
        "dataset_encoding",
        r"^Unicode(?:Decode|Encode)?Error",
        r"codec can't decode",
        r"invalid utf-?8",
        r"not valid utf-?8",
    ),
    rule(
        "dataset_all_masked",
        r"num_samples=0",
        log=r"assistant_only_loss|completion_only|all .{0,30}mask|max_(?:seq_)?length ?=|-100",
    ),
    rule(
        "dataset_all_masked",
        r"(?:all|every|no) .{0,40}(?:label|token|row|example)s?\b.{0,40}(?:mask|-100|ignored)",
        r"no (?:trainable|unmasked|supervised) (?:token|label)s?",
        r"labels? .{0,30}all .{0,10}-100",
    ),
    rule(
        "dataset_empty",
        r"^EmptyDatasetError",
        r"num_samples=0",
        r"corresponds to no data",
        r"(?:dataset|split|data|file) .{0,60}(?:is empty|no rows|no examples|zero rows|contains? (?:no|0) )",
        r"empty (?:dataset|split|csv|file)",
        r"^EmptyDataError|No columns to parse",
        r"doesn't contain any (?:data|rows)",
        r"n_samples=0|should be greater than 0.{0,40}(?:dataset|samples)",
    ),
    rule(
        "dataset_columns",
        r"^(?:DatasetGeneration)?CastError",
        r"couldn't cast",
        r"column names don't match",
        r"columns? .{0,80}(?:not in|n't exist|not exist|not found|missing|must|required)",
        r"No columns in the dataset match",
        r"dataset_text_field",
        r"(?:must|should) (?:have|contain|include) .{0,60}(?:columns?|fields?|keys?)\b",
        r"(?:unknown|unsupported|unrecognized|could not determine) .{0,20}(?:dataset|data) (?:format|type)",
        r"formatting_func",
        r"^KeyError: ['\"](?:text|messages|prompt|completion|chosen|rejected|instruction|input|output|conversations?"
        r"|role|content|from|value|response|question|answer|labels?|input_ids|completion_mask)['\"]",
    ),
    rule("dataset_columns", r"^KeyError", where=_LOADING_DATA),
    rule(
        "dataset_row",
        r"JSON parse error",
        r"^JSONDecodeError",
        r"^Arrow(?:Invalid|TypeError)",
        r"cannot mix list and non-list",
        r"Text(?:Encode)?Input(?:Sequence)? must be",
        r"text input must be of type",
        r"excessive nesting",
        r"^ParserError|Error tokenizing data",
        r"Unable to create tensor",
        r"expected .{0,20}(?:string|str)\b.{0,40}(?:got|found|but) .{0,20}(?:None|NoneType|float|int|list)",
    ),
    rule("dataset_row", r"object has no attribute|NoneType|not subscriptable|string indices", where=_LOADING_DATA),
)
