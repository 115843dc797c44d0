"""Who signs in: a person is known by an e-mail address."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class EmailUserManager(UserManager["User"]):
    """Makes accounts from an address instead of a user name."""

    def create_user(  # type: ignore[override]  # no user name here
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        """An ordinary account; without a password nobody can sign in to it."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(  # type: ignore[override]  # no user name here
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        """An account that may use Django admin."""
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, **fields
        )

    def get_by_natural_key(self, username: str | None) -> User:
        """By address, whatever its case."""
        return self.get(email__iexact=username)


class NoticeMail(models.TextChoices):
    """When somebody wants a mail about their takes."""

    NEVER = "never", _("Never")
    BATCH = "batch", _("When all takes of one order have ended")


class User(AbstractUser):
    """A person with a login."""

    username = None  # type: ignore[assignment]  # the address is the name
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True)

    notice_mail = models.CharField(
        _("mail about takes"),
        max_length=10,
        choices=NoticeMail.choices,
        default=NoticeMail.NEVER,
    )

    approval_mail = models.BooleanField(
        _("mail when takes wait for my approval, or when mine are decided"),
        default=True,
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[EmailUserManager] = EmailUserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="user_email_whatever_case")
        ]

    def __str__(self) -> str:
        return self.display_name

    # Properties

    @property
    def display_name(self) -> str:
        """The name, or the part of the address before the @."""
        return shown_name(self.name, self.email)

    @property
    def initials(self) -> str:
        """One or two letters for a small round badge."""
        words = self.display_name.replace(".", " ").replace("-", " ").split()
        return "".join(word[0] for word in words[:2]).upper() or "?"

    def get_full_name(self) -> str:
        """What Django admin greets with."""
        return self.display_name

    def get_short_name(self) -> str:
        """What Django admin greets with."""
        return self.display_name


def shown_name(name: str, email: str) -> str:
    """What somebody is called: their name, or the beginning of their address."""
    return name or email.partition("@")[0]
