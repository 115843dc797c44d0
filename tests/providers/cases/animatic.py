"""The built-in provider: no network, so only the checks of every provider."""

from __future__ import annotations

from studio.catalog import get_model
from studio.providers.animatic import AnimaticProvider
from studio.providers.base import Credentials, VideoRequest
from tests.providers.conformance import ProviderCase

CASE = ProviderCase(
    provider=AnimaticProvider,
    credentials=Credentials(),
    request=VideoRequest(
        model=get_model("animatic:animatic"),
        mode="text_to_video",
        prompt="A boat at dawn",
        token="5b0c",
    ),
    operation_id="5b0c",
)
