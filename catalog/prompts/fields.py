"""The fields of a launch in a table: which switch of a template opens them, and how people call them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

BIGGEST = 2_147_483_647
"""What Tower's database takes for a whole number; it has no words for more."""
LONGEST = 1024
"""What its columns take for tags and branches."""


class Kind(StrEnum):
    """What an answer is: a text, a number, one of some words, on or off, one object of Tower or several, variables."""

    TEXT = "text"
    WHOLE = "whole"
    CHOICE = "choice"
    SWITCH = "switch"
    OBJECT = "object"
    OBJECTS = "objects"
    CREDENTIALS = "credentials"
    VARIABLES = "variables"


@dataclass(frozen=True)
class Field:
    """A field of Tower's launch body, opened by `ask_<ask>_on_launch`. `thing` is the kind of object it names."""

    name: str
    ask: str
    kind: Kind
    label: str
    help: str = ""
    choices: tuple[tuple[Any, str], ...] = ()
    most: int | None = None
    thing: str = ""
    workflow: bool = False


JOB_TYPES = (("run", "Carry it out"), ("check", "Only check what would change"))
VERBOSITIES = (
    (0, "0, the usual"),
    (1, "1, verbose"),
    (2, "2, more verbose"),
    (3, "3, for finding faults"),
    (4, "4, for faults of connections"),
    (5, "5, everything"),
)

FIELDS = (
    Field("inventory", "inventory", Kind.OBJECT, "Inventory", "The machines it is for.", thing="inventory",
          workflow=True),
    Field("limit", "limit", Kind.TEXT, "Only these machines", "Names or groups of the inventory, with commas between.",
          workflow=True),
    Field("credentials", "credential", Kind.CREDENTIALS, "Credentials", thing="credential"),
    Field("job_type", "job_type", Kind.CHOICE, "What to do", choices=JOB_TYPES),
    Field("job_tags", "tags", Kind.TEXT, "Only these parts", "Tags, with commas between.", most=LONGEST, workflow=True),
    Field("skip_tags", "skip_tags", Kind.TEXT, "Leave out these parts", "Tags, with commas between.", most=LONGEST,
          workflow=True),
    Field("scm_branch", "scm_branch", Kind.TEXT, "Branch", "The branch, tag or commit of the project.", most=LONGEST,
          workflow=True),
    Field("diff_mode", "diff_mode", Kind.SWITCH, "Show differences", "The output shows what is changed in files."),
    Field("verbosity", "verbosity", Kind.CHOICE, "Detail of the output", choices=VERBOSITIES),
    Field("forks", "forks", Kind.WHOLE, "Machines at a time", "0 is Tower's usual number.", most=BIGGEST),
    Field("timeout", "timeout", Kind.WHOLE, "Longest time", "In seconds; 0 is no limit.", most=BIGGEST),
    Field("job_slice_count", "job_slice_count", Kind.WHOLE, "Slices", "Into how many jobs the machines are divided.",
          most=BIGGEST),
    Field("execution_environment", "execution_environment", Kind.OBJECT, "Execution environment",
          thing="execution_environment"),
    Field("labels", "labels", Kind.OBJECTS, "Labels", "Added to those it has in any case.", thing="label",
          workflow=True),
    Field("instance_groups", "instance_groups", Kind.OBJECTS, "Instance groups", "Where in Tower it runs.",
          thing="instance_group"),
    Field("extra_vars", "variables", Kind.VARIABLES, "Extra variables",
          "One in each line, such as: site: Antwerp. YAML or JSON.", workflow=True),
)  # fmt: skip
LABELS = {field.name: field.label for field in FIELDS}
_OTHERS = {
    "credential_passwords": "Passwords",
    "passwords_needed_to_start": "Passwords",
    "resources_needed_to_start": "What it runs on",
}


def label_of(name: str) -> str:
    """How people call a field of a launch, or of Tower's answer to one; empty if they have no word for it."""
    return LABELS.get(name) or _OTHERS.get(name, "")
