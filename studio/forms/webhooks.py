"""A team's webhook: its secret is typed in, never read back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from studio.models import Team, User, Webhook

SHORTEST_SECRET = 16  # characters


class WebhookForm(forms.ModelForm):
    """A new webhook, or a change of one; an empty secret keeps the present one."""

    secret = forms.CharField(
        label=_("Secret"),
        required=False,
        min_length=SHORTEST_SECRET,
        max_length=200,
        help_text=_(
            "Calls are signed with it, so that the receiver knows they are ours. "
            "At least 16 characters; kept encrypted, never shown again."
        ),
        widget=forms.PasswordInput(
            attrs={"autocomplete": "off", "spellcheck": "false"}
        ),
    )
    field_order = ("url", "secret", "is_active")

    class Meta:
        model = Webhook
        fields = ("url", "is_active")

    def __init__(
        self, *args: Any, team: Team, user: User, kept: str = "", **kwargs: Any
    ) -> None:
        """``kept`` is the secret that the form was sent with before, if it was."""
        super().__init__(*args, **kwargs)
        self.team, self.user, self.kept = team, user, kept
        self.is_new = self.instance._state.adding  # an id it has from the start

    def say_that_it_is_kept(self) -> None:
        """Words by the field, which is empty on every page."""
        self["secret"].help_text = gettext(
            "The secret that you typed is kept until you leave this page: type one "
            "only to change it."
        )

    def typed_secret(self) -> str:
        """What was typed into the field now or before, as far as it is right."""
        if not self.is_bound or "secret" in self.errors:
            return ""
        return self.cleaned_data.get("secret") or self.kept

    def clean(self) -> dict[str, Any]:
        """A new webhook, and one that moves, needs a secret."""
        cleaned = super().clean() or {}
        is_moved = cleaned.get("url") != self.initial.get("url")
        is_asked = (self.is_new or is_moved) and "secret" not in self.errors
        if is_asked and not self.typed_secret():
            self.add_error("secret", _("Type a secret in."))
        return cleaned

    def save(self, commit: bool = True) -> Webhook:
        """The webhook with its secret sealed, of this team."""
        webhook: Webhook = super().save(commit=False)
        webhook.team = self.team
        if self.is_new:
            webhook.created_by = self.user
        if secret := self.typed_secret():
            webhook.set_secret(secret)
        if commit:
            webhook.save()
        return webhook
