"""The steps of a workflow, as Tower shows them, and the decisions that people make here."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from jobs.models.job import Job

APPROVAL = "workflow_approval"
STEP_ENDED = frozenset({"successful", "failed", "error", "canceled"})


class WorkflowStep(models.Model):
    """A node of a workflow job. `status` is Tower's word for its job or approval; empty until it has one."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="steps")
    node_id = models.PositiveBigIntegerField()
    identifier = models.CharField(max_length=512, blank=True)
    name = models.CharField(max_length=512, blank=True)
    kind = models.CharField(max_length=30, blank=True, help_text="job, workflow_job, workflow_approval or another.")
    tower_id = models.PositiveBigIntegerField(null=True)
    status = models.CharField(max_length=30, blank=True)
    skipped = models.BooleanField(default=False, help_text="Tower's do_not_run.")
    on_success = models.JSONField(default=list, help_text="The nodes it leads to.")
    on_failure = models.JSONField(default=list)
    always = models.JSONField(default=list)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    elapsed = models.FloatField(null=True, help_text="Seconds.")

    # Of an approval.
    timed_out = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=150, blank=True, help_text="As pages name them.")

    # Its output, read for those who open it.
    watched_at = models.DateTimeField(null=True)
    output_complete = models.BooleanField(default=False)
    due_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["node_id"]
        constraints = [models.UniqueConstraint(fields=["job", "node_id"], name="one_step_per_node")]

    def __str__(self) -> str:
        return self.identifier or self.name

    @property
    def is_approval(self) -> bool:
        return self.kind == APPROVAL

    @property
    def has_ended(self) -> bool:
        return self.status in STEP_ENDED

    @property
    def waits_for_decision(self) -> bool:
        return self.is_approval and self.status == "pending"


class StepOutput(models.Model):
    """A piece of a step's output, in Tower's ANSI colours, with secrets masked."""

    step = models.ForeignKey(WorkflowStep, on_delete=models.CASCADE, related_name="output")
    first_line = models.PositiveIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["first_line"]
        constraints = [models.UniqueConstraint(fields=["step", "first_line"], name="one_step_piece_per_first_line")]


class DecisionQuerySet(models.QuerySet["Decision"]):
    def due(self, now: datetime) -> "DecisionQuerySet":
        """Those a worker should take now: to send, to settle, or to take over from a worker that died."""
        waiting = Q(state__in=[Decision.State.DUE, Decision.State.IN_DOUBT], due_at__lte=now)
        return self.filter(waiting | Q(state=Decision.State.SENDING, claimed_until__lt=now))

    def claim(self, pk: int, *, until: datetime) -> bool:
        """Take a decision for sending; False if another worker has it."""
        due = self.filter(pk=pk, state=Decision.State.DUE, due_at__lte=timezone.now())
        return due.update(state=Decision.State.SENDING, claimed_until=until, attempt=None) == 1


class Decision(models.Model):
    """What a person decided of an approval: one for each, whoever was first."""

    class Choice(models.TextChoices):
        APPROVE = "approve"
        DENY = "deny"

    class State(models.TextChoices):
        DUE = "due"  # written down, not sent
        SENDING = "sending"  # a worker has claimed it
        IN_DOUBT = "in_doubt"  # sent, and no answer came
        TAKEN = "taken"  # Tower acted on it
        VOID = "void"  # it came too late: `explanation` says why

    step = models.OneToOneField(WorkflowStep, on_delete=models.CASCADE, related_name="decision")
    choice = models.CharField(max_length=10, choices=Choice)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    note = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    state = models.CharField(max_length=10, choices=State, default=State.DUE)
    explanation = models.CharField(max_length=300, blank=True, help_text="Why it waits, or came too late.")
    due_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0, help_text="POSTs that may have reached Tower.")
    attempt = models.JSONField(null=True, help_text="The last POST, written down before it went out.")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"], name="decision_due")]

    def __str__(self) -> str:
        return f"{self.get_choice_display()}: {self.step}"

    @property
    def is_open(self) -> bool:
        """Whether Tower may still act on it."""
        return self.state not in {Decision.State.TAKEN, Decision.State.VOID}

    @property
    def who(self) -> str:
        return self.by.first_name or self.by.get_username()
