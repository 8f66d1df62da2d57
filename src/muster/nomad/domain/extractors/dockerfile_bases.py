"""What well-known base images bring along: a port that they listen on, users and their numbers, volumes.

From the official images' own Dockerfiles. Databases and queues are in `backing`.
"""

import re
from dataclasses import dataclass

from muster.nomad.domain.backing import backing_image, bare_name


@dataclass(frozen=True)
class BaseImage:
    """A base image by name (without registry and owner), and by a part of its tag where that matters."""

    name: str
    port: int | None = None
    tag: str = ""
    users: tuple[tuple[str, int], ...] = ()
    user: str = ""
    """The user that it already runs as, if not root."""
    volume: str = ""
    keeps_port: bool = False
    """Its port holds whatever is started, since an environment variable of the image sets it."""


# The first that matches counts: variants of an image stand before the image itself.
BASE_IMAGES: tuple[BaseImage, ...] = (
    BaseImage("nginx-unprivileged", 8080, users=(("nginx", 101),), user="101"),
    BaseImage("nginx", 80, users=(("nginx", 101),)),
    BaseImage("openresty", 80),
    BaseImage("httpd", 80, users=(("www-data", 33),)),
    BaseImage("caddy", 80),
    BaseImage("traefik", 80),
    BaseImage("frankenphp", 80),
    BaseImage("php", 80, tag="apache", users=(("www-data", 33),)),
    BaseImage("php", 9000, tag="fpm-alpine", users=(("www-data", 82),)),
    BaseImage("php", 9000, tag="fpm", users=(("www-data", 33),)),
    BaseImage("php", users=(("www-data", 33),)),
    BaseImage("wordpress", 80, users=(("www-data", 33),), volume="/var/www/html"),
    BaseImage("nextcloud", 80, users=(("www-data", 33),), volume="/var/www/html"),
    BaseImage("tomcat", 8080),
    BaseImage("jetty", 8080),
    BaseImage("ghost", 2368, users=(("node", 1000),), volume="/var/lib/ghost/content"),
    BaseImage("grafana", 3000, users=(("grafana", 472),), user="472"),
    BaseImage("prometheus", 9090, user="nobody", volume="/prometheus"),
    BaseImage("registry", 5000, volume="/var/lib/registry"),
    BaseImage("aspnet", 8080, tag="8.", keeps_port=True),
    BaseImage("aspnet", 8080, tag="9.", keeps_port=True),
    BaseImage("aspnet", 8080, tag="10.", keeps_port=True),
    BaseImage("aspnet", 80, keeps_port=True),
    BaseImage("uvicorn-gunicorn-fastapi", 80),
    BaseImage("uvicorn-gunicorn", 80),
    BaseImage("meinheld-gunicorn-flask", 80),
    BaseImage("uwsgi-nginx-flask", 80),
    BaseImage("node", users=(("node", 1000),)),
    BaseImage("postgres", users=(("postgres", 70),), tag="alpine", volume="/var/lib/postgresql/data"),
    BaseImage("postgres", users=(("postgres", 999),), volume="/var/lib/postgresql/data"),
    BaseImage("mysql", users=(("mysql", 999),), volume="/var/lib/mysql"),
    BaseImage("mariadb", users=(("mysql", 999),), volume="/var/lib/mysql"),
    BaseImage("mongo", users=(("mongodb", 999),), volume="/data/db"),
    BaseImage("redis", users=(("redis", 999),), volume="/data"),
    BaseImage("rabbitmq", users=(("rabbitmq", 999),), volume="/var/lib/rabbitmq"),
)

# Users that nearly every distribution has, and the one of distroless images.
_COMMON_USERS = {"root": 0, "nobody": 65534, "nonroot": 65532}


def base_image(image: str) -> BaseImage | None:
    """What is known of an image."""
    name, tag = bare_name(image), image.rpartition("/")[2].partition(":")[2]
    return next((one for one in BASE_IMAGES if one.name == name and one.tag in tag), None)


def base_port(image: str) -> int | None:
    """Where an image listens when nobody says otherwise."""
    known = base_image(image)
    if known and known.port:
        return known.port
    backing = backing_image(image)
    return backing.port if backing else None


def base_uid(image: str, user: str) -> int | None:
    """The number of a user that the base image, or any distribution, has."""
    known = base_image(image)
    uids = {**_COMMON_USERS, **dict(known.users if known else ())}
    if user == "nonroot" and not re.search(r"distroless|chainguard|cgr\.dev", image):
        return None
    return uids.get(user)
