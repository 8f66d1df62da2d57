"""What a Dockerfile's final image says about the unit, as evidence."""

from collections.abc import Iterator

from muster.core.secret_shapes.table import mask_secrets
from muster.nomad.domain.env_vars import env_fact
from muster.nomad.domain.extractors.dockerfile_bases import base_image, base_uid
from muster.nomad.domain.extractors.dockerfile_image import Image, Said
from muster.nomad.domain.extractors.dockerfile_ports import image_ports
from muster.nomad.domain.extractors.dockerfile_scripts import script_variables
from muster.nomad.domain.extractors.dockerfile_speaker import Speaker
from muster.nomad.domain.extractors.durations import parse_duration
from muster.nomad.domain.extractors.probes import probe
from muster.nomad.domain.facts import (
    BaseImageFact,
    CommandFact,
    Evidence,
    HealthFact,
    UserFact,
    VolumeFact,
    WorkdirFact,
)

# Set by images for themselves; nobody would set them for a job.
_IMAGE_OWN = frozenset({"PATH", "LD_LIBRARY_PATH", "DEBIAN_FRONTEND", "LANG", "LC_ALL"})


def image_facts(image: Image, speaker: Speaker) -> Iterator[Evidence]:
    """Everything the final image says, base image first."""
    yield from _base(image, speaker)
    yield from image_ports(image, speaker)
    yield from _environment(image, speaker)
    yield from script_variables(image.script, speaker) if image.script else ()
    yield from _command(image, speaker)
    yield from _workdir(image, speaker)
    yield from _user(image, speaker)
    yield from _volumes(image, speaker)
    yield from _health(image, speaker)


def _base(image: Image, speaker: Speaker) -> Iterator[Evidence]:
    if image.base.missing:
        names = ", ".join(image.base.missing)
        yield speaker.problem(f"FROM {image.base.text}: nothing gives {names} a value", image.line)
        return
    platform = None if image.platform.missing else image.platform.text or None
    fact = BaseImageFact(image=image.base.text, platform=platform)
    yield speaker.evidence(fact, image.line, f"the final stage is built on {image.base.text}")


def _environment(image: Image, speaker: Speaker) -> Iterator[Evidence]:
    for name, said in image.env.items():
        value = said.words[0]
        if name in _IMAGE_OWN or not name.isprintable():
            continue
        if value.missing:
            reason = f"ENV takes {', '.join(value.missing)}, which has no value here"
            yield speaker.evidence(env_fact(name, None), said.line, reason, said.stage)
        else:
            yield speaker.evidence(env_fact(name, value.text), said.line, "ENV", said.stage)


def _command(image: Image, speaker: Speaker) -> Iterator[Evidence]:
    command, entrypoint = image.command, image.entrypoint
    last = command or entrypoint
    if last is None:
        return
    fact = CommandFact(
        command=command.texts if command and command.texts else None,
        entrypoint=entrypoint.texts if entrypoint and entrypoint.texts else None,
    )
    names = [name for name, said in (("ENTRYPOINT", entrypoint), ("CMD", command)) if said]
    yield speaker.evidence(fact, last.line, " and ".join(names), last.stage)


def _workdir(image: Image, speaker: Speaker) -> Iterator[Evidence]:
    said = image.workdir
    if said is not None and not said.words[0].missing:
        yield speaker.evidence(WorkdirFact(path=said.texts[0]), said.line, "WORKDIR", said.stage)


def _user(image: Image, speaker: Speaker) -> Iterator[Evidence]:
    said = image.user
    if said is None or not said.words:
        known = base_image(image.base.text)
        if known and known.user:
            fact = UserFact(user=known.user, uid=_uid(image, known.user))
            yield speaker.evidence(
                fact, image.line, f"the base image {known.name} runs as {known.user}", confidence=0.5
            )
        return
    if said.words[0].missing:
        yield speaker.problem(f"USER {said.texts[0]}: nothing gives {said.words[0].missing[0]} a value", said.line)
        return
    user = said.texts[0]
    uid = _uid(image, user.partition(":")[0])
    known_by = "" if uid is None or user[:1].isdigit() else f", which has the uid {uid}"
    yield speaker.evidence(UserFact(user=user, uid=uid), said.line, f"USER {user}{known_by}", said.stage)


def _uid(image: Image, name: str) -> int | None:
    if name.isascii() and name.isdigit():
        return int(name[:10])
    return image.uids.get(name, base_uid(image.base.text, name))


def _volumes(image: Image, speaker: Speaker) -> Iterator[Evidence]:
    for said in image.volumes:
        for word in said.words:
            if word.missing:
                yield speaker.problem(f"VOLUME {word.text}: nothing gives {word.missing[0]} a value", said.line)
            elif word.text:
                yield speaker.evidence(VolumeFact(path=word.text), said.line, "VOLUME", said.stage)
    known = base_image(image.base.text)
    if not image.volumes and known and known.volume:
        reason = f"the base image {known.name} keeps its data there"
        yield speaker.evidence(VolumeFact(path=known.volume), image.line, reason, confidence=0.4)


def _health(image: Image, speaker: Speaker) -> Iterator[Evidence]:
    said = image.health
    if said is None or not said.texts:
        return
    if said.texts[0].upper() == "NONE":
        yield speaker.evidence(HealthFact(type="disabled"), said.line, "HEALTHCHECK NONE", said.stage)
        return
    words = said.texts[1:] if said.exec else (*image.shell, *said.texts[1:])
    fact = probe(words, image.value_at_run_time).model_copy(update=_timing(said))
    yield speaker.evidence(fact, said.line, f"HEALTHCHECK {mask_secrets(' '.join(said.texts[1:]))[:80]}", said.stage)


def _timing(said: Said) -> dict[str, float | int | None]:
    retries = said.flags.get("retries", "")
    return {
        "interval_s": parse_duration(said.flags.get("interval", "")),
        "timeout_s": parse_duration(said.flags.get("timeout", "")),
        "start_period_s": parse_duration(said.flags.get("start-period", "")),
        "retries": int(retries[:6]) if retries.isascii() and retries.isdigit() else None,
    }
