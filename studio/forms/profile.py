"""What somebody may change about their own account."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from studio.models import User


class NoticeForm(forms.ModelForm):
    """When to send a mail."""

    class Meta:
        model = User
        fields = ("notice_mail", "approval_mail")


class ProfileForm(forms.ModelForm):
    """The name that others read."""

    class Meta:
        model = User
        fields = ("name",)
        widgets: ClassVar = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
        }

    def clean_name(self) -> str:
        """One line without spaces at its ends."""
        return " ".join(str(self.cleaned_data["name"]).split())
