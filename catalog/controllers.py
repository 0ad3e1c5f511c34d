"""The Towers we know, and how we sign in there."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from portal.encryption import EncryptedTextField
from portal.tower.addresses import trouble_with
from portal.tower.generations import Generation
from portal.tower.records import Identity
from portal.tower.ways import TAKEN, Credentials, Way

SECRETS = ("token", "password", "client_secret")


def secrets_of(path: str = "") -> list[str]:
    """The columns that hold a controller's secrets, for `defer`: reading one takes its key, and time."""
    return [f"{path}__{name}" if path else name for name in SECRETS]


def validate_address(url: str) -> None:
    if trouble := trouble_with(url):
        raise ValidationError(f"It {trouble}.")


class ControllerQuerySet(models.QuerySet["Controller"]):
    def get_by_natural_key(self, name: str) -> "Controller":
        return self.get(name=name)

    def without_secrets(self) -> "ControllerQuerySet":
        return self.defer(*secrets_of())


class Controller(models.Model):
    """One Ansible Tower, AWX or AAP controller, and the service account that the portal uses there."""

    class SignIn(models.TextChoices):
        TOKEN = Way.TOKEN.value, "Personal access token"
        OAUTH2 = Way.OAUTH2.value, "OAuth2 application, with user name and password"
        BASIC = Way.BASIC.value, "User name and password with each request (Basic)"
        AUTHTOKEN = Way.AUTHTOKEN.value, "User name and password of Tower 3.0 to 3.2"

    name = models.CharField(max_length=100, unique=True)
    url = models.CharField(
        "URL",
        max_length=200,
        validators=[validate_address],
        help_text="Such as https://tower.example.com, without /api/.",
    )
    way = models.CharField("way to sign in", max_length=20, choices=SignIn, default=SignIn.TOKEN)
    token = EncryptedTextField(blank=True, help_text="A personal access token with write scope. Stored encrypted.")
    username = models.CharField("user name", max_length=150, blank=True)
    password = EncryptedTextField(blank=True)
    client_id = models.CharField("client id", max_length=200, blank=True)
    client_secret = EncryptedTextField(blank=True)
    ca_bundle = models.CharField(
        "CA bundle", max_length=500, blank=True, help_text="Path of a PEM file on the server, if Tower has its own CA."
    )
    paused = models.BooleanField(default=False, help_text="Orders wait, nothing is sent.")

    # What discovery found.
    api_base = models.CharField(max_length=100, blank=True, editable=False)
    generation = models.CharField(max_length=20, blank=True, editable=False)
    product = models.CharField(max_length=100, blank=True, editable=False)
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

    objects = ControllerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.name,)

    @property
    def usable(self) -> bool:
        """Whether launches are sent to it now."""
        return not self.paused and not self.trouble

    @property
    def credentials(self) -> Credentials:
        """Read from the database at once if they were deferred. Raises Undecipherable."""
        if self.get_deferred_fields() & set(SECRETS):
            self.refresh_from_db(fields=SECRETS)
        return Credentials(
            way=Way(self.way),
            username=self.username,
            client_id=self.client_id,
            token=self.token,
            password=self.password,
            client_secret=self.client_secret,
        )

    @property
    def known_generation(self) -> Generation | None:
        """What answered when it was last looked at; None before."""
        return Generation(self.generation) if self.generation else None

    def forget_other_ways(self) -> None:
        """Empty, without saving, the fields of the ways that were not chosen: what is not needed is not kept."""
        for name in (*SECRETS, "username", "client_id"):
            if name not in TAKEN[Way(self.way)]:
                setattr(self, name, "")

    def found(self, identity: Identity) -> None:
        """Write down which Tower answers; it may have been upgraded."""
        columns = {
            "api_base": identity.base,
            "generation": identity.generation.value,
            "product": identity.product,
            "version": identity.version[:50],
        }
        Controller.objects.filter(pk=self.pk, url=self.url).update(**columns)
        for name, value in columns.items():
            setattr(self, name, value)

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


class TowerSession(models.Model):
    """The token that a Tower gave us for a while, shared by all processes of one place. `catalog.sessions` keeps it."""

    controller = models.ForeignKey(Controller, on_delete=models.CASCADE, related_name="sessions")
    place = models.CharField(max_length=255, blank=True, help_text="The machine, where a token is of use on one only.")
    stamp = models.CharField(max_length=64, blank=True, help_text="Keyed hash of the credentials that it was got with.")
    serial = models.PositiveIntegerField(default=0, help_text="Goes up with each new token.")
    ticket = EncryptedTextField(blank=True)
    renewing_until = models.DateTimeField(null=True, help_text="The lease of the process that gets a new one.")
    refused = models.CharField(max_length=500, blank=True, help_text="Why Tower gave none, for operators.")
    refused_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(default=timezone.now, help_text="When it was last renewed.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["controller", "place"], name="one_session_per_tower_and_place")]

    def __str__(self) -> str:
        return f"{self.controller_id} {self.place}"
