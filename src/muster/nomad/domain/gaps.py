"""The questions: only what neither the repository nor the prompt says, at most five beside the table of variables.

One that was answered in advance does not count.

In this order, because earlier answers decide later ones: image, port, network mode, [environment], count, resources,
storage, architecture, external route (or tags for it). Ids are `service.field`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from muster.core.gates.questions import (
    AnswerValue,
    Choice,
    ChoiceQuestion,
    NumberQuestion,
    Question,
    TableQuestion,
    TextQuestion,
)
from muster.nomad.domain.amounts import MOST_CPU_MHZ, MOST_INSTANCES, MOST_MEMORY_MB, MOST_PORT, SIZE
from muster.nomad.domain.build.site import SpecDefaults
from muster.nomad.domain.build.storage import decide_storage, named_volumes
from muster.nomad.domain.build.target import Target
from muster.nomad.domain.decisions.answers import same_build
from muster.nomad.domain.decisions.apply import apply_wishes
from muster.nomad.domain.env_table import env_question
from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.merge.unknowns import image_looked_for
from muster.nomad.domain.profile import Analysis, ServiceProfile
from muster.nomad.domain.prompt.parse import Wishes
from muster.nomad.domain.routing.asking import route_question
from muster.nomad.domain.routing.choose import choose_router, conventions_of
from muster.nomad.domain.workload import SIZES, classify_workload

MOST_QUESTIONS = 5
QUESTION_FIELDS = ("image", "port", "network", "count", "resources", "storage", "architecture", "route", "tags")
"""What may be asked of a service, in order."""

IMAGE = r"(?!.*//)[a-z0-9][\w./:@-]*"
"""What an image's name looks like; it is no URL."""
IMAGE_LIKE = "registry/name:tag"
_SIZE = rf"light|medium|heavy|compute|{SIZE}"


def gap_questions(
    analysis: Analysis,
    wishes: Wishes,
    target: Target | None = None,
    estate: EstateFacts | None = None,
    defaults: SpecDefaults | None = None,
    given: Collection[str] = (),
) -> tuple[Question, ...]:
    """What is left to ask, in order. `target` is what is known of the cluster, `estate` of what is around it.

    `given` are the ids of questions that were answered in advance: nobody has to read them, so they don't count.
    """
    wished = apply_wishes(analysis, wishes)
    before = [question for asker in _BEFORE for question in asker(wished, target)]
    after = [question for asker in _AFTER for question in asker(wished, target)]
    after += _route(wished, estate, defaults or SpecDefaults(), given)
    counted = [question.id for question in (*before, *after) if question.id not in given]
    shown = {*counted[:MOST_QUESTIONS], *given}
    env = env_question(wished)
    questions = (*before, *([env] if env else []), *after)
    return tuple(question for question in questions if question is env or question.id in shown)


def own_answers(questions: Iterable[Question], answers: Mapping[str, AnswerValue]) -> dict[str, AnswerValue]:
    """The answers that are more than a default taken: those keep the rule's own word, with its reason.

    A port's default may be the one asked for on the node, which no rule repeats: it counts as answered.
    """
    taken = {
        question.id
        for question in questions
        if not question.id.endswith(".port") and answers.get(question.id) == _default(question)
    }
    return {key: value for key, value in answers.items() if key not in taken}


def _default(question: Question) -> AnswerValue:
    return None if isinstance(question, TableQuestion) else question.default


def _images(analysis: Analysis, target: Target | None) -> Iterator[Question]:
    asked: list[ServiceProfile] = []
    for one in analysis.services:
        if one.image or any(same_build(one, other) for other in asked):
            continue
        asked.append(one)
        yield TextQuestion(
            id=f"{one.name}.image",
            text=f"Which image should {one.name} run?",
            reason=f"not found in {image_looked_for(one)}; a base image is never deployed in its place",
            where=one.build.where if one.build else "",
            pattern=IMAGE,
            like=IMAGE_LIKE,
        )


def _ports(analysis: Analysis, target: Target | None) -> Iterator[Question]:
    for one in analysis.services:
        if one.ports or (one.listens and not one.listens.value) or one.job.value in ("batch", "periodic"):
            continue
        static = one.static_port
        known = one.listens.explain() if one.listens else "nothing says that it listens"
        yield NumberQuestion(
            id=f"{one.name}.port",
            text=f"On which port does {one.name} listen inside its container (0: on none)?",
            reason=static.explain() if static else f"{known}; looked in compose, EXPOSE, commands and frameworks",
            where=one.listens.where if one.listens else "",
            default=static.value if static else 0,
            minimum=0,
            maximum=MOST_PORT,
        )


def _network(analysis: Analysis, target: Target | None) -> Iterator[Question]:
    main = analysis.main()
    if main is None or not main.ports or main.network_mode:
        return
    yield ChoiceQuestion(
        id=f"{main.name}.network",
        text=f"Which network should {main.name} use?",
        reason="docker's own: any host port works, also below 1024; the host's is for multicast or very many ports",
        choices=[
            Choice(value="bridge", label="docker's own network"),
            Choice(value="host", label="the host's network: the app must bind the port that it is given"),
        ],
        default=["bridge"],
    )


def _count(analysis: Analysis, target: Target | None) -> Iterator[Question]:
    main = analysis.main()
    if main is None or main.replicas or main.job.value != "service":
        return
    yield NumberQuestion(
        id=f"{main.name}.count",
        text=f"How many instances of {main.name}?",
        reason="neither the prompt nor compose says how many",
        default=1,
        minimum=1,
        maximum=MOST_INSTANCES,
    )


def _resources(analysis: Analysis, target: Target | None) -> Iterator[Question]:
    main = analysis.main()
    if main is None or main.memory_mb:
        return
    chosen = classify_workload(main)
    sizes = ", ".join(f"{name} ({cpu} MHz/{memory} MB)" for name, (cpu, memory) in SIZES.items())
    yield TextQuestion(
        id=f"{main.name}.resources",
        text=f"How much does {main.name} need: {sizes}, or MHz/MB such as 700/900?",
        reason=chosen.reason,
        where=chosen.where,
        default=chosen.value,
        pattern=_SIZE,
        like=f"one of these words, or 700/900, with at most {MOST_CPU_MHZ}/{MOST_MEMORY_MB}",
    )


def _storage(analysis: Analysis, target: Target | None) -> Iterator[Question]:
    for one in analysis.services:
        named = named_volumes(one)
        if not named or one.storage:
            continue
        names = ", ".join(f"{volume.source} at {volume.path}" for volume in named)
        decided = decide_storage(one, target)
        yield ChoiceQuestion(
            id=f"{one.name}.storage",
            text=f"What keeps the data of {one.name} ({names})?",
            reason=decided.reason,
            where=next(volume.where for volume in one.volumes if volume.value in named),
            choices=[
                Choice(value="host", label="a host volume that the nodes declare"),
                Choice(value="csi", label="a CSI volume"),
                Choice(value="none", label="nothing: the data goes with the container"),
            ],
            default=[decided.value],
        )


def _architecture(analysis: Analysis, target: Target | None) -> Iterator[Question]:
    main = analysis.main()
    if main is None or main.image or main.architecture:
        return
    yield ChoiceQuestion(
        id=f"{main.name}.architecture",
        text=f"Which architecture is the image of {main.name} built for?",
        reason="its image is not known, so nothing says where it can run",
        choices=[Choice(value=value) for value in ("any", "amd64", "arm64")],
        default=["any"],
    )


def _route(
    analysis: Analysis, estate: EstateFacts | None, defaults: SpecDefaults, given: Collection[str]
) -> list[Question]:
    """A port that is answered in advance is one that can be reached."""
    main = analysis.main()
    if main is None or main.route or main.route_tags or main.job.value != "service":
        return []
    if not main.ports and f"{main.name}.port" not in given:
        return []
    routing = choose_router(defaults.router, estate, fabio_known=defaults.fabio_known)
    question = route_question(main, routing, conventions_of(estate))
    return [question] if question else []


Asker = Callable[[Analysis, Target | None], Iterator[Question]]

# Order is important: the first five questions that nobody answered in advance are asked.
_BEFORE: tuple[Asker, ...] = (_images, _ports, _network)
_AFTER: tuple[Asker, ...] = (_count, _resources, _storage, _architecture)
