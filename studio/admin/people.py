"""People, teams and projects."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from studio.admin.readonly import ReadOnlyAdmin
from studio.models import (
    Feed,
    Identity,
    Invitation,
    Membership,
    Project,
    ProjectPlace,
    Role,
    Team,
    User,
)


class PersonCreationForm(AdminUserCreationForm):
    """A new account: an address and a password."""

    class Meta(AdminUserCreationForm.Meta):
        model = User
        fields = ("email", "name")
        field_classes: ClassVar[dict[str, Any]] = {}


class MembershipInline(admin.TabularInline):
    """Who is in a team, or which teams somebody is in."""

    model = Membership
    extra = 1
    autocomplete_fields = ("user", "team")


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Accounts."""

    add_form = PersonCreationForm
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "name")
    ordering = ("email",)
    date_hierarchy = "date_joined"
    inlines = (MembershipInline,)
    fieldsets = (
        (None, {"fields": ("email", "password", "name")}),
        (
            _("Permissions"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups")},
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    "email",
                    "name",
                    "usable_password",
                    "password1",
                    "password2",
                ),
            },
        ),
    )


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    """Teams with their members."""

    list_display = ("name", "member_count", "created_at", "deleted_at", "emptied_at")
    list_filter = (("deleted_at", admin.EmptyFieldListFilter),)
    readonly_fields = ("deleted_at", "emptied_at")
    search_fields = ("name",)
    date_hierarchy = "created_at"
    inlines = (MembershipInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        """With the count that the list shows."""
        rows: QuerySet[Team] = super().get_queryset(request)
        return rows.annotate(members=Count("memberships"))

    @admin.display(description=_("members"), ordering="members")
    def member_count(self, team: Any) -> int:
        """How many people are in it."""
        return int(team.members)

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        """A new team needs its feed."""
        super().save_model(request, obj, form, change)
        Feed.objects.get_or_create(team=obj)

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: Any
    ) -> None:
        """A team without anybody belongs to the one who made it."""
        super().save_related(request, form, formsets, change)
        if not form.instance.memberships.exists():
            form.instance.memberships.create(user=request.user, role=Role.OWNER)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A team holds paid work: it is not deleted here."""
        return False


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    """Who is where, as one list."""

    list_display = ("user", "team", "role", "created_at")
    list_filter = ("role", "team")
    list_select_related = ("user", "team")
    search_fields = ("user__email", "user__name", "team__name")
    date_hierarchy = "created_at"
    autocomplete_fields = ("user", "team")


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin):
    """Projects, the deleted ones as well."""

    list_display = (
        "name",
        "team",
        "created_by",
        "created_at",
        "is_private",
        "deleted_at",
    )
    list_filter = (("deleted_at", admin.EmptyFieldListFilter), "is_private", "team")
    list_select_related = ("team", "created_by")
    search_fields = ("name", "team__name")
    date_hierarchy = "created_at"
    autocomplete_fields = ("team", "created_by")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A project holds paid work: set *deleted* to take it from every page."""
        return False


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Who was invited; made and taken back on the team's own page."""

    list_display = ("email", "team", "role", "mail", "expires_at", "accepted_at")
    list_filter = ("role", "mail", "team")
    list_select_related = ("team",)
    search_fields = ("email", "team__name")
    date_hierarchy = "created_at"


@admin.register(ProjectPlace)
class ProjectPlaceAdmin(ReadOnlyAdmin):
    """Who was chosen for private projects."""

    list_display = ("user", "project", "created_at")
    list_select_related = ("user", "project")
    search_fields = ("user__email", "project__name")
    date_hierarchy = "created_at"


@admin.register(Identity)
class IdentityAdmin(ReadOnlyAdmin):
    """Who comes through single sign-on."""

    list_display = ("user", "issuer", "subject", "created_at")
    list_filter = ("issuer",)
    list_select_related = ("user",)
    search_fields = ("user__email", "subject")
    date_hierarchy = "created_at"
