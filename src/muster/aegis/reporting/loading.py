"""The lines of Python that load what was trained, for a card; its paths are literals, and never code."""


def loading_code(artefact: str, base: str | None) -> str:
    """`model` and `tokenizer`, and an answer of theirs. `base` is the adapter's base; None: whole weights."""
    if base is None:
        imports = "from transformers import AutoModelForCausalLM, AutoTokenizer\n"
        model = f"model = AutoModelForCausalLM.from_pretrained({_literal(artefact)})\n"
    else:
        imports = "from peft import PeftModel\nfrom transformers import AutoModelForCausalLM, AutoTokenizer\n"
        model = (
            f"base = AutoModelForCausalLM.from_pretrained({_literal(base)})\n"
            f"model = PeftModel.from_pretrained(base, {_literal(artefact)})\n"
        )
    return (
        f"{imports}\n{model}tokenizer = AutoTokenizer.from_pretrained({_literal(artefact)})\n\n"
        'inputs = tokenizer("How do I", return_tensors="pt")\n'
        "print(tokenizer.decode(model.generate(**inputs, max_new_tokens=32)[0]))\n"
    )


def _literal(path: str) -> str:
    """In ASCII; without the sign that could end a block of code in Markdown."""
    return ascii(path).replace("`", "\\x60")
