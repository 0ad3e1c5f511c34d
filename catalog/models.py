"""What can be ordered: the Towers we know, the templates they offer, and the tiles curators made of them."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser, Group, User
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from catalog.looks import Colour, Icon, Size
from portal.encryption import EncryptedTextField
from portal.tower.addresses import trouble_with

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


def validate_address(url: str) -> None:
    if trouble := trouble_with(url):
        raise ValidationError(f"It {trouble}.")


class ControllerManager(models.Manager["Controller"]):
    def get_by_natural_key(self, name: str) -> "Controller":
        return self.get(name=name)


class Controller(models.Model):
    """One Ansible Tower, AWX or AAP controller, and the service account that the portal uses there."""

    name = models.CharField(max_length=100, unique=True)
    url = models.CharField(
        "URL",
        max_length=200,
        validators=[validate_address],
        help_text="Such as https://tower.example.com, without /api/.",
    )
    token = EncryptedTextField(blank=True, help_text="A personal access token with write scope. Stored encrypted.")
    ca_bundle = models.CharField(
        "CA bundle", max_length=500, blank=True, help_text="Path of a PEM file on the server, if Tower has its own CA."
    )
    paused = models.BooleanField(default=False, help_text="Orders wait, nothing is sent.")

    # What discovery found.
    api_base = models.CharField(max_length=100, blank=True, editable=False)
    version = models.CharField(max_length=50, blank=True, editable=False)
    install_uuid = models.CharField(max_length=50, blank=True, editable=False)
    account_id = models.PositiveBigIntegerField(null=True, editable=False)
    account_name = models.CharField(max_length=150, blank=True, editable=False)

    # How it fares. `trouble` is a sentence for operators; empty while all is well.
    last_answer_at = models.DateTimeField(null=True, editable=False)
    trouble = models.CharField(max_length=500, blank=True, editable=False)
    trouble_since = models.DateTimeField(null=True, editable=False)
    synced_at = models.DateTimeField(null=True, editable=False)
    sync_trouble = models.CharField(max_length=500, blank=True, editable=False)
    sync_lease_until = models.DateTimeField(null=True, editable=False)

    # Following: the lease of the tick that runs, and Tower's clock up to which changes were seen.
    follow_lease_until = models.DateTimeField(null=True, editable=False)
    followed_until = models.DateTimeField(null=True, editable=False)
    swept_at = models.DateTimeField(null=True, editable=False)

    objects = ControllerManager()

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.name,)

    @property
    def usable(self) -> bool:
        """Whether launches are sent to it now."""
        return not self.paused and not self.trouble

    def answered(self) -> None:
        """Tower answered as it should."""
        now = timezone.now()
        Controller.objects.filter(pk=self.pk).update(last_answer_at=now, trouble="", trouble_since=None)
        self.last_answer_at, self.trouble, self.trouble_since = now, "", None

    def failed_us(self, trouble: str) -> None:
        """Tower did not answer, or refused our account; `trouble` says so in a sentence without secrets."""
        since = self.trouble_since or timezone.now()
        Controller.objects.filter(pk=self.pk).update(trouble=trouble[:500], trouble_since=since)
        self.trouble, self.trouble_since = trouble[:500], since


class TemplateManager(models.Manager["Template"]):
    def get_by_natural_key(self, controller: str, kind: str, name: str) -> "Template":
        return self.get(controller__name=controller, kind=kind, name=name)


class Template(models.Model):
    """Our copy of a job template or workflow job template in Tower. Only `catalog.sync` writes it."""

    class Kind(models.TextChoices):
        JOB = "job_template", "Job template"
        WORKFLOW = "workflow_job_template", "Workflow template"

    controller = models.ForeignKey(Controller, on_delete=models.CASCADE, related_name="templates")
    kind = models.CharField(max_length=30, choices=Kind)
    tower_id = models.PositiveBigIntegerField()
    name = models.CharField(max_length=512)
    description = models.TextField(blank=True)
    survey_enabled = models.BooleanField(default=False)
    survey = models.JSONField(default=list, help_text="The questions of the survey, as Tower gives them.")
    prompts = models.JSONField(default=dict, help_text="ask_*_on_launch, and what Tower says it needs to start.")
    synced_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True, help_text="Since when Tower no longer offers it to our account.")

    objects = TemplateManager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["controller", "kind", "tower_id"], name="one_row_per_template_in_tower"),
        ]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str, str, str]:
        return (self.controller.name, self.kind, self.name)

    @property
    def questions(self) -> list[dict[str, Any]]:
        """The survey as Tower would ask it: none while the survey is switched off there."""
        return list(self.survey) if self.survey_enabled else []


class CategoryManager(models.Manager["Category"]):
    def get_by_natural_key(self, name: str) -> "Category":
        return self.get(name=name)


class Category(models.Model):
    """A heading in the catalog."""

    name = models.CharField(max_length=60, unique=True)
    position = models.PositiveIntegerField(default=0)

    objects = CategoryManager()

    class Meta:
        ordering = ["position", "name"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.name,)


class TileQuerySet(models.QuerySet["Tile"]):
    def get_by_natural_key(self, slug: str) -> "Tile":
        return self.get(slug=slug)

    def visible_to(self, user: User | AnonymousUser) -> "TileQuerySet":
        """Published tiles of this person's groups or for everyone; curators see all of them."""
        if not user.is_authenticated:
            return self.none()
        if user.has_perm("catalog.change_tile"):
            return self
        mine = Tile.audience.through.objects.filter(group__user=user).values("tile")
        return self.filter(Q(for_everyone=True) | Q(pk__in=mine), published=True)

    def for_catalog(self) -> "TileQuerySet":
        """With what a tile shows, and without what is large or secret."""
        return self.select_related("category", "template__controller").defer(
            "template__survey", "template__prompts", "template__controller__token"
        )

    def for_order(self) -> "TileQuerySet":
        """With what its form needs."""
        return self.select_related("template__controller").defer("template__controller__token")


class Tile(models.Model):
    """Something people can order: a template in a curator's words, for an audience."""

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="tiles")
    title = models.CharField(max_length=70)
    slug = models.SlugField(max_length=80, unique=True)
    description = models.CharField(max_length=120, help_text="One or two sentences; slides in on the tile.")
    icon = models.CharField(max_length=30, choices=Icon, default=Icon.NETWORK)
    colour = models.CharField(max_length=20, choices=Colour, default=Colour.COBALT)
    size = models.CharField(max_length=10, choices=Size, default=Size.NORMAL)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="tiles")
    position = models.PositiveIntegerField(default=0, help_text="Place within the category, smallest first.")

    audience = models.ManyToManyField(
        Group, blank=True, related_name="tiles", help_text="The groups whose people may order it."
    )
    approvers = models.ManyToManyField(
        Group,
        blank=True,
        related_name="tiles_to_decide",
        help_text="The groups whose people may decide its approvals here. They see all its orders.",
    )
    for_everyone = models.BooleanField(default=False, help_text="Everybody who can sign in may order it.")
    published = models.BooleanField(default=False, help_text="Until then only curators see it.")
    paused = models.CharField(
        max_length=200, blank=True, help_text="Why it cannot be ordered now, for its audience. Empty: it can."
    )
    shared = models.BooleanField(
        "shared with the group",
        default=False,
        help_text="People see the orders, answers and output of others in their groups.",
    )

    happens = models.CharField(
        "what will happen",
        max_length=300,
        blank=True,
        help_text="A sentence with answers as {variable}, such as: A network for {_tenant} with VLAN {_vlan_id}.",
    )
    subject = models.CharField(
        max_length=150,
        blank=True,
        help_text="What tells one order from another, with answers as {variable}: {_tenant}, VLAN {_vlan_id}.",
    )
    when_done = models.CharField(max_length=70, blank=True, help_text="Such as: The network is ready.")
    when_failed = models.CharField(max_length=70, blank=True, help_text="Such as: The network was not built.")

    usual_seconds = models.FloatField(
        null=True, editable=False, help_text="Median of how long its latest successful jobs took."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = TileQuerySet.as_manager()

    if TYPE_CHECKING:
        jobs: RelatedManager[Any]

    class Meta:
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("order", args=[self.slug])

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    @property
    def pause_reason(self) -> str:
        """Why it cannot be ordered now; empty if it can."""
        if self.paused:
            return self.paused
        if self.template.gone_at:
            return "It is no longer offered in Tower."
        return ""

    def may_decide(self, user: User | AnonymousUser) -> bool:
        """Whether this person may approve and deny the steps of its orders that wait for a decision."""
        return user.is_authenticated and self.approvers.filter(user=user).exists()

    @property
    def waits_for_tower_since(self) -> datetime | None:
        """Since when Tower does not answer; orders are taken all the same, and wait."""
        return self.template.controller.trouble_since
