"""Let others see takes, or take these from them: actions of every list of takes."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from studio.admin.acting import each
from studio.models import Generation
from studio.pipeline import moderate


class ModerationActions:
    """Through the pipeline, so that they are written down and pages follow."""

    @admin.action(description=_("Pass: the whole team sees it"))
    def pass_takes(self, request: HttpRequest, rows: QuerySet[Generation]) -> None:
        """What waits for moderation."""
        each(request, rows, moderate.pass_take)

    @admin.action(description=_("Block: only admins have the video"))
    def block_takes(self, request: HttpRequest, rows: QuerySet[Generation]) -> None:
        """What others must not see."""
        each(request, rows, moderate.block_take)

    @admin.action(description=_("Unblock: the whole team sees it again"))
    def unblock_takes(self, request: HttpRequest, rows: QuerySet[Generation]) -> None:
        """What was blocked."""
        each(request, rows, moderate.unblock_take)
