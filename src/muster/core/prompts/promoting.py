"""`prompts promote`: moves a label to another version, after both versions' outcomes were shown."""

from dataclasses import dataclass

from muster.core.errors import PromptError
from muster.core.prompts.langfuse_prompts import LATEST, LangfusePrompts
from muster.core.prompts.outcomes import Outcomes
from muster.core.prompts.pulling import Confirm
from muster.core.prompts.shelf import Shelf
from muster.core.prompts.stored import StoredPrompt
from muster.core.prompts.telling import missing, say, shown_outcome, wanted, warn

PRODUCTION = "production"
AHEAD = "Every run that asks for production uses it from then on"


@dataclass(frozen=True)
class Move:
    """A label that goes from one version (None: from nowhere) to another."""

    name: str
    old: StoredPrompt | None
    new: StoredPrompt


@dataclass(frozen=True)
class Promote:
    """One promotion: of a version, or of the newest ones."""

    shelf: Shelf
    server: LangfusePrompts
    outcomes: Outcomes
    label: str
    version: int | None
    dry_run: bool
    confirm: Confirm

    def run(self, name: str | None) -> None:
        """Move the label of that prompt, or of all. Production is asked about first.

        Raises PromptError for a version that is missing, AccessDeniedError for a protected label.
        """
        moves = tuple(move for one in self.shelf.chosen(name) if (move := self._move(one, required=name is not None)))
        for move in moves:
            self._tell(move)
        if self.dry_run or not moves or not self._agreed(moves):
            return
        for move in moves:
            self.server.add_label(move.name, move.new.version, self.label)
            say(f"{move.name}: the label {self.label} is on version {move.new.version} now")

    def _move(self, name: str, *, required: bool) -> Move | None:
        old = self.server.labelled(name, self.label)
        new = self.server.numbered(name, self.version) if self.version else self.server.labelled(name, LATEST)
        if new is None and self.version:
            raise missing(name, wanted(None, self.version))
        if new is None and required:
            raise PromptError(f"Langfuse has no prompt {name}", advice="`push` it first.")
        if new is None:
            warn(f"Langfuse has no prompt {name}")
            return None
        if old is not None and old.version == new.version:
            say(f"{name}: version {new.version} has the label {self.label} already")
            return None
        return Move(name, old, new)

    def _tell(self, move: Move) -> None:
        say(f"{move.name}: {self.label} {'would move' if self.dry_run else 'moves'} to version {move.new.version}")
        if move.old is not None:
            say(f"  version {move.old.version}, {self.label} until now: {self._outcome(move.old)}")
        others = ", ".join(label for label in move.new.labels if label != LATEST) or "no label of its own"
        say(f"  version {move.new.version}, {others}: {self._outcome(move.new)}")
        try:
            self.shelf.check(move.new)
        except PromptError as error:
            warn(f"{move.name}: runs of this version of the code would use the file instead: {error.message}")

    def _outcome(self, prompt: StoredPrompt) -> str:
        return shown_outcome(self.outcomes.of(prompt.name, prompt.version))

    def _agreed(self, moves: tuple[Move, ...]) -> bool:
        if self.label != PRODUCTION:
            return True
        names = ", ".join(move.name for move in moves)
        agreed = self.confirm(AHEAD, f"Move the label production of {names}?")
        if not agreed:
            say("nothing was moved")
        return agreed
