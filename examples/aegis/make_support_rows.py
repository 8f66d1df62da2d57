"""Makes support.jsonl: conversations with the support of a shop that isn't there, from sentences written for it.

python make_support_rows.py > support.jsonl
"""

import json
import random

SEED = 17
ITEMS = ("lamp", "desk", "chair", "kettle", "clock", "mirror", "shelf", "rug", "vase", "stool")
ROOMS = ("kitchen", "bedroom", "hall", "office", "bathroom")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
CITIES = ("Aldergate", "Brindle", "Coldwater", "Dunmere", "Eastholm")

GREETINGS = ("", "Hello. ", "Good morning. ", "Hi! ")

TALKS = (
    ("Where is my {item}?", "Your {item} is on its way. It arrives on {day}."),
    ("My {item} is broken. What now?", "I am sorry about your {item}. We send a new one on {day}."),
    ("Can I return the {item}?", "Yes. You can return the {item} within 30 days."),
    ("Do you deliver the {item} to {city}?", "Yes. We deliver the {item} to {city} every {day}."),
    ("Is the {item} good for the {room}?", "Yes. The {item} is made for the {room}."),
    ("When do you open in {city}?", "Our shop in {city} opens on {day} at nine."),
    ("I want to cancel my {item}.", "Done. Your order of the {item} is cancelled."),
    ("How do I clean the {item}?", "Wipe the {item} with a dry cloth. Use no soap."),
)


def day_of(question, words):
    """The day follows from what the question names, so that there is something to learn."""
    item = ITEMS.index(words["item"]) if "{item}" in question else 0
    city = CITIES.index(words["city"]) if "{city}" in question else 0
    return DAYS[(item + city) % len(DAYS)]


def main(rows=320):
    """Different rows, each a question and its answer, in an order of their own."""
    chance = random.Random(SEED)
    told = {}
    while len(told) < rows:
        question, answer = chance.choice(TALKS)
        words = {"item": chance.choice(ITEMS), "room": chance.choice(ROOMS), "city": chance.choice(CITIES)}
        asked = chance.choice(GREETINGS) + question.format(**words)
        told.setdefault(asked, answer.format(day=day_of(question, words), **words))
    for question, answer in told.items():
        turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
        print(json.dumps({"messages": turns}))


if __name__ == "__main__":
    main()
