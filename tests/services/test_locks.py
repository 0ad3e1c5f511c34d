"""The lock of an order's sender, on both databases: held as long as its process lives, and not a moment longer."""

import subprocess

from tests.processes import PYTHON, poll, run
from tests.services.stack import Stack

SETUP = "import django; django.setup(); from jobs import locks; "
HOLD = SETUP + "import sys\nwith locks.sending(4711) as mine:\n    print(mine, flush=True)\n    sys.stdin.read()"
ASK = SETUP + "print(locks.being_sent(4711))"


def held(stack: Stack) -> bool:
    return run([PYTHON, "-c", ASK], env=stack.env, seconds=60).strip().endswith("True")


def test_an_order_is_locked_until_its_senders_process_is_gone(stack: Stack):
    sender = subprocess.Popen(
        [PYTHON, "-c", HOLD], env=stack.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert sender.stdout
        assert sender.stdout.readline().strip() == "True"
        assert held(stack)
    finally:
        sender.kill()
        sender.communicate(timeout=30)

    poll(lambda: not held(stack), what="the lock is free", seconds=30)
