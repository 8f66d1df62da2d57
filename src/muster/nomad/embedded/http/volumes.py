"""CSI volumes and plugins over HTTP: register, list, read, forget."""

from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.http.answering import NotFound, json_answer, read_answer, read_headers
from muster.nomad.embedded.http.asking import BadRequest, blocking, body, namespace
from muster.nomad.embedded.http.desk import Desk, desk_of
from muster.nomad.embedded.http.guarding import permissions, visible
from muster.nomad.embedded.http.settling import settle
from muster.nomad.embedded.scheduler.claims import claimants
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
        found = [row for row in fitting if node in ("", *(a.node_id for held in _held(store, row) for a in held))]
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


def _held(store: Store, row: Json) -> tuple[list[Allocation], list[Allocation]]:
    """The allocations that use a volume: those that write, and those that only read."""
    live = [a for a in store.allocations.values() if not a.client_terminal]
    return claimants(live, row["Namespace"], row["ID"])


def _shown(store: Store, row: Json) -> Json:
    """A volume with who uses it now."""
    writers, readers = _held(store, row)
    held = bool(writers or readers)
    capabilities: list[Json] = row["RequestedCapabilities"] or [{}]
    capability = capabilities[0]
    return {
        **row,
        "AccessMode": capability.get("AccessMode", "") if held else "",
        "Allocations": [],
        "AttachmentMode": capability.get("AttachmentMode", "") if held else "",
        "CurrentReaders": len(readers),
        "CurrentWriters": len(writers),
        "ReadAllocs": {a.id: None for a in readers},
        "WriteAllocs": {a.id: None for a in writers},
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
    expected = _nodes_with(desk, sent["PluginID"])
    if not expected:
        raise BadRequest(500, f"no CSI plugin named: {sent['PluginID']} could be found")
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
    if any(_held(store, row)) and request.query_params.get("force") != "true":
        raise BadRequest(500, f"volume in use: {volume}")
    return Response(headers=read_headers(settle(request, "remove", table=TABLE, name=name).index))


async def list_plugins(request: Request) -> Response:
    """GET /v1/plugins: those that run on some node"""
    asked = request.query_params
    if "type" not in asked:
        return json_answer([])
    if asked["type"] != "csi":
        return Response()
    store = desk_of(request).store
    found = sorted({plugin for node in desk_of(request).host.cluster.nodes for plugin in node.csi_plugins})
    return await read_answer(
        request, blocking(request), lambda: (store.table_index(TABLE), [_plugin(desk_of(request), p) for p in found])
    )


async def read_plugin(request: Request) -> Response:
    """GET /v1/plugin/csi/:id"""
    desk, plugin = desk_of(request), request.path_params["id"]
    known = bool(_nodes_with(desk, plugin))
    empty: Json = {"Allocations": [], "Controllers": {}, "Nodes": {}, "Version": ""}
    found = {**_plugin(desk, plugin), **empty} if known else NotFound("plugin not found")
    return await read_answer(request, blocking(request), lambda: (desk.store.table_index(TABLE), found))


def _nodes_with(desk: Desk, plugin: str) -> int:
    """How many nodes run a plugin."""
    return sum(plugin in node.csi_plugins for node in desk.host.cluster.nodes)


def _plugin(desk: Desk, plugin: str) -> Json:
    nodes, index = _nodes_with(desk, plugin), desk.store.table_index("nodes")
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
