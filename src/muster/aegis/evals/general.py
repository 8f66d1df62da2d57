"""Questions of general knowledge, each with four answers: what a training should not make a model forget.

Written for this use and far too few to rank models; they show a collapse, not a difference of a few per cent.
"""

from typing import NamedTuple


class Question(NamedTuple):
    """The first answer is the right one."""

    text: str
    answers: tuple[str, str, str, str]

    @property
    def prompt(self) -> str:
        """As a base model is asked."""
        return f"Question: {self.text}\nAnswer:"


QUESTIONS = (
    Question("What is the capital of France?", ("Paris", "Madrid", "Berlin", "Rome")),
    Question("How many days has a week?", ("seven", "five", "nine", "twelve")),
    Question("What is two plus two?", ("four", "five", "three", "seven")),
    Question("Which animal barks?", ("a dog", "a cat", "a fish", "a cow")),
    Question("At what temperature does water boil at sea level?", ("100 degrees Celsius", "50 degrees Celsius",
             "10 degrees Celsius", "200 degrees Celsius")),
    Question("Which planet is nearest to the Sun?", ("Mercury", "Mars", "Jupiter", "Neptune")),
    Question("What do bees make?", ("honey", "milk", "bread", "paper")),
    Question("What is the opposite of hot?", ("cold", "tall", "loud", "heavy")),
    Question("In which direction does the Sun rise?", ("in the east", "in the west", "in the north", "in the south")),
    Question("Who wrote Romeo and Juliet?", ("William Shakespeare", "Charles Darwin", "Isaac Newton", "Mozart")),
    Question("What is frozen water called?", ("ice", "steam", "sand", "oil")),
    Question("How many legs has a spider?", ("eight", "six", "four", "ten")),
    Question("Which is the largest ocean?", ("the Pacific", "the Atlantic", "the Arctic", "the Baltic")),
    Question("What is ten minus three?", ("seven", "six", "four", "nine")),
    Question("What does a plant need to grow?", ("light and water", "salt and oil", "smoke and sand", "iron and gold")),
    Question("Which metal is liquid at room temperature?", ("mercury", "iron", "gold", "copper")),
    Question("What is the chemical formula of water?", ("H2O", "CO2", "NaCl", "O3")),
    Question("On which continent lies Egypt?", ("Africa", "Europe", "Asia", "Australia")),
    Question("How many minutes has an hour?", ("sixty", "thirty", "ninety", "a hundred")),
    Question("What colour do blue and yellow make?", ("green", "red", "black", "white")),
)  # fmt: skip
