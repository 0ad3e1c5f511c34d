"""What is kept with an order: its passwords while they are needed, and its output."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from jobs.models.job import Job
from portal.encryption import EncryptedTextField


class JobSecret(models.Model):
    """A password of an order: an answer, or what a credential wants at launch (`catalog.prompts.NAMESPACE`).

    Deleted when the job has ended and its output is in, since it masks both.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="secrets")
    variable = models.CharField(max_length=255)
    value = EncryptedTextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "variable"], name="one_secret_per_variable")]


class KeptSecret(models.Model):
    """A password typed into a form that had an error elsewhere: kept for the next try, never sent back to the page."""

    LIFETIME = timedelta(hours=2)

    form_key = models.UUIDField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    variable = models.CharField(max_length=255)
    value = EncryptedTextField()
    kept_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form_key", "person", "variable"], name="one_kept_secret_per_field")
        ]


class Output(models.Model):
    """A piece of a job's output, in Tower's ANSI colours, with secrets masked."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="output")
    first_line = models.PositiveIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["first_line"]
        constraints = [models.UniqueConstraint(fields=["job", "first_line"], name="one_piece_per_first_line")]
