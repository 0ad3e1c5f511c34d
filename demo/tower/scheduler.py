"""Which job runs when: two at a time, one after the other for templates that do not allow simultaneous jobs."""

import threading

from demo.tower import approvals, clock, playing, runfolder, workflows
from demo.tower.ledger import Job
from demo.tower.runner import SHUTDOWN, Run, wait_for
from demo.tower.state import Tower

AT_ONCE = 2
EXPLAINED_AFTER = 30.0  # seconds that a job pends before Tower says why
NO_CAPACITY = "This job is not ready to start because there is not enough available capacity."
LOST = (
    "Task was marked as running at system start up. The system must have not shut down properly, "
    "so it has been marked as failed."
)


class Scheduler:
    """A thread that starts what may start, and a thread for each playbook that runs."""

    def __init__(self, tower: Tower) -> None:
        self._tower, self._ledger = tower, tower.ledger
        self._runs: dict[int, Run] = {}
        self._threads: list[threading.Thread] = []
        self._stopping = False
        self._thread = threading.Thread(target=self._work, daemon=True, name="scheduler")
        tower.ledger.when_ended.append(lambda job: playing.after(tower, job))

    def start(self) -> None:
        """Settle what a crash left behind, and begin."""
        runfolder.sweep(self._tower)
        for job in list(self._ledger.jobs.values()):
            if job.type == "job" and job.status in ("waiting", "running"):
                self._ledger.finish(job, "failed", job_explanation=LOST)
        for job in list(self._ledger.jobs.values()):
            if job.type == "workflow_job" and job.status == "running":
                workflows.advance(self._tower, job)
        self._thread.start()

    def stop(self) -> None:
        """Kill what runs, and end; takes a few seconds at most. Pending jobs stay for the next start."""
        with self._ledger.lock:
            self._stopping = True
            self._ledger.changed.notify_all()
            runs, threads = list(self._runs.values()), list(self._threads)
        for run in runs:
            run.stop(SHUTDOWN)
        wait_for([self._thread, *threads], 5)
        runfolder.sweep(self._tower)

    def _work(self) -> None:
        with self._ledger.lock:
            while not self._stopping:
                self._cancel_asked()
                approvals.expire(self._tower)
                while (job := self._next()) is not None:
                    self._begin(job)
                self._ledger.changed.wait(timeout=1 if approvals.waiting(self._tower) else 5)

    def _cancel_asked(self) -> None:
        for pk, run in list(self._runs.items()):
            if self._ledger.jobs[pk].canceled_on:
                threading.Thread(target=run.stop, daemon=True).start()

    def _next(self) -> Job | None:
        """The first pending job that may start now; the others are told why not, after a while."""
        places = AT_ONCE - len(self._runs)
        active: set[tuple[str, int | None]] = set()
        for job in self._ledger.jobs.values():
            if job.ended or job.type == "workflow_approval":
                continue
            key = (job.type, job.template)
            if job.status == "pending":
                blocked = key in active and not job.allow_simultaneous
                if not blocked and (places > 0 or job.type == "workflow_job"):
                    return job
                self._explain(job, blocked=blocked)
            active.add(key)
        return None

    def _explain(self, job: Job, *, blocked: bool) -> None:
        if job.job_explanation or clock.seconds(job.created, None) < EXPLAINED_AFTER:
            return
        job.job_explanation = NO_CAPACITY
        if blocked:
            before = [one for one in self._ledger.jobs.values() if one.template == job.template and not one.ended]
            job.job_explanation = f"waiting for {job.type.replace('_', '')}-{before[0].id} to finish"
        self._ledger.save(job)

    def _begin(self, job: Job) -> None:
        if job.type == "workflow_job":
            self._ledger.start(job)
            workflows.advance(self._tower, job)
            return
        self._ledger.assign(job)
        run = self._runs[job.id] = Run(self._tower, job)
        thread = threading.Thread(target=self._run, args=(job, run), daemon=True, name=f"job-{job.id}")
        self._threads = [one for one in self._threads if one.is_alive()] + [thread]
        thread.start()

    def _run(self, job: Job, run: Run) -> None:
        try:
            run.execute()
        finally:
            with self._ledger.lock:
                del self._runs[job.id]
                self._ledger.changed.notify_all()
