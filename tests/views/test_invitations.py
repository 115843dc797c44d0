"""Inviting: by mail or with a link, sent again, taken back."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django import Settings

from studio import tasks
from studio.models import Event, Invitation, Membership, Role, Team, User
from studio.models.invitations import digest
from studio.pipeline import invite
from tests.conftest import ClientFor

NORA = {"email": "nora@example.org", "role": "editor", "way": "mail"}
LINK = re.compile(r"http://127\.0\.0\.1:8000/invitation/([\w-]{43})")


def url(name: str, invitation: Invitation) -> str:
    """An address of an invitation."""
    return reverse(name, args=[invitation.team_id, invitation.pk])


def test_it_is_mailed_by_the_queue(
    client_for: ClientFor, team: Team, alice: User
) -> None:
    answer = client_for(alice).post(
        reverse("invitation-create", args=[team.pk]), NORA, follow=True
    )

    made = Invitation.objects.get()
    message = OrmQ.objects.get()
    assert message.task["kwargs"] == {"invitation_id": str(made.pk)}
    assert made.token_hash == ""
    assert "on its way to nora@example.org" in answer.content.decode()

    tasks.mail_invitation(invitation_id=str(made.pk))

    [sent] = mail.outbox
    [token] = LINK.findall(str(sent.body))
    made.refresh_from_db()
    assert sent.to == ["nora@example.org"]
    assert "Alice invites you" in str(sent.body)
    assert made.token_hash == digest(token)
    assert made.mail == Invitation.Mail.SENT


def test_a_task_that_runs_twice_mails_once(team: Team, alice: User) -> None:
    made = make(team, alice)
    invite.ask_for_mail(made)

    for _time in range(2):
        tasks.mail_invitation(invitation_id=str(made.pk))

    assert len(mail.outbox) == 1


def make(team: Team, by: User) -> Invitation:
    """Nora is invited."""
    return Invitation.make(
        team, "nora@example.org", Role.EDITOR, by=by, now=timezone.now()
    )


def test_a_mail_that_fails_is_said_and_sent_again(
    client_for: ClientFor, team: Team, alice: User, settings: Settings
) -> None:
    made = make(team, alice)
    invite.ask_for_mail(made)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there

    tasks.mail_invitation(invitation_id=str(made.pk))

    client = client_for(alice)
    html = client.get(reverse("team-members", args=[team.pk])).content.decode()
    assert "Mail not sent" in html
    assert "ConnectionRefusedError" in html

    client.post(url("invitation-mail", made))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    tasks.mail_invitation(invitation_id=str(made.pk))

    assert len(mail.outbox) == 1
    assert Event.objects.filter(verb="invitation.renewed", actor=alice).count() == 1


def test_a_link_is_shown_once(client_for: ClientFor, team: Team, alice: User) -> None:
    client = client_for(alice)

    answer = client.post(
        reverse("invitation-create", args=[team.pk]), {**NORA, "way": "link"}
    )

    token = LINK.findall(answer.content.decode())[0]
    assert Invitation.objects.get().token_hash == digest(token)
    assert answer["Cache-Control"] == "private, no-store"
    assert not OrmQ.objects.exists()
    members = client.get(reverse("team-members", args=[team.pk])).content.decode()
    assert token not in members
    assert token not in str(dict(client.session))


def test_without_mail_there_is_only_the_link(
    client_for: ClientFor, team: Team, alice: User, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = invite.CONSOLE  # what is mailed there stands in the log
    client = client_for(alice)

    answer = client.post(reverse("invitation-create", args=[team.pk]), NORA)

    assert LINK.search(answer.content.decode())
    again = client.post(url("invitation-mail", Invitation.objects.get()))
    assert again.status_code == 404
    assert not OrmQ.objects.exists()


def test_it_is_taken_back(client_for: ClientFor, team: Team, alice: User) -> None:
    made = make(team, alice)

    answer = client_for(alice).post(url("invitation-revoke", made), follow=True)

    made.refresh_from_db()
    assert made.revoked_at is not None
    assert "was taken back" in answer.content.decode()
    assert Event.objects.get(verb="invitation.revoked").actor == alice
    tasks.mail_invitation(invitation_id=str(made.pk))
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"email": "bob@example.org"}, "They are in the team already."),
        ({"email": "no address"}, "Enter a valid email address."),
        ({"role": "owner"}, "Select a valid choice."),
    ],
)
def test_it_is_refused_in_place(
    client_for: ClientFor,
    team: Team,
    bob: User,
    alice: User,
    changed: dict[str, str],
    words: str,
) -> None:
    nora = User.objects.create_user("adam@example.org", name="Adam")
    Membership.objects.create(team=team, user=nora, role=Role.ADMIN)

    answer = client_for(nora).post(
        reverse("invitation-create", args=[team.pk]), {**NORA, **changed}
    )

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Invitation.objects.exists()


def test_another_teams_invitation_is_not_there(
    client_for: ClientFor, team: Team, alice: User, charlie: User
) -> None:
    made = make(team, alice)
    theirs = charlie.memberships.get().team
    address = reverse("invitation-revoke", args=[theirs.pk, made.pk])

    assert client_for(charlie).post(address).status_code == 404
    made.refresh_from_db()
    assert made.revoked_at is None


def test_a_name_breaks_no_mail(team: Team, alice: User) -> None:
    Team.objects.filter(pk=team.pk).update(name="North\nBcc: x@example.org")
    made = Invitation.objects.select_related("team").get(pk=make(team, alice).pk)
    invite.ask_for_mail(made)

    invite.mail_invitation(str(made.pk))

    [sent] = mail.outbox
    assert "\n" not in sent.subject
    assert sent.bcc == []


def test_an_admin_gets_no_link_to_a_higher_role(
    client_for: ClientFor, team: Team, alice: User, bob: User
) -> None:
    made = Invitation.make(
        team, "nora@example.org", Role.OWNER, by=alice, now=timezone.now()
    )
    team.memberships.filter(user=bob).update(role=Role.ADMIN)

    for act in ("invitation-link", "invitation-mail", "invitation-revoke"):
        assert client_for(bob).post(url(act, made)).status_code == 403
    made.refresh_from_db()
    assert made.token_hash == ""


def test_an_invitation_falls_with_who_gave_it(
    team: Team, alice: User, bob: User
) -> None:
    team.memberships.filter(user=bob).update(role=Role.ADMIN)
    now = timezone.now()
    made = Invitation.make(team, "nora@example.org", Role.ADMIN, by=bob, now=now)
    team.memberships.filter(user=bob).update(role=Role.EDITOR)
    nora = User.objects.create_user("nora@example.org", name="Nora")

    assert not made.accept(nora, now=now)
    assert not team.memberships.filter(user=nora).exists()
