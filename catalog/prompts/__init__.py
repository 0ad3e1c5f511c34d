"""What a template asks for at launch besides its survey (`ask_*_on_launch`); pure.

`read` makes prompts of what Tower says of a template, `body_of` makes a launch's fields of answers, and `refusals` says
why Tower would refuse them. Held to launches recorded on a real AWX: tests/recorded/prompt-verdicts.jsonl.
"""

from catalog.prompts.fields import LABELS, label_of
from catalog.prompts.reading import Kind, Prompt, Prompts, Thing, read
from catalog.prompts.refusals import refusals
from catalog.prompts.sending import (
    NAMESPACE,
    Objects,
    body_of,
    credential_passwords,
    merged,
    needed_passwords,
    password_label,
    slots,
    type_name,
)
from catalog.prompts.words import in_words, known, slot_label

__all__ = [
    "LABELS",
    "NAMESPACE",
    "Kind",
    "Objects",
    "Prompt",
    "Prompts",
    "Thing",
    "body_of",
    "credential_passwords",
    "in_words",
    "known",
    "label_of",
    "merged",
    "needed_passwords",
    "password_label",
    "read",
    "refusals",
    "slot_label",
    "slots",
    "type_name",
]
