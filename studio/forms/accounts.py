"""A team's key at a provider: typed in, never read back."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from studio.models import ProviderAccount, Team

SECRET_NAMES = ("api_key", "oauth_token")


def secret_field(label: Any, help_text: Any) -> forms.CharField:
    """Something that is typed in and never shown again."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=4000,
        help_text=help_text,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "off", "spellcheck": "false"}
        ),
    )


class KeyForm(forms.ModelForm):
    """A key is typed in, never read back, and follows no change of its address."""

    provider = forms.ChoiceField(
        label=_("Provider"), choices=ProviderAccount.Provider.choices
    )
    api_key = secret_field(_("Key"), _("Kept encrypted, never shown again."))
    oauth_token = secret_field(
        _("OAuth token"), _("Globant only, instead of a key, with a project id.")
    )

    class Meta:
        model = ProviderAccount
        fields: ClassVar[tuple[str, ...]] = (
            "provider",
            "name",
            "base_url",
            "max_running",
            "is_active",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_new = self.instance._state.adding  # an id it has from the start

    def clean(self) -> dict[str, Any]:
        """The address is one that a key may be sent to."""
        cleaned = super().clean() or {}
        self.check_address(cleaned.get("base_url") or "")
        return cleaned

    def check_address(self, address: str) -> None:
        """A key goes only where its owner sends it: a new address needs it anew."""
        is_moved = not self.is_new and address != self.initial.get("base_url", "")
        if is_moved and not self.typed_secrets():
            self.add_error("api_key", _("Type the key in again for another address."))
        try:
            parts = urlsplit(address)
            inside = f"{parts.hostname}:{parts.port or 80}" in settings.OUTBOUND_ALLOW
        except ValueError:
            self.add_error("base_url", _("This address has no usable port."))
            return
        if address and parts.scheme != "https" and not inside:
            self.add_error("base_url", _("The address must begin with https://."))

    def typed_secrets(self) -> dict[str, str]:
        """What was typed in; empty where nothing was."""
        cleaned = self.cleaned_data
        return {name: cleaned[name] for name in SECRET_NAMES if cleaned.get(name)}


class AccountForm(KeyForm):
    """A new account of a team, or a change of one; an empty key keeps the present."""

    project_id = forms.CharField(label=_("Project id"), required=False, max_length=200)

    field_order = (
        "provider",
        "api_key",
        "oauth_token",
        "project_id",
        "base_url",
        "name",
        "max_running",
        "is_active",
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team
        if not self.is_new:
            self.fields["provider"].disabled = True
            self.initial["project_id"] = self.instance.settings.get("project_id", "")

    def clean(self) -> dict[str, Any]:
        """A new account needs a key; Globant needs its address."""
        cleaned = super().clean() or {}
        if self.is_new and not self.typed_secrets():
            self.add_error("api_key", _("Type the key in."))
        is_globant = cleaned.get("provider") == ProviderAccount.Provider.GLOBANT
        if is_globant and not cleaned.get("base_url"):
            self.add_error("base_url", _("Globant has an address for each customer."))
        if cleaned.get("oauth_token") and not cleaned.get("project_id"):
            self.add_error("project_id", _("An OAuth token needs the project's id."))
        return cleaned

    def save(self, commit: bool = True) -> ProviderAccount:
        """The account with its secrets sealed, of this team."""
        account: ProviderAccount = super().save(commit=False)
        account.team = self.team
        project_id = self.cleaned_data.get("project_id", "")
        account.settings = {**account.settings, "project_id": project_id}
        if typed := self.typed_secrets():
            account.set_secrets(typed)
            account.is_valid = None
            account.check_message = ""
        if commit:
            account.save()
        return account
