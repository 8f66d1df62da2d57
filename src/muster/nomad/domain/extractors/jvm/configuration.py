"""The settings of one application on the JVM: which of them are in force, and what a key comes to."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from muster.nomad.domain.extractors.code.env import UPPER_NAME
from muster.nomad.domain.extractors.code.settings import Setting, read_settings
from muster.nomad.domain.extractors.code.values import UNKNOWN, Value
from muster.nomad.domain.extractors.extractor import SourceFile

_PROFILE_FILE = re.compile(r"(?:application|bootstrap)-([\w.-]{1,60}?)\.(?:properties|ya?ml|conf)")
_PROFILE_KEYS = frozenset({"spring.config.activate.onprofile", "spring.profiles"})
_QUARKUS_PROFILE = re.compile(r"[\"']?%([\w-]{1,40})[\"']?\.(.+)")
_FOR_DEVELOPMENT = frozenset({"dev", "test", "development", "local", "default", "e2e", "it"})
_PLACEHOLDER = re.compile(
    r"\$\{\??([\w.-]{1,100})(?:(?::-?)(.{0,300}))?\}|\$\??([A-Z][A-Z0-9_]{0,60})(?::(.{0,100}))?", re.DOTALL
)
_DEEPEST = 4


@dataclass(frozen=True)
class Configuration:
    """The settings of one module: those in force, the later ones winning, and those of profiles that may be off."""

    settings: tuple[Setting, ...] = ()
    aside: tuple[Setting, ...] = ()

    def setting(self, *keys: str) -> Setting | None:
        """The setting in force of the first key that has one; keys in small letters, without dashes."""
        return next((self._by_key[key][-1] for key in keys if key in self._by_key), None)

    def text(self, key: str) -> str | None:
        """What the key comes to, where all of it is known."""
        return self.value(key).whole_text

    def value(self, key: str, depth: int = 0) -> Value:
        """What the key comes to, with the variable that sets it; HOCON's `${?X}` adds to the line before."""
        found = UNKNOWN
        for setting in self._by_key.get(key, ()):
            value = self.resolved(setting.value, depth)
            adds = setting.value.startswith("${?") and value.env is not None
            found = found.set_by(value.env or "") if adds and found.text else value
        return found

    def resolved(self, text: str, depth: int = 0) -> Value:
        """A setting's text with its placeholder filled by its default, or by another setting."""
        found = _PLACEHOLDER.fullmatch(text.strip("\"'")) if "$" in text else None
        if found is None:
            return Value(text) if "${" not in text else UNKNOWN
        if depth >= _DEEPEST:
            return UNKNOWN
        name, default = found[1] or found[3], found[2] or found[4]
        value = self.resolved(default, depth + 1) if default else UNKNOWN
        if re.fullmatch(UPPER_NAME, name):
            return value.set_by(name)
        named = self.value(name.replace("-", "").lower(), depth + 1)
        return named if named.known else value

    @cached_property
    def _by_key(self) -> Mapping[str, list[Setting]]:
        found: dict[str, list[Setting]] = {}
        for setting in self.settings:
            found.setdefault(setting.plain, []).append(setting)
        return found


def configurations(files: Iterable[SourceFile]) -> list[Configuration]:
    """The configuration of each module, by the folder in front of `src/main`, or that of the files."""
    modules: dict[str, list[SourceFile]] = {}
    for file in sorted(files, key=lambda one: (one.name.startswith("application"), one.path)):
        module = file.path.partition("src/main/")[0] if "src/main/" in file.path else file.folder
        modules.setdefault(module, []).append(file)
    return [_configuration(group) for group in modules.values()]


def _configuration(files: list[SourceFile]) -> Configuration:
    always: list[Setting] = []
    profiles: dict[str, list[Setting]] = {}
    for file in files:
        for profile, settings in _by_profile(file):
            (profiles.setdefault(profile, []) if profile else always).extend(settings)
    active = next((one.value for one in reversed(always) if one.plain == "spring.profiles.active"), "")
    chosen = Configuration().resolved(active).text or ""
    names = [name.strip() for name in chosen.split(",") if name.strip() not in _FOR_DEVELOPMENT] + ["prod %"]
    on = [setting for name in names for setting in profiles.get(name, ())]
    off = [setting for name, group in profiles.items() if name not in names for setting in group]
    return Configuration((*always, *on), tuple(off))


def _by_profile(file: SourceFile) -> list[tuple[str, list[Setting]]]:
    """The settings of a file by their profile, "" for those without one."""
    named = _PROFILE_FILE.fullmatch(file.name)
    settings = read_settings(file)
    documents = {one.document: one.value for one in settings if one.plain in _PROFILE_KEYS}
    found: dict[str, list[Setting]] = {}
    for setting in settings:
        own = _QUARKUS_PROFILE.fullmatch(setting.key) if "%" in setting.key else None
        profile = f"{own[1]} %" if own else documents.get(setting.document) or (named[1] if named else "")
        kept = Setting(own[2], setting.value, setting.path, setting.line) if own else setting
        found.setdefault(profile, []).append(kept)
    return list(found.items())
