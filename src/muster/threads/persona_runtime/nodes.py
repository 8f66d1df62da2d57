"""The steps of a run. Each is safe to run again."""

from langgraph.runtime import Runtime

from muster.threads.common.contracts import Draft
from muster.threads.common.platform_text import compose, platform_problems
from muster.threads.persona_runtime.context import RunContext
from muster.threads.persona_runtime.domain.fitting import fit
from muster.threads.persona_runtime.domain.subject import plain, readable, subject_of
from muster.threads.persona_runtime.ports import Brief
from muster.threads.persona_runtime.state import RunState, Update, Words

MOST_CONDENSED = 3
"""The last of them is no author's: it cuts, and always fits."""


def ingest(state: RunState, runtime: Runtime[RunContext]) -> Update:
    """What it is about, in a few words; a request that says nothing is about a topic of the persona's."""
    request, persona = state.request, runtime.context.persona
    texts = (request.topic, request.pain_statement, request.trend_snippet)
    subject = subject_of(*texts) or persona.topics[request.seed % len(persona.topics)]
    return {"subject": subject, "despair": list(runtime.context.guardrail.despair(*texts))}


def hook_llm(state: RunState, runtime: Runtime[RunContext]) -> Update:
    """The first line."""
    written = runtime.context.author.hook(_brief(state, runtime))
    return {"words": Words(hook=" ".join(readable(written.text).split())), "uses": list(written.uses)}


def body_llm(state: RunState, runtime: Runtime[RunContext]) -> Update:
    """What follows on it."""
    written = runtime.context.author.body(_brief(state, runtime), state.words.hook)
    return {"words": Words(body=readable(written.text)), "uses": list(written.uses)}


def condense(state: RunState, runtime: Runtime[RunContext]) -> Update:
    """Shorter words, before they are judged: what is judged is what is posted."""
    words, condensed = state.words, state.condensed + 1
    if condensed == MOST_CONDENSED:
        hook, body = fit(words.hook, words.body)
        return {"words": Words(hook=hook, body=body), "condensed": condensed}
    problems = platform_problems(compose(words.hook, words.body))
    written = runtime.context.author.condense(_brief(state, runtime), words.hook, words.body, problems)
    return {"words": Words(body=readable(written.text)), "uses": list(written.uses), "condensed": condensed}


def guardrail(state: RunState, runtime: Runtime[RunContext]) -> Update:
    """The verdict on hook and body together."""
    context, words = runtime.context, state.words
    return {"moderation": context.guardrail.judge(context.persona, words.hook, words.body, state.despair)}


def format_draft(state: RunState, runtime: Runtime[RunContext]) -> Update:
    """The post as one text. The words stay as they were judged."""
    if state.moderation is None:
        raise ValueError("a draft is formatted before it is judged")
    hook, body = state.words.hook, state.words.body
    draft = Draft(
        hook=hook,
        body=body,
        text=compose(hook, body),
        moderation=state.moderation,
        uses=tuple(state.uses),
        condensed=state.condensed,
    )
    return {"draft": draft}


def _brief(state: RunState, runtime: Runtime[RunContext]) -> Brief:
    request = state.request
    return Brief(
        persona=runtime.context.persona,
        subject=state.subject,
        topic=plain(request.topic),
        pain_statement=plain(request.pain_statement),
        trend_snippet=plain(request.trend_snippet),
        seed=request.seed,
    )
