"""What was ordered, and what became of it."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from catalog.controllers import secrets_of
from catalog.models import Controller, Template, Tile
from jobs.chips import Chip, Verb


class Status(models.TextChoices):
    """Where an order is. The first four are the portal's own; the rest follow Tower's words for a job."""

    QUEUED = "queued"  # ordered, not sent
    LAUNCHING = "launching"  # a worker has claimed it
    IN_DOUBT = "in_doubt"  # sent, and no answer came
    REFUSED = "refused"  # Tower said no, nothing was started
    PENDING = "pending"
    WAITING = "waiting"
    RUNNING = "running"
    SUCCESSFUL = "successful"
    FAILED = "failed"
    ERROR = "error"
    CANCELED = "canceled"
    LOST = "lost"  # Tower no longer has the job: how it ended cannot be told
    WITHDRAWN = "withdrawn"  # by its person, before it was sent


UNSENT = frozenset({Status.QUEUED, Status.LAUNCHING, Status.IN_DOUBT})
IN_TOWER = frozenset({Status.PENDING, Status.WAITING, Status.RUNNING})
ACTIVE = UNSENT | IN_TOWER
ENDED = frozenset(Status) - ACTIVE


class SignOff(models.TextChoices):
    """What the approvals of a workflow come to; empty when none waits and none stopped it."""

    WAITING = "waiting"
    DENIED = "denied"
    TIMED_OUT = "timed_out"


class JobQuerySet(models.QuerySet["Job"]):
    def active(self) -> "JobQuerySet":
        return self.filter(status__in=ACTIVE)

    def in_tower(self) -> "JobQuerySet":
        """Those that have a job in Tower which has not ended."""
        return self.filter(status__in=IN_TOWER)

    def due(self, now: datetime) -> "JobQuerySet":
        """Those a worker should take now: to launch, to look for, or to take over from a worker that died."""
        return self.filter(
            Q(status__in=[Status.QUEUED, Status.IN_DOUBT], due_at__lte=now)
            | Q(status=Status.LAUNCHING, claimed_until__lt=now)
        )

    def claim(self, pk: int, *, until: datetime) -> bool:
        """Take a queued order that is due for launching; False if another worker has it."""
        now = timezone.now()
        queued = self.filter(pk=pk, status=Status.QUEUED, due_at__lte=now)
        return queued.update(status=Status.LAUNCHING, claimed_until=until, attempt=None, changed_at=now) == 1

    def to_stop(self, now: datetime) -> "JobQuerySet":
        """Those that somebody wants stopped, and Tower does not show it yet."""
        return self.in_tower().filter(stop_due_at__lte=now)

    def unread(self, now: datetime) -> "JobQuerySet":
        """Ended in Tower, and their output is not yet read to the end."""
        return self.filter(status__in=ENDED, output_complete=False, due_at__lte=now)

    def visible_to(self, user: User | AnonymousUser) -> "JobQuerySet":
        """A person's own orders, those of people in a common group where the tile says so, or all by permission.

        And all orders of a tile whose approvals they may decide.
        """
        if not user.is_authenticated:
            return self.none()
        if user.has_perm("jobs.view_all_jobs"):
            return self
        mates = User.objects.filter(groups__user=user).values("pk")
        return self.filter(Q(ordered_by=user) | Q(tile__shared=True, ordered_by__in=mates) | decided_by(user))

    def to_decide(self, user: User | AnonymousUser) -> "JobQuerySet":
        """Those in which an approval waits that this person may decide."""
        if not user.is_authenticated:
            return self.none()
        return self.in_tower().filter(decided_by(user), sign_off=SignOff.WAITING)

    def for_rows(self) -> "JobQuerySet":
        """With what `jobs.wording.present` reads of each row; what many rows share it reads for all lists at once."""
        rows = self.select_related("tile", "controller", "ordered_by", "stop_wanted_by")
        return rows.defer(*secrets_of("controller"))


def decided_by(user: User) -> Q:
    """Whether it is an order of a tile whose approvals this person may decide."""
    theirs = Tile.approvers.through.objects.filter(group__user=user).values("tile")
    return Q(tile__in=theirs)


class Job(models.Model):
    """One order of a tile, from the moment it was placed."""

    tile = models.ForeignKey(Tile, on_delete=models.PROTECT, related_name="jobs")
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="jobs")
    controller = models.ForeignKey(Controller, on_delete=models.PROTECT, related_name="jobs")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="jobs")
    form_key = models.UUIDField(help_text="Given out with the form: the same form sent twice is one order.")
    fingerprint = models.CharField(max_length=64, help_text="Keyed hash of all answers.")

    subject = models.CharField(max_length=200, blank=True)
    answers = models.JSONField(default=list, help_text="What was asked for: variable, label, value, secret, fixed.")
    extra_vars = models.JSONField(default=dict, help_text="As sent, without the secret ones.")
    prompts = models.JSONField(default=dict, help_text="The other fields of the launch, as sent, without passwords.")
    tower_extra_vars = models.JSONField(default=dict, help_text="As Tower reports them.")

    status = models.CharField(max_length=20, choices=Status, default=Status.QUEUED)
    explanation = models.TextField(blank=True, help_text="Why it waits, was refused or failed. Without secrets.")
    placed_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    # The row is the queue.
    due_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    attempt = models.JSONField(null=True, help_text="The last POST, written down before it went out.")

    # Tower's side.
    tower_id = models.PositiveBigIntegerField(null=True)
    tower_type = models.CharField(max_length=30, blank=True)
    tower_status = models.CharField(max_length=30, blank=True)
    sent_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    elapsed = models.FloatField(null=True, help_text="Seconds.")
    artifacts = models.JSONField(default=dict)
    hosts = models.JSONField(default=list, help_text="Per-host outcome.")

    # Of a workflow: kept by `jobs.steps` together with its steps.
    sign_off = models.CharField(max_length=20, choices=SignOff, blank=True)
    signed_by = models.CharField(max_length=150, blank=True, help_text="Who denied it.")

    # Somebody wants it stopped. The row says so first; a worker asks Tower (`jobs.stopping`).
    stop_wanted_at = models.DateTimeField(null=True)
    stop_wanted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="stopped_jobs"
    )
    stop_due_at = models.DateTimeField(null=True, help_text="When Tower is asked next; empty once it shows it.")
    stop_sent_at = models.DateTimeField(null=True, help_text="When Tower was asked: it took it, or may have.")
    stop_trouble = models.CharField(max_length=200, blank=True, help_text="Why Tower does not stop it.")

    # A relaunch: the same job again, in Tower.
    relaunch_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="relaunches")
    relaunch_hosts = models.CharField(max_length=10, blank=True, help_text="all or failed.")

    # Output.
    watched_at = models.DateTimeField(null=True, help_text="When somebody last looked at it while it ran.")
    output_complete = models.BooleanField(default=False)

    # Set by `jobs.wording.present` on rows that a page shows.
    chip: Chip
    usual: float | None
    ran: float
    progress: int | None
    team: str
    # And by `jobs.rights.offer`, for the person who looks.
    verb: Verb | None
    again: Verb | None

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        permissions = [
            ("view_all_jobs", "Can see everybody's jobs"),
            ("view_extra_vars", "Can see extra_vars and Tower's own words"),
            ("stop_jobs", "Can stop the jobs they see"),
            ("relaunch_jobs", "Can run again, in Tower, the jobs they see"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["ordered_by", "form_key"], name="one_order_per_form"),
            models.UniqueConstraint(
                fields=["controller", "tower_id"],
                condition=Q(tower_id__isnull=False),
                name="one_order_per_job_in_tower",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "due_at"], name="job_due"),
            models.Index(fields=["ordered_by", "-id"], name="job_of_person"),
            models.Index(fields=["tile", "status"], name="job_of_tile"),
            models.Index(fields=["changed_at"], name="job_changed"),
        ]

    def __str__(self) -> str:
        return f"{self.tile.title} for {self.subject}" if self.subject else self.tile.title

    def get_absolute_url(self) -> str:
        return reverse("job", args=[self.pk])

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def is_stopping(self) -> bool:
        """Somebody wants it stopped, and it has not ended."""
        return self.stop_wanted_at is not None and self.is_active

    @property
    def unmaskable(self) -> bool:
        """Tower runs it with passwords that were deleted here, so what it prints could not be masked."""
        return self.relaunch_of_id is not None and any(answer["secret"] for answer in self.answers)

    def note(self, kind: "TimelineEntry.Kind", text: str = "", at: datetime | None = None) -> None:
        """Add a line to the timeline."""
        TimelineEntry.objects.create(job=self, kind=kind, text=text, at=at or timezone.now())

    def take(self, **changes: Any) -> bool:
        """Write `changes` if the row still has the status we know; False if somebody else was faster."""
        changes.setdefault("changed_at", timezone.now())
        taken = Job.objects.filter(pk=self.pk, status=self.status).update(**changes) == 1
        if taken:
            for name, value in changes.items():
                setattr(self, name, value)
        return taken


class TimelineEntry(models.Model):
    """One step of an order, for its timeline."""

    class Kind(models.TextChoices):
        ORDERED = "ordered"
        WAITING = "waiting"  # Tower cannot be reached or is paused
        SENT = "sent"
        IN_DOUBT = "in_doubt"
        ADOPTED = "adopted"  # found in Tower after an answer was lost
        STARTED = "started"
        SUCCESSFUL = "successful"
        FAILED = "failed"
        ERROR = "error"
        CANCELED = "canceled"
        REFUSED = "refused"
        LOST = "lost"
        ASKED = "asked"  # an approval waits; these four hold their title, and a note on the next line
        APPROVED = "approved"
        DENIED = "denied"
        TOO_LATE = "too_late"  # a decision that Tower did not need any more
        STOP_WANTED = "stop_wanted"
        WITHDRAWN = "withdrawn"
        RELAUNCHED = "relaunched"  # as another order

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="timeline")
    kind = models.CharField(max_length=20, choices=Kind)
    text = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
