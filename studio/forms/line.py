"""What a team's admins say of its line: how many takes may run at once."""

from __future__ import annotations

from django import forms

from studio.models import LineSetting


class LimitsForm(forms.ModelForm):
    """Limits of a team; an empty one is none."""

    class Meta:
        model = LineSetting
        fields = ("max_running", "max_running_each")
