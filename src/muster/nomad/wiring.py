"""Settings and options in, context out: the only place that picks adapters."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from muster.core.clock import Clock, SystemClock
from muster.core.errors import SettingsError
from muster.core.limits import Limits
from muster.core.llm.ports import Model
from muster.core.llm.provider import build_model
from muster.core.memory.forgiving import NoMemory
from muster.core.memory.opening import open_run_memory
from muster.core.observability.tracing import span
from muster.core.prompts.library import PromptLibrary
from muster.core.prompts.opening import open_prompts
from muster.core.settings import load_settings
from muster.nomad.context import Context, Policy
from muster.nomad.domain.build.site import SpecDefaults
from muster.nomad.embedded.launch import ensure_cluster
from muster.nomad.memos import EMBEDDED
from muster.nomad.ports import Advisor, Analyst, Catalog, Cluster, Codebase, Estate, Registry, Router, Secrets
from muster.nomad.prompt_uses import PROMPTS
from muster.nomad.service_checks import service_checks
from muster.nomad.settings import NomadSettings, Options
from muster.nomad.tools.consul_catalog import open_consul
from muster.nomad.tools.fabio_router import open_fabio
from muster.nomad.tools.git_codebase import GitCodebase
from muster.nomad.tools.image_registry import DockerRegistry
from muster.nomad.tools.model_advisor import ModelAdvisor
from muster.nomad.tools.model_analyst import ModelAnalyst
from muster.nomad.tools.nomad_cluster import NomadCluster
from muster.nomad.tools.nomad_http import NomadHttp
from muster.nomad.tools.rules_advisor import RulesAdvisor
from muster.nomad.tools.rules_analyst import RulesAnalyst
from muster.nomad.tools.traefik_router import TraefikRouter
from muster.nomad.tools.vault_secrets import open_vault


@contextmanager
def open_context(settings: NomadSettings, options: Options, run_id: str) -> Generator[Context]:
    """The ports of one run. Raises SettingsError, MissingExtraError, or a ServiceError when the cluster is away."""
    settings, clock = settings_of(settings, options.cluster_id), SystemClock()
    with (
        open_cluster(settings, options, clock) as cluster,
        open_estate(settings, options, clock) as estate,
        open_prompts(settings, PROMPTS.folder, run_id) as prompts,
    ):
        codebase = GitCodebase()
        model = build_model(settings, settings.muster_home, prompts, clock)
        yield Context(
            codebase=codebase,
            cluster=cluster,
            clock=clock,
            limits=Limits(max_attempts=settings.max_iterations),
            policy=Policy(
                verification_timeout_s=settings.verification_timeout,
                keep_failed=options.keep,
                anew=options.target is not None and options.target.anew,
                defaults=_defaults(settings, options),
                cluster=cluster_name(settings, options),
                verbose=options.verbose,
                allow_route_conflict=options.allow_route_conflict,
                conventions_path=settings.consul_conventions_path,
            ),
            analyst=_analyst(model, prompts, codebase),
            advisor=_advisor(model, prompts, codebase, estate, settings.consul_conventions_path),
            estate=estate,
            memory=NoMemory() if options.no_memory else open_run_memory(settings, settings.muster_home),
            run_id=run_id,
        )


@contextmanager
def open_cluster(settings: NomadSettings, options: Options, clock: Clock) -> Generator[Cluster | None]:
    """The cluster that the options name, or None; an embedded one is started where it does not run.

    A run that needs none reads the facts of the one that the settings name, and of none by default.
    """
    if not _has_cluster(settings, options):
        yield None
        return
    with span("start_nomad_client", kind="tool", input=options.cluster) as current:
        settings = services_of(settings, options)
        client = NomadHttp(
            settings.nomad_addr,
            token=settings.nomad_token,
            namespace=settings.nomad_namespace,
            region=settings.nomad_region,
            ca_file=settings.nomad_cacert,
        )
        current.output(settings.nomad_addr)
    with client as http:
        yield NomadCluster(http, clock)


@contextmanager
def open_estate(settings: NomadSettings, options: Options, clock: Clock) -> Generator[Estate]:
    """The services around the cluster, as far as they are configured; nothing is asked of them yet."""
    settings = services_of(settings, options)
    checks = () if options.skip_infra_check else service_checks(settings, cluster=_has_cluster(settings, options))
    with (
        _open_secrets(settings, clock) as secrets,
        open_catalog(settings) as catalog,
        _open_router(settings, catalog) as router,
    ):
        yield Estate(secrets, catalog, router, _registry(settings, options), checks)


def services_of(settings: NomadSettings, options: Options) -> NomadSettings:
    """The settings with the services that the options mean. An embedded cluster is started where it does not run, and
    brings its services and its tokens."""
    if options.cluster != "embedded":
        return settings
    images, nodes = (Path(name) if name else None for name in (options.images, options.nodes))
    cluster = ensure_cluster(embedded_home(settings), images=images, nodes=nodes)
    return settings.model_copy(
        update={
            "nomad_addr": cluster.address,
            "nomad_token": SecretStr(cluster.token) if cluster.token else settings.nomad_token,
            "consul_http_addr": cluster.consul or None,
            "consul_http_token": SecretStr(cluster.consul_token) if cluster.consul_token else None,
            "vault_addr": cluster.vault or None,
            "vault_token": SecretStr(cluster.vault_token) if cluster.vault_token else None,
            "vault_namespace": None,
            "fabio_admin_addr": cluster.fabio or None,
        }
    )


@contextmanager
def open_catalog(settings: NomadSettings) -> Generator[Catalog | None]:
    """Consul, or None where it is not configured."""
    if not settings.consul_http_addr:
        yield None
        return
    token, ca_file = settings.consul_http_token, settings.consul_cacert
    with open_consul(settings.consul_http_addr, token=token, ca_file=ca_file) as catalog:
        yield catalog


@contextmanager
def _open_secrets(settings: NomadSettings, clock: Clock) -> Generator[Secrets | None]:
    if not settings.vault_addr:
        yield None
        return
    token, namespace, ca_file = settings.vault_token, settings.vault_namespace, settings.vault_cacert
    with open_vault(settings.vault_addr, clock, token=token, namespace=namespace, ca_file=ca_file) as secrets:
        yield secrets


@contextmanager
def _open_router(settings: NomadSettings, catalog: Catalog | None) -> Generator[Router | None]:
    """Fabio, where its admin API is known; Traefik by the catalog, where the settings say that it routes."""
    if not settings.fabio_admin_addr:
        yield TraefikRouter(catalog) if catalog and settings.router == "traefik" else None
        return
    with open_fabio(settings.fabio_admin_addr) as router:
        yield router


def _analyst(model: Model | None, prompts: PromptLibrary, codebase: Codebase) -> Analyst:
    """Rules alone where no model is configured."""
    rules = RulesAnalyst()
    return ModelAnalyst(rules, model, prompts, codebase) if model else rules


def _advisor(
    model: Model | None, prompts: PromptLibrary, codebase: Codebase, estate: Estate, conventions_key: str
) -> Advisor:
    """Rules alone where no model is configured."""
    rules = RulesAdvisor()
    if model is None:
        return rules
    return ModelAdvisor(rules, model, prompts, codebase, estate, conventions_key=conventions_key)


def settings_of(settings: NomadSettings, cluster_id: str | None) -> NomadSettings:
    """The settings themselves, or with `.env.ID` read first. Raises SettingsError when there is no such file."""
    if cluster_id is None:
        return settings
    file = Path(f".env.{cluster_id}")
    if "/" in cluster_id or not file.is_file():
        raise SettingsError(
            f"--cluster {cluster_id}: there is no file {file} in this folder",
            advice=f"Write NOMAD_ADDR and the other settings of that cluster into {file}.",
        )
    return load_settings(NomadSettings, env_file=file)


def cluster_name(settings: NomadSettings, options: Options) -> str:
    """What memory calls the cluster: the id that the call names, else its address and region."""
    if options.cluster == "embedded":
        return EMBEDDED
    if options.cluster_id:
        return options.cluster_id
    address = urlsplit(settings.nomad_addr).netloc.rpartition("@")[2].lower()
    return f"{address}/{settings.nomad_region}" if settings.nomad_region else address


def embedded_home(settings: NomadSettings) -> Path:
    """Where the embedded cluster keeps its journal and its address."""
    return settings.muster_home / "embedded"


def _registry(settings: NomadSettings, options: Options) -> Registry | None:
    """Only a real cluster pulls images."""
    if options.cluster != "nomad" or not settings.check_images:
        return None
    return DockerRegistry(Path("~/.docker/config.json").expanduser())


def _has_cluster(settings: NomadSettings, options: Options) -> bool:
    """A written spec needs none: it reads the one that somebody named, and never the default address."""
    return options.cluster != "none" or "nomad_addr" in settings.model_fields_set


def _defaults(settings: NomadSettings, options: Options) -> SpecDefaults:
    return SpecDefaults(
        cpu_mhz=settings.default_cpu,
        memory_mb=settings.default_memory,
        datacenter=settings.nomad_datacenter,
        namespace=settings.nomad_namespace,
        region=settings.nomad_region,
        verify_deadline_s=settings.verification_timeout,
        router=settings.router,
        fabio_known=services_of(settings, options).fabio_admin_addr is not None,
        secret_format=options.secret_format,
    )
