"""Tells a story word by word, as a language model would."""

import time

WORDS = "Once there was a small machine that answered every question, slowly and with care.".split()


def handle(conf):
    subject = conf.get("subject", "machine")  # value_type: str # description: what the story is about
    repeats = conf.get("repeats", 1)  # value_type: int # value_range: 1-200 # description: how often it is told
    text = ""
    for _ in range(repeats):
        for word in WORDS:
            text += word.replace("machine", subject) + " "
            time.sleep(0.05)
            yield {"text": text}  # value_type: str
