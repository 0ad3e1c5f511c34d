"""A launcher in small, for tests: `stand_in.py FOLDER [brief]`.

Starts a child that has a child of its own, in another session and deaf to SIGTERM. Their ids go to FOLDER/pids.
With `brief` the child ends by itself.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from demo.launcher.errors import DemoError
from demo.launcher.processes import Family

CHILD = """
import os, subprocess, sys, time
deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(300)"
grandchild = subprocess.Popen([sys.executable, "-c", deaf], start_new_session=True, stdout=subprocess.PIPE)
grandchild.stdout.readline()
with open(sys.argv[1] + "/writing", "w") as file:
    file.write(f"{os.getpid()} {grandchild.pid}")
os.rename(sys.argv[1] + "/writing", sys.argv[1] + "/pids")
print("the last words of the child", flush=True)
if "brief" in sys.argv:
    sys.exit(3)
time.sleep(300)
"""


def main(folder: Path, *manner: str) -> int:
    """Run until told to stop; the exit code is that of the real launcher."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    environment = os.environ | {"DEMO_RUN": folder.name}
    family = Family(logs=folder, environment=environment, folder=folder)
    try:
        family.start("child", [sys.executable, "-c", CHILD, str(folder), *manner])
        quiet = subprocess.DEVNULL
        bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"], stdout=quiet, stderr=quiet)
        (folder / "bystander").write_text(str(bystander.pid))
        while True:
            family.check()
            time.sleep(0.05)
    except KeyboardInterrupt:
        return 0
    except DemoError as error:
        sys.stderr.write(str(error))
        return 1
    finally:
        family.stop()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
