"""What each class of failure means, in a clause, and what a person may do about it."""

from typing import NamedTuple

from muster.aegis.domain.diagnosis import FailureKind


class Kind(NamedTuple):
    """`transient`: the same again may work, of hardware on another machine."""

    summary: str
    advice: str
    transient: bool = False


KINDS: dict[FailureKind, Kind] = {
    "oom_gpu": Kind("the GPU's memory was not enough", "Make it need less memory, or take a larger GPU."),
    "oom_host": Kind("the machine's memory was not enough", "Make it need less memory, or give the job more."),
    "oom_killed": Kind(
        "the kernel killed it at its memory limit", "Make it need less memory, or give the job a higher limit."
    ),
    "numeric_divergence": Kind(
        "the training diverged: its numbers are no longer finite, or its loss explodes",
        "Go back to the last good checkpoint, with a lower learning rate, more warm-up and tighter clipping; see "
        "also that the base weights are finite.",
    ),
    "no_progress": Kind("it runs and learns nothing", "Look at the labels, the learning rate and what is trained."),
    "timeout": Kind("its time was over", "Give it more time, or fewer epochs."),
    "cpu_limit": Kind("its CPU time was used up", "Raise the limit of CPU time, or train less."),
    "budget": Kind("it was stopped before passing its budget", "Raise the budget, or train less."),
    "cancelled": Kind("somebody cancelled it", "Start it again when it is wanted."),
    "preempted": Kind("its machine was taken away", "Go on from the last checkpoint.", transient=True),
    "hardware": Kind(
        "the machine's hardware failed",
        "Go on from the last checkpoint on another machine; have this one's GPU, memory and links looked at.",
        transient=True,
    ),
    "network": Kind("the network, or a service behind it, failed", "Try again.", transient=True),
    "model_missing": Kind("there is no such model", "Correct the path or id, and the revision, of the model."),
    "model_unreachable": Kind(
        "the model can't be fetched from where it runs",
        "Fetch it to a local folder first; a gated model needs that access be granted to your account.",
    ),
    "model_corrupt": Kind("a file of the model's weights is damaged", "Fetch the model again, and compare checksums."),
    "model_config": Kind(
        "the model's configuration does not fit its weights or the libraries",
        "Take config.json and weights of the same revision, and a version of transformers that knows it.",
    ),
    "tokenizer_pad": Kind("the tokenizer has no pad token", "Add a pad token of its own, not the end token."),
    "tokenizer": Kind("the tokenizer can't be loaded", "Look at the tokenizer's files and the tokenizers' version."),
    "vocab_mismatch": Kind(
        "there are token ids outside the model's vocabulary",
        "Resize the embeddings to the tokenizer, or take the tokenizer that belongs to the model.",
    ),
    "chat_template_missing": Kind(
        "the tokenizer has no chat template", "Choose the template of the model's family; none is guessed."
    ),
    "chat_template_syntax": Kind("the chat template is not valid Jinja", "Correct the template."),
    "chat_template_role": Kind(
        "the chat template refuses the roles of a conversation",
        "Merge the system message into the first of the user, or let the roles alternate.",
    ),
    "chat_template_mask": Kind(
        "the template does not tell which tokens are the assistant's",
        "Use prompt and completion columns, or a template with generation markers.",
    ),
    "dataset_missing": Kind("the data is not there", "Correct the path of the data."),
    "dataset_encoding": Kind("the data is not UTF-8", "Convert the file; the place is in the message."),
    "dataset_row": Kind("a row of the data can't be used", "Correct or drop rows that are empty or of another form."),
    "dataset_columns": Kind("the data has other columns than asked", "Name the columns in `data.columns`."),
    "dataset_empty": Kind("the data has no rows", "Give data with rows; look at filters and splits."),
    "dataset_all_masked": Kind(
        "no token is left to learn from: every label is masked or cut", "Raise seq_len, or look at the masking."
    ),
    "sequence_length": Kind("rows are longer than the model can take", "Shorten seq_len to what the model can take."),
    "lora_targets": Kind("the adapter's target layers are not in this model", "Use `all-linear`."),
    "precision": Kind("the number format does not fit the hardware or the weights", "Take another precision."),
    "attention": Kind("this implementation of attention is not available here", "Use sdpa."),
    "env_missing_package": Kind("a package is missing, or of another version", "Install it where the job runs."),
    "env_no_cuda": Kind("there is no usable GPU where it runs", "Choose another executor or GPU; look at the driver."),
    "api_drift": Kind("a library's interface is another than the script's", "Pin the versions that belong together."),
    "checkpoint_missing": Kind("there is no checkpoint to go on from", "Start afresh, or name another checkpoint."),
    "checkpoint_corrupt": Kind("the checkpoint is damaged, or of another training", "Go on from the one before."),
    "storage_full": Kind(
        "the disk is full, or a quota reached", "Free space, give the job more, keep fewer checkpoints."
    ),
    "storage": Kind("the place can't be written", "Choose another output folder."),
    "permission": Kind("access to a file was denied", "Correct owner or mode, or choose another folder."),
    "script_error": Kind("the script itself failed", "Look at the last lines of the log."),
    "unknown": Kind("nothing that was seen tells why", "Look at the log, the executor and the machine."),
}
