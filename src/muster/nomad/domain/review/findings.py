"""What the answers of Vault, Consul, the cluster and registries say against a job. Pure: the answers are given."""

from collections.abc import Collection, Iterator, Mapping

from muster.nomad.domain.build.target import Target
from muster.nomad.domain.estate.images import ImageDenied, ImageLookup, ImageMissing, ImageThere, ImageUnknown
from muster.nomad.domain.estate.secrets import SecretDenied, SecretFound, SecretLookup, SecretMissing
from muster.nomad.domain.findings import Finding
from muster.nomad.domain.review.kinds import finding
from muster.nomad.domain.review.reads import KeyRead, SecretRead
from muster.nomad.domain.spec import JobSpec


def vault_findings(reads: tuple[SecretRead, ...], said: Mapping[str, SecretLookup]) -> Iterator[Finding]:
    """Paths and keys that are not there, by what Vault says of each path; one that was not asked is passed over."""
    for read in reads:
        match said.get(read.path):
            case SecretMissing(reason="other_engine", advice=advice):
                text = f"{read.path} of Vault is no stored secret, and was not looked up"
                yield finding("vault_unchecked", text, where=read.where, advice=advice)
            case SecretMissing(reason="no_mount", advice=advice):
                text = f"Vault has no such mount: nothing can be at {read.path}"
                yield finding("vault_path_absent", text, where=read.where, advice=advice)
            case SecretMissing(advice=advice):
                text = f"nothing is at {read.path} of Vault"
                yield finding("vault_path_absent", text, where=read.where, advice=advice)
            case SecretDenied(advice=advice):
                text = f"our token may not look at {read.path} of Vault"
                yield finding("vault_unchecked", text, where=read.where, advice=advice)
            case SecretFound() as found:
                yield from _against(read, found)
            case None:
                pass


def _against(read: SecretRead, found: SecretFound) -> Iterator[Finding]:
    """What is wrong with how a secret is read that is there."""
    if read.in_template and found.version == 2 and read.path != found.path:
        yield _without_data(read, found)
    if read.flat and found.version == 2:
        yield _wrong_depth(read, found, read.flat, ".Data.data")
    if read.keys and found.version == 1 and read.in_template:
        yield _wrong_depth(read, found, read.keys, ".Data")
    asked = read.keys if found.version == 2 or not read.in_template else read.flat
    if found.keys is not None:
        yield from (_no_key(read, key, found.keys) for key in asked if key not in found.keys)


def _without_data(read: SecretRead, found: SecretFound) -> Finding:
    """consul-template adds `data/` itself where it may ask for the mount, and else takes the path as it stands."""
    text = f"{read.path} is in an engine of version 2, whose secrets are read below data/"
    advice = f'Write secret "{found.path}": without data/ it is only found if the task\'s token may see the mount.'
    return finding("vault_path_short", text, where=read.where, advice=advice)


def _wrong_depth(read: SecretRead, found: SecretFound, keys: tuple[str, ...], data: str) -> Finding:
    names = ", ".join(keys)
    text = f"{read.path} of Vault is in an engine of version {found.version}, and {names} would render as `<no value>`"
    right = ", ".join(f"{data}.{key}" for key in keys)
    return finding("vault_key_absent", text, where=read.where, advice=f"Write {right} in the template.")


def _no_key(read: SecretRead, key: str, keys: tuple[str, ...]) -> Finding:
    there = ", ".join(sorted(keys)) or "none"
    text = f"{read.path} of Vault has no key {key}: it would render as `<no value>`"
    advice = (
        f"Its keys are {there}. Take one of them, or: vault kv patch {read.path.replace('/data/', '/', 1)} {key}=..."
    )
    return finding("vault_key_absent", text, where=read.where, advice=advice)


def consul_findings(reads: tuple[KeyRead, ...], there: Collection[str]) -> Iterator[Finding]:
    """Keys that are not in Consul's store."""
    for read in reads:
        if read.key not in there:
            text, advice = f"Consul has no key {read.key}", f"consul kv put {read.key} VALUE"
            yield finding("consul_key_absent", text, where=read.where, advice=advice)


def volume_findings(spec: JobSpec, target: Target | None) -> Iterator[Finding]:
    """Volumes that the cluster does not offer; none where it does not tell its nodes."""
    if target is None or not target.ready_nodes:
        return
    for group in spec.groups:
        for one in group.volumes:
            hosts = (*target.host_volumes, *(target.read_only_volumes if one.read_only else ()))
            if one.source not in (hosts if one.type == "host" else target.csi_volumes):
                kind = "host volume" if one.type == "host" else "CSI volume"
                text = f"no ready node offers the {kind} {one.source}"
                names = ", ".join(hosts if one.type == "host" else target.csi_volumes) or "none"
                where = f"group.{group.name}.volume.{one.name}"
                yield finding("volume_absent", text, where=where, advice=f"There are: {names}.")


def image_findings(images: Mapping[str, str], said: Mapping[str, ImageLookup]) -> Iterator[Finding]:
    """What registries say against images. `images` is where each is used, by its name."""
    for image, where in images.items():
        match said.get(image):
            case ImageMissing(advice=advice):
                yield finding("image_absent", f"its registry has no image {image}", where=where, advice=advice)
            case ImageDenied(advice=advice):
                text = f"the registry does not show us {image}"
                yield finding("image_denied", text, where=where, advice=advice)
            case ImageUnknown(reason=reason):
                text = f"nobody could say whether {image} can be pulled: {reason}"
                yield finding("image_unknown", text, where=where, advice="Look whether the nodes can pull it.")
            case ImageThere() | None:
                pass


def images_of(spec: JobSpec) -> dict[str, str]:
    """The images that are named, each with the first task that runs it; variables and interpolation are passed over."""
    found: dict[str, str] = {}
    for group in spec.groups:
        for task in group.tasks:
            image = task.config.image
            if isinstance(image, str) and "${" not in image:
                found.setdefault(image, f"group.{group.name}.task.{task.name}")
    return found
