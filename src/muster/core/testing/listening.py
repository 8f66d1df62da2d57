"""A listener that remembers what it heard."""

from muster.core.runs.listening import Happening, NodeFinished, NodeStarted


class RecordingListener:
    """Satisfies `Listener`."""

    def __init__(self) -> None:
        self.heard: list[Happening] = []

    def __call__(self, happening: Happening) -> None:
        """Remember it."""
        self.heard.append(happening)

    def started(self) -> list[str]:
        """The nodes that began, in order."""
        return [happening.node for happening in self.heard if isinstance(happening, NodeStarted)]

    def finished(self) -> list[str]:
        """The nodes that ended, in order."""
        return [happening.node for happening in self.heard if isinstance(happening, NodeFinished)]
