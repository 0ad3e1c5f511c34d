"""What there is to choose from at launch, and what a curator decided of each prompt of a tile."""

from typing import Any

from django.db import models

from catalog.prompts import Thing


class TowerObject(models.Model):
    """An object in Tower that our account may bring along to a launch. Only `catalog.objects` writes it."""

    class Kind(models.TextChoices):
        INVENTORY = "inventory", "Inventory"
        CREDENTIAL = "credential", "Credential"
        EXECUTION_ENVIRONMENT = "execution_environment", "Execution environment"
        LABEL = "label", "Label"
        INSTANCE_GROUP = "instance_group", "Instance group"

    controller = models.ForeignKey("catalog.Controller", on_delete=models.CASCADE, related_name="things")
    kind = models.CharField(max_length=30, choices=Kind)
    tower_id = models.PositiveBigIntegerField()
    name = models.CharField(max_length=512)
    type_id = models.PositiveBigIntegerField(default=0, help_text="Of a credential: its type in Tower.")
    type_name = models.CharField(max_length=512, blank=True)
    vault_id = models.CharField(max_length=512, blank=True)
    passwords = models.JSONField(default=list, help_text="Of a credential: what Tower asks for at each launch.")

    class Meta:
        ordering = ["name", "tower_id"]
        constraints = [
            models.UniqueConstraint(fields=["controller", "kind", "tower_id"], name="one_row_per_object_in_tower"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def thing(self) -> Thing:
        return Thing(
            id=self.tower_id,
            name=self.name,
            type_id=self.type_id,
            type_name=self.type_name,
            vault_id=self.vault_id,
            passwords=tuple(self.passwords),
        )


class TilePromptManager(models.Manager["TilePrompt"]):
    def get_by_natural_key(self, slug: str, name: str) -> "TilePrompt":
        return self.get(tile__slug=slug, name=name)


class TilePrompt(models.Model):
    """What becomes of one thing that Tower asks for at launch. Without a row, `catalog.asking.usual` says so."""

    class Decision(models.TextChoices):
        ASK = "ask", "Ask it"
        HIDE = "hide", "Leave it to Tower"
        FIX = "fix", "Always the same"

    tile = models.ForeignKey("catalog.Tile", on_delete=models.CASCADE, related_name="prompts")
    name = models.CharField(max_length=40)
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.HIDE)
    value: Any = models.JSONField(null=True, blank=True, help_text="As Tower takes it; for objects their ids.")

    objects = TilePromptManager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["tile", "name"], name="one_decision_per_prompt")]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_decision_display()}"

    def natural_key(self) -> tuple[str, str]:
        return (self.tile.slug, self.name)

    natural_key.dependencies = ["catalog.tile"]  # type: ignore[attr-defined]
