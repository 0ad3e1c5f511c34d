"""Run a job's playbook: start the process, take in its events while they come, and record how it ended."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from demo.tower import clock, playing, processes, runfolder
from demo.tower.ledger import Job
from demo.tower.masking import Masker
from demo.tower.state import Tower

SCRIPT = Path(__file__).with_name("playbook.py")
SHUTDOWN = "Task was canceled due to receiving a shutdown signal."
TIMEOUT = "Job terminated due to timeout"
COUNTS = ("ok", "changed", "dark", "failures", "skipped", "processed", "ignored", "rescued")


class Run:
    """One job that runs. `stop` ends it from another thread."""

    def __init__(self, tower: Tower, job: Job) -> None:
        self._tower, self._job, self._ledger = tower, job, tower.ledger
        self._masker = Masker(tower.ledger.secrets(job))
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._why = ""
        self._facts: dict[str, Any] = {}

    def stop(self, why: str = "") -> None:
        """Kill the playbook with all it started. `why` is empty for a cancel, else the explanation."""
        with self._lock:
            if self._why or self._facts.get("rc") is not None:
                return
            self._why = why or "canceled"
            if self._process is not None:
                processes.kill_tree(self._process.pid)

    def execute(self) -> None:
        """Run to the end, whatever the end is."""
        folder: Path | None = None
        try:
            folder = runfolder.make(self._tower, self._job)
            self._start(folder)
            errors = self._follow()
            status, facts = self._verdict(errors)
        except Exception:  # noqa: BLE001  a job that cannot be run is an `error`, and Tower goes on
            status, facts = "error", {"result_traceback": self._masker.mask(traceback.format_exc())}
        finally:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
        self._ledger.finish(self._job, status, **facts)

    def _start(self, folder: Path) -> None:
        environment = runfolder.environment(folder)
        with self._lock:
            if self._why:
                return
            command = [sys.executable, "-P", str(SCRIPT), str(folder), str(os.getpid())]
            self._process = subprocess.Popen(
                command, env=environment, cwd=folder, text=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
            )  # fmt: skip
        shown = json.dumps(self._masker.mask(runfolder.command(self._job, folder)))
        self._ledger.start(self._job, job_args=shown, job_cwd=f"{folder}/project", job_env=environment)
        seconds = int(self._job.values.get("timeout") or 0)
        if seconds > 0:
            timer = threading.Timer(seconds, self.stop, (TIMEOUT,))
            timer.daemon = True
            timer.start()

    def _follow(self) -> str:
        """Take in events until the process ends. Returns what it wrote to standard error."""
        process = self._process
        if process is None:
            return ""
        assert process.stdout is not None
        assert process.stderr is not None
        errors: list[str] = []
        drain = threading.Thread(target=lambda: errors.append(process.stderr.read()), daemon=True)  # type: ignore[union-attr]
        drain.start()
        with process:
            for line in process.stdout:
                told = json.loads(line)
                if "event" in told:
                    self._take(told["event"])
                else:
                    self._facts |= told
            drain.join()
        return "".join(errors)

    def _take(self, event: dict[str, Any]) -> None:
        data, kind = self._masker.mask(event.get("event_data") or {}), event["event"]
        text = self._masker.mask(event.get("stdout", "")).replace("\r\n", "\n").replace("\r", "")
        known = {key: str(data.get(key) or "") for key in ("playbook", "play", "task", "role")}
        failed = kind in ("runner_on_failed", "runner_on_unreachable", "runner_item_on_failed")
        changed = bool((data.get("res") or {}).get("changed")) if isinstance(data.get("res"), dict) else False
        kept = playing.event(
            kind, text, event_data=data, host_name=str(data.get("host") or ""), failed=failed, changed=changed,
            uuid=event.get("uuid", ""), parent_uuid=event.get("parent_uuid") or "", created=clock.now(), **known,
        )  # fmt: skip
        self._ledger.add_event(self._job, kept)
        if kind == "playbook_on_stats":
            self._facts["stats"] = data

    def _verdict(self, errors: str) -> tuple[str, dict[str, Any]]:
        facts: dict[str, Any] = {}
        if stats := self._facts.get("stats"):
            names = sorted(stats.get("processed") or {})
            lines = [{"name": name} | {key: (stats.get(key) or {}).get(name, 0) for key in COUNTS} for name in names]
            facts["hosts"] = [playing.host_summary(self._job, line) for line in lines]
            facts["host_status_counts"] = playing.bucket_counts(facts["hosts"])
            facts["artifacts"] = stats.get("artifact_data") or {}
        if self._why:
            return (
                ("canceled", facts) if self._why == "canceled" else ("failed", facts | {"job_explanation": self._why})
            )
        if self._facts.get("rc") is None:
            return "error", facts | {"result_traceback": self._masker.mask(errors) or "The playbook's process died."}
        return ("successful" if self._facts["rc"] == 0 else "failed"), facts


def wait_for(threads: list[threading.Thread], seconds: float) -> None:
    """Join threads, for so long in all."""
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(timeout=max(deadline - time.monotonic(), 0))
