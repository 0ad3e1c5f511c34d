"""A password that was ordered with is nowhere in clear: not in the database, the broker, the logs or a page."""

import re

import pytest

from tests.processes import poll
from tests.secret_search import in_bytes, in_folders
from tests.services.stack import Stack

# Each is written differently in JSON, URLs and HTML. The plain word shows that the search finds what is there.
ORDERED = 'zebra7731"quagga&ß/%42'
REFUSED = "okapi5190'kudu<é>\\n{{ 7 }}"
PLAIN = "gazelle2864"
SURVEY = [
    {"variable": "_name", "question_name": "Name", "type": "text", "required": True, "max": 50},
    {"variable": "_psk", "question_name": "Key", "type": "password", "required": True, "max": 64},
    {"variable": "_count", "question_name": "Count", "type": "integer", "required": True, "min": 1, "max": 9},
]  # fmt: skip
SLUG = "shared-key"


@pytest.fixture
def with_password(stack: Stack) -> Stack:
    """A tile that asks for a password."""
    stack.tower.add_template("Shared_Key", survey=SURVEY)
    stack.manage("sync")
    make = (
        "from catalog.models import *; Tile.objects.create(template=Template.objects.get(name='Shared_Key'),"
        f" title='Shared key', slug='{SLUG}', for_everyone=True, published=True)"
    )
    stack.manage("shell", "-c", make)
    stack.work()
    return stack


def nowhere(stack: Stack, secret: str, pages: dict[str, str]) -> None:
    folders = [stack.folder, stack.backing.database_folder, stack.backing.broker.folder]
    written = in_folders(folders, secret)
    shown = {path: how for path, page in pages.items() if (how := in_bytes(page.encode(), secret))}

    assert written == {}, f"{secret} is written"
    assert shown == {}, f"{secret} is shown"


def flush(stack: Stack) -> None:
    """Have PostgreSQL write what it still holds in memory."""
    if stack.backing.database_url.startswith("postgres"):
        stack.rows("CHECKPOINT")


def test_neither_an_ordered_password_nor_one_that_tower_repeated_is_found_anywhere(with_password: Stack):
    stack, tower, pages = with_password, with_password.tower, {}
    alice = stack.visitor()
    path = f"/tiles/{SLUG}/"

    # A mistake elsewhere: the password is kept on the server, and not sent back to the page.
    page = alice.get(path)
    again = alice.post(path, {"a-_name": PLAIN, "a-_psk": ORDERED, "a-_count": "99"}, page)
    assert again.status_code == 422
    pages["corrected form"] = again.text
    assert PLAIN in again.text
    flush(stack)
    nowhere(stack, ORDERED, pages)

    # Corrected, with the password left as it is kept: Tower gets it in clear, and nobody else.
    sent = alice.post(path, {"a-_name": PLAIN, "a-_psk": "", "a-_count": "5"}, again)
    assert sent.status_code == 302, sent.text
    poll(stack.launched, what="the order reaches Tower")
    launched = stack.launched()[0]
    assert launched["extra_vars"] == {"_name": PLAIN, "_psk": ORDERED, "_count": 5}
    tower.start(launched["id"])
    tower.finish(launched["id"], stdout=f"ok: [localhost] => {ORDERED}\nkey is {ORDERED}\n")
    first = int(re.findall(r"\d+", sent.headers["Location"])[-1])
    poll(lambda: stack.status(first) == "successful", what="it ends")
    poll(lambda: stack.value("SELECT count(*) FROM jobs_output"), what="its output is read")

    # One that Tower refuses, repeating what it was given.
    tower.fault("refuse_echo", on="launch")
    second = alice.order(SLUG, {"_name": PLAIN, "_psk": REFUSED, "_count": "7"})
    poll(lambda: stack.status(second) == "refused", what="it is refused")

    # Everybody who may see anything of it looks at everything.
    for person in ["alice", "oscar"]:
        visitor = stack.visitor(person)
        for address in [path, "/jobs/", f"/jobs/{first}/", f"/jobs/{first}/output/?from=0", f"/jobs/{second}/"]:
            pages[f"{person} {address}"] = visitor.get(address).text
    pages["admin"] = stack.visitor("oscar").get(f"/admin/jobs/job/{first}/change/").text
    for job in [first, second]:
        assert PLAIN in pages[f"alice /jobs/{job}/"]
    poll(lambda: stack.value("SELECT count(*) FROM jobs_jobsecret") == 0, what="the secrets are deleted", seconds=60)
    flush(stack)

    assert in_folders([stack.backing.database_folder], PLAIN), "the search would not find anything"
    assert "DEBUG" in "".join(stack.logs().values())
    nowhere(stack, ORDERED, pages)
    nowhere(stack, REFUSED, pages)
