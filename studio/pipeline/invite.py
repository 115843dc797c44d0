"""Invitations by mail. The task that writes a mail makes its token."""

from __future__ import annotations

import logging
from smtplib import SMTPException, SMTPResponseException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from studio import queue
from studio.models import Invitation, User

logger = logging.getLogger(__name__)
CONSOLE = "django.core.mail.backends.console.EmailBackend"


def can_mail() -> bool:
    """Whether mail leaves this studio: on the console a token would be in the log."""
    return bool(settings.EMAIL_BACKEND != CONSOLE)


def address_of(token: str) -> str:
    """The link that opens an invitation."""
    return f"{settings.STUDIO_URL}{reverse('invitation-open', args=[token])}"


def ask_for_mail(invitation: Invitation, *, by: User | None = None) -> bool:
    """Have it mailed; ``by`` is who asked for it once more."""
    with transaction.atomic():
        done = invitation.ask_for_mail()
        if done:
            queue.enqueue("mail_invitation", invitation_id=str(invitation.pk))
            if by is not None:
                invitation.note("invitation.renewed", by)
    return done


def mail_invitation(invitation_id: str) -> None:
    """Send one invitation, once for each time that somebody asked."""
    rows = Invitation.objects.select_related("team", "invited_by")
    found = rows.filter(pk=invitation_id, team__deleted_at=None).first()
    token = found.claim_mail(timezone.now()) if found else ""
    if found is None or not token:
        return
    try:
        send_mail(
            subject_of(found),
            render_to_string(
                "teams/mail/invitation.txt",
                {"invitation": found, "address": address_of(token)},
            ),
            None,
            [found.email],
        )
    except (SMTPException, OSError) as error:
        logger.warning("invitation %s: %s", found.pk, trouble(error))
        found.mark_mail(Invitation.Mail.FAILED, trouble(error))
    else:
        found.mark_mail(Invitation.Mail.SENT)


def subject_of(invitation: Invitation) -> str:
    """One line, whatever the team is called."""
    words = _("%(team)s invites you to Dailies") % {"team": invitation.team.name}
    return " ".join(words.split())


def trouble(error: Exception) -> str:
    """Why it was not sent; never what the server said, which may quote the mail."""
    code = error.smtp_code if isinstance(error, SMTPResponseException) else ""
    return f"{type(error).__name__} {code}".strip()
