"""Files."""

from __future__ import annotations

from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from studio.admin.readonly import ReadOnlyAdmin
from studio.media.sending import Stored, serve_stored
from studio.models import Asset


def file_address(asset: Asset) -> str:
    """Where operators get a file: they need not be in its team."""
    return reverse("admin:studio_asset_file", args=[asset.pk, asset.suffix])


@admin.register(Asset)
class AssetAdmin(ReadOnlyAdmin):
    """Every stored file, shown."""

    list_display = (
        "picture_tag",
        "kind",
        "name",
        "team",
        "size_text",
        "width",
        "height",
        "duration",
        "created_by",
        "created_at",
    )
    list_filter = ("kind", "media_type", "team")
    search_fields = ("name", "sha256", "path", "=id", "=generation__id")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    readonly_fields = ("picture_tag", "player_tag", "size_text")

    def get_urls(self) -> list[URLPattern]:
        """With that of the file itself."""
        view = self.admin_site.admin_view(self.file)
        address = "<uuid:asset_id>/file.<str:suffix>"
        return [path(address, view, name="studio_asset_file"), *super().get_urls()]

    def file(
        self, request: HttpRequest, asset_id: UUID, suffix: str
    ) -> HttpResponseBase:
        """The file, for whoever may look at files here."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asset = Asset.objects.filter(pk=asset_id).first()
        if asset is None or asset.suffix != suffix:
            raise Http404
        file = Stored(
            name=asset.path,
            size=asset.size,
            sha256=asset.sha256,
            media_type=asset.media_type,
        )
        return serve_stored(request, file, filename=f"{asset.pk}.{asset.suffix}")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Asset]:
        """With all that the list and the page of one file show."""
        rows = super().get_queryset(request)
        return rows.select_related("team", "created_by", "generation__prompt")

    @admin.display(description=_("picture"))
    def picture_tag(self, asset: Asset) -> str:
        """The picture itself, small."""
        if asset.is_video:
            return "–"
        address = file_address(asset)
        return format_html('<img src="{}" width="96" alt="" loading="lazy">', address)

    @admin.display(description=_("video"))
    def player_tag(self, asset: Asset) -> str:
        """The video, playable here."""
        if not asset.is_video:
            return "–"
        return format_html(
            '<video controls playsinline preload="none" width="480" src="{}"></video>',
            file_address(asset),
        )

    @admin.display(description=_("size"), ordering="size")
    def size_text(self, asset: Asset) -> str:
        """The size in words."""
        return filesizeformat(asset.size)
