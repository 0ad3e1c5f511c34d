"""The form of a Tower: secrets go in and never come out."""

from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join

from catalog.controllers import SECRETS, Controller
from portal.encryption import Undecipherable
from portal.tower.ways import NEEDED, Way

KEEP = "Stored encrypted. Leave blank to keep the stored one."
WAYS = [
    ("Personal access token", "AAP (made at the gateway), AWX, Tower from 3.3 on", "token with write scope"),
    ("OAuth2 application", "the same, where tokens must expire", "user name, password, client id, client secret"),
    ("Basic", "the same, where neither is wanted", "user name, password"),
    ("Tower 3.0 to 3.2", "only there", "user name, password"),
]
EXPLAINED = format_html(
    "<table><thead><tr><th>Way to sign in</th><th>For</th><th>Fields</th></tr></thead><tbody>{}</tbody></table>",
    format_html_join("", "<tr><th>{}</th><td>{}</td><td>{}</td></tr>", WAYS),
)


def secret(label: str, help_text: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "off", "size": 60})
    return forms.CharField(label=label, required=False, strip=True, widget=widget, help_text=f"{help_text} {KEEP}")


class ControllerForm(forms.ModelForm):  # type: ignore[type-arg]
    """Left blank, a stored secret stays. What belongs to another way than the one chosen is emptied."""

    new_token = secret("Token", "For a personal access token: with write scope.")
    new_password = secret("Password", "For all ways but the token.")
    new_client_secret = secret("Client secret", "For an OAuth2 application, if it is a confidential one.")

    class Meta:
        model = Controller
        fields = ["name", "url", "ca_bundle", "way", "username", "client_id", "paused"]
        help_texts = {
            "username": "For all ways but the token: the account that the portal uses in Tower.",
            "client_id": "For an OAuth2 application whose grant type is “Resource owner password-based”.",
        }

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        way = self.cleaned_data.get("way")
        for name in NEEDED[Way(way)] if way else ():
            field = f"new_{name}" if name in SECRETS else name
            if not self.cleaned_data.get(field) and not (name in SECRETS and self._is_stored(name)):
                self.add_error(field, "It is needed for this way to sign in.")
        return cleaned

    def save(self, commit: bool = True) -> Controller:
        for name in SECRETS:
            if self.cleaned_data[f"new_{name}"]:
                setattr(self.instance, name, self.cleaned_data[f"new_{name}"])
        if "url" in self.changed_data:
            self.instance.api_base = self.instance.generation = ""
        self.instance.forget_other_ways()
        controller: Controller = super().save(commit)
        return controller

    def _is_stored(self, name: str) -> bool:
        """One that no key opens counts, since it was meant to stay; "test connection" tells of it."""
        try:
            return bool(self.instance.pk and getattr(self.instance, name))
        except Undecipherable:
            return True
