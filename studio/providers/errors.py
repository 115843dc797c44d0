"""What can go wrong at a provider.

::

    ProviderError                 message; str() is fit for the user
    ├─ UnsupportedOption          also a ValueError; raised before any network
    ├─ ProviderUnavailable        try again: no connection, 429, 503; any failed poll
    ├─ SubmissionUncertain        the request left, no clear answer came
    ├─ ProviderRejected           do not try again: 4xx
    │  ├─ ContentRejected         the provider's safety filter
    │  ├─ InsufficientCredit      402 and its disguises
    │  ├─ AuthenticationFailed    401, 403
    │  └─ OperationUnknown        the provider does not know this operation (any more)
    └─ InvalidResponse            an answer that cannot be read
    ProviderNotConfigured         ImproperlyConfigured, deliberately outside the tree

The class says whether to try again; no caller looks at status codes. A submit is not
safe to repeat (the provider may be working, and charging), which is why
SubmissionUncertain exists: such a generation waits for a person.
"""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured


class ProviderError(Exception):
    """A provider did not do what was asked; the text is fit for the user."""

    code = "provider_error"

    def __init__(
        self,
        message: str,
        *,
        provider: str = "",
        http_status: int | None = None,
        excerpt: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.provider = provider
        self.http_status = http_status
        self.excerpt = excerpt  # of the answer, keys masked, at most 500 characters
        self.retry_after = retry_after  # seconds, where the provider said so


class UnsupportedOption(ProviderError, ValueError):
    """The model cannot be told this option; the text names both."""

    code = "unsupported_option"


class ProviderUnavailable(ProviderError):
    """Nothing was accepted; the same call may work later."""

    code = "provider_unavailable"


class SubmissionUncertain(ProviderError):
    """The request left and no clear answer came: it may run, and cost."""

    code = "submission_uncertain"


class ProviderRejected(ProviderError):
    """A clear no: the same call would be refused again. Nothing is charged."""

    code = "rejected"


class ContentRejected(ProviderRejected):
    """The provider's safety filter said no."""

    code = "content_rejected"


class InsufficientCredit(ProviderRejected):
    """The provider's account has no credit left."""

    code = "insufficient_credit"


class AuthenticationFailed(ProviderRejected):
    """The key is missing, wrong, or not allowed to do this."""

    code = "authentication_failed"


class OperationUnknown(ProviderRejected):
    """The provider does not know this operation, or has forgotten it."""

    code = "operation_unknown"


class InvalidResponse(ProviderError):
    """An answer that cannot be read."""

    code = "invalid_response"


class ProviderNotConfigured(ImproperlyConfigured):
    """No key, or no address, for this provider."""
