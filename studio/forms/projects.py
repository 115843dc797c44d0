"""What a project is called, and who may see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from studio.models import Project, Team, User
from studio.models.teams import MANAGERS

MOST_DIGITS = 18  # of a person's number


class ProjectForm(forms.Form):
    """A name that no other project has, as far as its sender can see."""

    name = forms.CharField(label=_("Name"), max_length=100)
    is_private = forms.BooleanField(label=_("Private"), required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        team: Team,
        user: User,
        project: Project | None = None,
    ) -> None:
        self.team = team
        self.user = user
        self.project = project
        super().__init__(data)

    def clean_name(self) -> str:
        """Refuse a name that is taken, whatever its case."""
        name: str = self.cleaned_data["name"]
        if same_name(name, self.team, self.user, self.project):
            raise forms.ValidationError(_("A project of this name exists already."))
        return name


def same_name(name: str, team: Team, user: User, project: Project | None) -> bool:
    """Whether somebody sees another project of that name: a hidden one is no answer."""
    same = Project.objects.visible_to(user).filter(team=team, name__iexact=name)
    if project is not None:
        same = same.exclude(pk=project.pk)
    return same.exists()


class PeopleField(forms.ModelMultipleChoiceField):
    """Some of a team's people."""

    def clean(self, value: Any) -> Any:
        """No database takes a number that is longer than an id can be."""
        for one in value or ():
            if len(str(one)) > MOST_DIGITS:
                words = self.error_messages["invalid_choice"]
                raise forms.ValidationError(words, params={"value": one})
        return super().clean(value)


class PeopleForm(forms.Form):
    """Whether a project is private, and for whom of the team it is."""

    is_private = forms.BooleanField(
        label=_("Only for the people chosen here"), required=False
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        project: Project,
        user: User,
    ) -> None:
        self.project = project
        self.user = user
        chosen = [place.user_id for place in project.places.all()]
        initial = {"is_private": project.is_private, "people": chosen or [user.pk]}
        super().__init__(data, initial=initial)
        self.fields["people"] = PeopleField(
            label=_("People"),
            queryset=choosable(project.team),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    def clean(self) -> dict[str, Any]:
        """An open project needs a name that no other open one has."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        opened = self.project.is_private and not cleaned.get("is_private")
        others = Project.objects.filter(
            team=self.project.team_id,
            deleted_at=None,
            is_private=False,
            name__iexact=self.project.name,
        )
        if opened and others.exists():
            self.add_error(
                "is_private", _("An open project of this name exists: rename one.")
            )
        return cleaned


def choosable(team: Team) -> Any:
    """Members who see a private project only when they are chosen for it."""
    rows = User.objects.filter(memberships__team=team)
    rows = rows.exclude(memberships__in=team.memberships.filter(role__in=MANAGERS))
    return rows.order_by("name", "email")
