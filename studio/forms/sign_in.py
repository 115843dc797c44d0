"""Signing in and passwords: allauth's forms, labelled as this site writes."""

from __future__ import annotations

from typing import Any

from allauth.account import forms
from django.utils.translation import gettext_lazy as _

LABELS = {
    "remember": _("Remember me"),
    "oldpassword": _("Current password"),
    "password1": _("New password"),
    "password2": _("New password, again"),
}


class PlainLabels:
    """Small letters after the first, as everywhere here."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in LABELS.keys() & self.fields.keys():
            self.fields[name].label = LABELS[name]
            self.fields[name].widget.attrs.pop("placeholder", None)


class SignInForm(PlainLabels, forms.LoginForm):
    """Who one is."""


class ChangePasswordForm(PlainLabels, forms.ChangePasswordForm):
    """Another password."""


class ResetPasswordKeyForm(PlainLabels, forms.ResetPasswordKeyForm):
    """A new password in place of a forgotten one."""
