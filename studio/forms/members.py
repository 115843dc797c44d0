"""Who comes into a team, and what a team is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from studio.models import Role, Team, User

MAIL, LINK = "mail", "link"


def roles_up_to(role: Role) -> list[tuple[str, str]]:
    """The roles that somebody of this role may give, the lowest first."""
    return [(item.value, str(item.label)) for item in Role if role.is_at_least(item)]


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(choices=Role.choices)

    @property
    def chosen(self) -> Role:
        """The role, once the form was found right."""
        return Role(self.cleaned_data["role"])


class InvitationForm(forms.Form):
    """Who is invited, in which role, and how they hear of it."""

    email = forms.EmailField(
        label=_("Email address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    way = forms.ChoiceField(
        label=_("How"),
        choices=[(MAIL, _("Send an email")), (LINK, _("Show me a link"))],
        initial=MAIL,
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        mine: Role,
        can_mail: bool,
    ) -> None:
        super().__init__(data)
        self.fields["role"] = forms.ChoiceField(
            label=_("Role"), choices=roles_up_to(mine), initial=Role.EDITOR
        )
        self.order_fields(["email", "role", "way"])
        if not can_mail:
            del self.fields["way"]

    @property
    def by_mail(self) -> bool:
        """Whether it is to be mailed."""
        return bool(self.cleaned_data.get("way") == MAIL)


class JoinForm(forms.Form):
    """The account that an invitation makes."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, email: str = ""
    ) -> None:
        super().__init__(data)
        self.email = email

    def clean_name(self) -> str:
        """One line without spaces at its ends."""
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_password(self) -> str:
        """As the rules for passwords want it."""
        password: str = self.cleaned_data["password"]
        person = User(email=self.email, name=self.cleaned_data.get("name", ""))
        validate_password(password, person)
        return password


class TeamForm(forms.Form):
    """What a team is called."""

    name = forms.CharField(label=_("Name"), max_length=100)

    def clean_name(self) -> str:
        """One line without spaces at its ends."""
        return " ".join(str(self.cleaned_data["name"]).split())


class TeamDeleteForm(forms.Form):
    """Nobody deletes a team by a slip: its name is typed in."""

    name = forms.CharField(
        label=_("Type the team's name to delete it"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, team: Team) -> None:
        super().__init__(data)
        self.team = team

    def clean_name(self) -> str:
        """The very name."""
        name = str(self.cleaned_data["name"])
        if name.split() != self.team.name.split():
            raise forms.ValidationError(_("That is not the team's name."))
        return name
