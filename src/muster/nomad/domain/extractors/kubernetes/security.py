"""As whom a container runs, and what more than an ordinary container it asks for; what is not carried over is named."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.compose_yaml import MapNode, ScalarNode, is_true, mapping, scalar, scalars
from muster.nomad.domain.extractors.kubernetes.container import Container
from muster.nomad.domain.facts import ContainerFact, Evidence, PrivilegeFact, UserFact

_HOST_NAMESPACES = ("hostNetwork", "hostPID", "hostIPC")
# Of the pod and of the container: a job of ours has no place for these.
_NOT_CARRIED = (
    "affinity", "nodeSelector", "tolerations", "topologySpreadConstraints", "priorityClassName", "runtimeClassName",
    "hostAliases", "dnsConfig", "imagePullSecrets", "nodeName", "activeDeadlineSeconds",
)  # fmt: skip
_ORDINARY = (
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW",
    "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
)  # fmt: skip
"""The capabilities that Docker gives every container."""
_NOT_CARRIED_OF_CONTAINER = ("lifecycle", "volumeDevices", "stdin", "tty")


def security_facts(container: Container) -> Iterator[Evidence]:
    """User, privileges, the container's settings."""
    yield from _user(container)
    yield from _privileges(container)
    own, pod = mapping(container.body.get("securityContext")), container.workload.pod
    grace = scalar(pod.get("terminationGracePeriodSeconds"))
    left = [key for key in _NOT_CARRIED if _means_something(key, pod)] if container.is_main else []
    left += [key for key in _NOT_CARRIED_OF_CONTAINER if container.body.get(key) is not None]
    fact = ContainerFact(
        cap_drop=_dropped(container),
        readonly_rootfs=is_true(own.get("readOnlyRootFilesystem")),
        stop_grace_s=float(grace.text) if grace and re.fullmatch(r"[1-9]\d{0,5}", grace.text) else None,
        not_carried=tuple(left),
        lines=_lines(own, grace),
    )
    if fact.model_copy(update={"lines": {}}) != ContainerFact():
        at = container.at("securityContext") if own.items else grace.at if grace else container.body.at
        yield container.say(fact, at, "securityContext and settings of the pod")


def _means_something(key: str, pod: MapNode) -> bool:
    """Whether the key asks for anything; that a node has Linux goes without saying."""
    node = pod.get(key)
    return node is not None and (key != "nodeSelector" or any(not one.endswith("/os") for one in mapping(node).items))


def _added(container: Container) -> Iterator[ScalarNode]:
    """The capabilities that it adds beyond those of an ordinary container."""
    capabilities = mapping(mapping(container.body.get("securityContext")).get("capabilities"))
    return (node for node in scalars(capabilities.get("add")) if _bare(node.text) not in _ORDINARY)


def _dropped(container: Container) -> tuple[str, ...]:
    """The capabilities that it drops; all but some are named one by one, so that the some need not be added."""
    capabilities = mapping(mapping(container.body.get("securityContext")).get("capabilities"))
    dropped = tuple(_bare(node.text) for node in scalars(capabilities.get("drop")))
    kept = {_bare(node.text) for node in scalars(capabilities.get("add"))}
    if "ALL" not in dropped or not kept & {*_ORDINARY}:
        return dropped
    return tuple(name for name in _ORDINARY if name not in kept)


def _bare(capability: str) -> str:
    return capability.upper().removeprefix("CAP_")


def _lines(own: MapNode, grace: ScalarNode | None) -> dict[str, str]:
    """Where each setting stands, by compose's words for it."""
    places = {"cap_drop": own.key_at.get("capabilities"), "read_only": own.key_at.get("readOnlyRootFilesystem")}
    places["stop_grace_period"] = grace.at if grace else None
    return {key: at for key, at in places.items() if at}


def _user(container: Container) -> Iterator[Evidence]:
    """The container's own number wins over the pod's."""
    contexts = (mapping(container.body.get("securityContext")), mapping(container.workload.pod.get("securityContext")))
    user = next((node for one in contexts if (node := scalar(one.get("runAsUser")))), None)
    group = next((node for one in contexts if (node := scalar(one.get("runAsGroup")))), None)
    if user is None or not re.fullmatch(r"\d{1,9}", user.text):
        return
    named = f"{user.text}:{group.text}" if group and re.fullmatch(r"\d{1,9}", group.text) else user.text
    yield container.say(UserFact(user=named, uid=int(user.text)), user.at, "runAsUser")


def _privileges(container: Container) -> Iterator[Evidence]:
    own, pod = mapping(container.body.get("securityContext")), container.workload.pod
    if is_true(own.get("privileged")):
        yield container.say(PrivilegeFact(privilege="privileged"), own.key_at["privileged"], "securityContext")
    for node in _added(container):
        yield container.say(
            PrivilegeFact(privilege="cap_add", detail=node.text), node.at, "capabilities of the container"
        )
    for key in _HOST_NAMESPACES if container.is_main else ():
        if is_true(pod.get(key)):
            yield container.say(PrivilegeFact(privilege=key), pod.key_at.get(key, pod.at), "setting of the pod")
