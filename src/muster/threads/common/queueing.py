"""The queue's name and address, the same for who sends and who receives: RabbitMQ, or files in MUSTER_HOME."""

from collections.abc import Mapping

from muster.threads.common.settings import ThreadsSettings

QUEUE = "posts"
TASK = "tasks.queue_post"
"""The Celery task; its arguments are the fields of `QueueMessage`."""
CONFIRM_S = 10
"""How long a publisher waits for the broker's word that it has the message."""


def broker_url(settings: ThreadsSettings) -> str:
    """Where messages go."""
    return settings.rabbitmq_url or "filesystem://localhost"


def broker_options(settings: ThreadsSettings) -> Mapping[str, object]:
    """Kombu's transport options: a confirmation of each message by RabbitMQ, a folder for the broker of files, which
    is made, and a short look-around for what has to be polled."""
    url = broker_url(settings)
    if url.startswith("amqp"):
        return {"confirm_publish": True, "confirm_timeout": CONFIRM_S, "connect_timeout": 5}
    if url.startswith("memory"):
        return {"polling_interval": 0.02}
    folder = settings.threads_home / "broker"
    for name in ("messages", "control", "processed"):
        (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    messages = str(folder / "messages")
    return {
        "data_folder_in": messages,
        "data_folder_out": messages,
        "control_folder": str(folder / "control"),
        "processed_folder": str(folder / "processed"),
        "polling_interval": 0.05,
    }
