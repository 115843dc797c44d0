"""The one app, and its admin site."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class StudioConfig(AppConfig):
    """Dailies."""

    name = "studio"
    verbose_name = _("Studio")

    def ready(self) -> None:
        """Register the system checks."""
        from studio import checks  # noqa: F401  (importing registers them)


class StudioAdminConfig(AdminConfig):
    """Django admin behind the same sign-in as the site."""

    default_site = "studio.admin_site.StudioAdminSite"
