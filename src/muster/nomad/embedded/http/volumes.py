"""CSI volumes and plugins over HTTP: register, list, read, forget."""

from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.http.answering import NotFound, json_answer, read_answer, read_headers
from muster.nomad.embedded.http.asking import BadRequest, blocking, body, namespace
from muster.nomad.embedded.http.desk import Desk, desk_of
from muster.nomad.embedded.http.guarding import permissions, visible
from muster.nomad.embedded.http.settling import settle
from muster.nomad.embedded.state.store import Store
from muster.nomad.embedded.state.values import Allocation

Json = dict[str, Any]
TABLE = "csi_volumes"
STUB = (
    *("AccessMode", "AttachmentMode", "ControllersExpected", "ControllersHealthy", "CreateIndex", "CurrentReaders"),
    *("CurrentWriters", "ExternalID", "ID", "ModifyIndex", "Name", "Namespace", "NodesExpected", "NodesHealthy"),
    *("PluginID", "Provider", "Schedulable", "Topologies"),
)


def volume_name(space: str, volume: str) -> str:
    """Under which name a volume is kept."""
    return f"{space}/{volume}"


def _rows(store: Store) -> dict[str, Json]:
    return store.objects.get(TABLE, {})


async def list_volumes(request: Request) -> Response:
    """GET /v1/volumes: those of `type=csi`; there is no other type"""
    asked = request.query_params
    if "type" not in asked:
        return json_answer([])
    if asked["type"] != "csi":
        return Response()
    store, shown = desk_of(request).store, visible(request, "csi-list-volume")
    prefix, plugin, node = asked.get("prefix", ""), asked.get("plugin_id", ""), asked.get("node_id", "")

    def read() -> tuple[int, Any]:
        rows = [row for _, row in sorted(_rows(store).items()) if shown(row["Namespace"])]
        fitting = [row for row in rows if row["ID"].startswith(prefix) and plugin in ("", row["PluginID"])]
        found = [row for row in fitting if not node or any(a.node_id == node for a in _claims(store, row))]
        return store.table_index(TABLE), [{key: _shown(store, row)[key] for key in STUB} for row in found]

    return await read_answer(request, blocking(request), read)


async def read_volume(request: Request) -> Response:
    """GET /v1/volume/csi/:id"""
    store, name = desk_of(request).store, volume_name(namespace(request), request.path_params["id"])

    def read() -> tuple[int, Any]:
        row = _rows(store).get(name)
        if row is None:
            return store.table_index(TABLE), NotFound("volume not found")
        return row["ModifyIndex"], {**_shown(store, row), "MountOptions": None, "Secrets": None}

    return await read_answer(request, blocking(request), read)


def _claims(store: Store, row: Json) -> list[Allocation]:
    """The allocations that use a volume."""
    return [a for a in store.allocations.values() if not a.client_terminal and _mode(a, row) is not None]


def _mode(allocation: Allocation, row: Json) -> str | None:
    """How an allocation uses a volume: `read`, `write`, or None."""
    group = allocation.job.spec.group(allocation.group)
    if group is None or allocation.job.namespace != row["Namespace"]:
        return None
    used = next((v for v in group.volumes if v.kind == "csi" and v.source == row["ID"]), None)
    return None if used is None else "read" if used.read_only else "write"


def _shown(store: Store, row: Json) -> Json:
    """A volume with who uses it now."""
    claims = [(a, _mode(a, row)) for a in _claims(store, row)]
    capabilities: list[Json] = row["RequestedCapabilities"] or [{}]
    capability = capabilities[0]
    return {
        **row,
        "AccessMode": capability.get("AccessMode", "") if claims else "",
        "Allocations": [],
        "AttachmentMode": capability.get("AttachmentMode", "") if claims else "",
        "CurrentReaders": sum(mode == "read" for _, mode in claims),
        "CurrentWriters": sum(mode == "write" for _, mode in claims),
        "ReadAllocs": {a.id: None for a, mode in claims if mode == "read"},
        "WriteAllocs": {a.id: None for a, mode in claims if mode == "write"},
    }


async def register_volume(request: Request) -> Response:
    """PUT /v1/volumes and /v1/volume/csi/:id"""
    if not permissions(request).lists("plugin"):
        raise BadRequest(403, "Permission denied")
    sent = await body(request)
    told = cast("list[object]", sent.get("Volumes") or [])
    volumes = [cast("Json", one) for one in told if isinstance(one, dict)]
    if not volumes:
        raise BadRequest(500, "missing volume definition")
    index = 0
    for volume in volumes:
        content = _content(desk_of(request), {**volume, "Namespace": namespace(request)})
        name = volume_name(content["Namespace"], content["ID"])
        index = settle(request, "put", table=TABLE, name=name, content=content).index
    return Response(headers=read_headers(index))


def _content(desk: Desk, sent: Json) -> Json:
    """A volume in the server's shape. Raises BadRequest for one that it would not take."""
    missing = [word for key, word in (("ID", "volume id"), ("PluginID", "plugin id")) if not sent.get(key)]
    errors = [f"missing {word}" for word in missing]
    if sent.get("SnapshotID") and sent.get("CloneID"):
        errors.append("only one of snapshot_id and clone_id is allowed")
    if not sent.get("RequestedCapabilities"):
        errors.append("must include at least one capability block")
    if errors:
        raise BadRequest(500, f"validation: {', '.join(errors)}")
    expected = len(desk.host.cluster.nodes)
    known = ("CloneID", "Context", "MountOptions", "Parameters", "RequestedCapabilities", "SnapshotID", "Topologies")
    texts = ("CloneID", "SnapshotID")
    return {
        **{key: sent.get(key) or ("" if key in texts else None) for key in known},
        "ControllerRequired": False,
        "ControllersExpected": 0,
        "ControllersHealthy": 0,
        "ExternalID": sent.get("ExternalID") or "",
        "ID": sent["ID"],
        "Name": sent.get("Name") or sent["ID"],
        "Namespace": sent["Namespace"],
        "NodesExpected": expected,
        "NodesHealthy": expected,
        "PluginID": sent["PluginID"],
        "Provider": sent["PluginID"],
        "ProviderVersion": "",
        "Schedulable": True,
        "Secrets": None,
    }


async def forget_volume(request: Request) -> Response:
    """DELETE /v1/volume/csi/:id: refused while it is used, unless with `force`."""
    store, volume = desk_of(request).store, request.path_params["id"]
    name = volume_name(namespace(request), volume)
    row = _rows(store).get(name)
    if row is None:
        raise BadRequest(500, f"volume not found: {volume}")
    if _claims(store, row) and request.query_params.get("force") != "true":
        raise BadRequest(500, f"volume in use: {volume}")
    return Response(headers=read_headers(settle(request, "remove", table=TABLE, name=name).index))


async def list_plugins(request: Request) -> Response:
    """GET /v1/plugins: those that some volume names"""
    asked = request.query_params
    if "type" not in asked:
        return json_answer([])
    if asked["type"] != "csi":
        return Response()
    store = desk_of(request).store
    found = sorted({row["PluginID"] for row in _rows(store).values()})
    return await read_answer(
        request, blocking(request), lambda: (store.table_index(TABLE), [_plugin(desk_of(request), p) for p in found])
    )


async def read_plugin(request: Request) -> Response:
    """GET /v1/plugin/csi/:id"""
    desk, plugin = desk_of(request), request.path_params["id"]
    known = any(row["PluginID"] == plugin for row in _rows(desk.store).values())
    empty: Json = {"Allocations": [], "Controllers": {}, "Nodes": {}, "Version": ""}
    found = {**_plugin(desk, plugin), **empty} if known else NotFound("plugin not found")
    return await read_answer(request, blocking(request), lambda: (desk.store.table_index(TABLE), found))


def _plugin(desk: Desk, plugin: str) -> Json:
    nodes, index = len(desk.host.cluster.nodes), desk.store.table_index(TABLE)
    return {
        "ControllerRequired": False,
        "ControllersExpected": 0,
        "ControllersHealthy": 0,
        "CreateIndex": index,
        "ID": plugin,
        "ModifyIndex": index,
        "NodesExpected": nodes,
        "NodesHealthy": nodes,
        "Provider": plugin,
    }
