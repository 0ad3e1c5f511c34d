"""What can be ordered: the templates that our Towers offer, and the tiles curators made of them."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser, Group, User
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from catalog.controllers import Controller as Controller
from catalog.controllers import TowerSession as TowerSession
from catalog.controllers import secrets_of
from catalog.looks import Colour, Icon, Size
from catalog.prompt_models import TilePrompt as TilePrompt
from catalog.prompt_models import TowerObject as TowerObject

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


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
            "template__survey", "template__prompts", *secrets_of("template__controller")
        )

    def for_order(self) -> "TileQuerySet":
        """With what its form needs."""
        tiles = self.select_related("template__controller").prefetch_related("prompts")
        return tiles.defer(*secrets_of("template__controller"))


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
        prompts: RelatedManager[TilePrompt]

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
