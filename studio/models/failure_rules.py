"""The failure doctor's first set of rules, the special ones before the general."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from studio.models.diagnoses import Diagnosis, Fault
from studio.models.statuses import Billed

REFUSED = ("content_rejected",)

# What the provider does not want to make

CONTENT = (
    Diagnosis(
        slug="real-people",
        codes=REFUSED,
        phrases=(
            "real person",
            "real people",
            "celebrit",
            "public figure",
            "likeness",
            "recognizable",
            "face detection",
            "identifiable",
        ),
        cause=_("The provider does not make videos of real people."),
        next_step=_("Take names and faces of real people out, then try again."),
        fault=Fault.PROMPT,
    ),
    Diagnosis(
        slug="children",
        codes=REFUSED,
        phrases=("minors", "underage", "child", "young people"),
        cause=_("The provider does not show children in this way."),
        next_step=_("Make everybody in the words and pictures grown up."),
        fault=Fault.PROMPT,
    ),
    Diagnosis(
        slug="others-work",
        codes=REFUSED,
        phrases=("copyright", "trademark", "intellectual property", "third-party"),
        cause=_("The provider found a protected work or brand in it."),
        next_step=_("Describe it without names of works, characters and brands."),
        fault=Fault.PROMPT,
    ),
    Diagnosis(
        slug="held-back",
        codes=REFUSED,
        phrases=("finished without a video", "filtered", "output", "generated video"),
        cause=_("The video was made, and then held back by the safety filter."),
        next_step=_("Try once more with another seed, or soften the words."),
        fault=Fault.PROMPT,
    ),
    Diagnosis(
        slug="refused-picture",
        codes=REFUSED,
        phrases=("input image", "reference image", "the image", "uploaded image"),
        cause=_("The provider's safety filter refused a picture."),
        next_step=_("Use another picture."),
        fault=Fault.PROMPT,
    ),
    Diagnosis(
        slug="refused",
        codes=REFUSED,
        cause=_("The provider's safety filter refused the words or pictures."),
        next_step=_("Change what it may have taken amiss, then try again."),
        fault=Fault.PROMPT,
    ),
)

# The account and the model

ACCOUNT = (
    Diagnosis(
        slug="no-credit",
        codes=("insufficient_credit",),
        cause=_("The account at the provider has no credit left."),
        next_step=_("Top it up at the provider, then retry."),
        fault=Fault.ACCOUNT,
        billed=Billed.NO,
    ),
    Diagnosis(
        slug="region",
        phrases=("your region", "your country", "geographic", "this location"),
        cause=_("The provider does not offer this model where the account is."),
        next_step=_("Choose another model or provider."),
        fault=Fault.ACCOUNT,
        billed=Billed.NO,
    ),
    Diagnosis(
        slug="no-access",
        phrases=(
            "does not have access",
            "not have permission",
            "no permission",
            "not authorized to use",
            "not enabled for",
            "upgrade your plan",
        ),
        cause=_("The account may not use this model."),
        next_step=_("Ask for access at the provider, or choose another model."),
        fault=Fault.ACCOUNT,
        billed=Billed.NO,
    ),
    Diagnosis(
        slug="key-refused",
        codes=("authentication_failed",),
        cause=_("The provider did not accept the key."),
        next_step=_("An admin of the team types a new key in, under Team."),
        fault=Fault.ACCOUNT,
        billed=Billed.NO,
    ),
    Diagnosis(
        slug="no-key",
        codes=("not_configured",),
        cause=_("There is no usable key for this provider."),
        next_step=_("An admin of the team adds one, under Team."),
        fault=Fault.ACCOUNT,
        billed=Billed.NO,
    ),
    Diagnosis(
        slug="model-gone",
        phrases=(
            "does not run this model",
            "model not found",
            "model_not_found",
            "no such model",
            "unknown model",
            "decommissioned",
            "has been retired",
        ),
        cause=_("The provider does not run this model any more."),
        next_step=_("Choose another model."),
        fault=Fault.OURS,
        billed=Billed.NO,
    ),
)

# What was asked for

ASKED = (
    Diagnosis(
        slug="too-long",
        phrases=(
            "prompt is too long",
            "prompt too long",
            "prompt length",
            "prompt exceeds",
            "text too long",
        ),
        cause=_("The prompt is longer than this model takes."),
        next_step=_("Shorten it, then try again."),
        fault=Fault.PROMPT,
        billed=Billed.NO,
    ),
    Diagnosis(
        slug="language",
        phrases=("only english", "unsupported language", "language is not supported"),
        cause=_("The model does not understand the prompt's language."),
        next_step=_("Write the prompt in English."),
        fault=Fault.PROMPT,
        billed=Billed.NO,
    ),
    Diagnosis(
        slug="picture-size",
        phrases=(
            "image size",
            "image dimension",
            "image is too",
            "image too",
            "image resolution",
            "minimum resolution",
            "image aspect ratio",
            "aspect ratio of the image",
        ),
        cause=_("A picture does not have the size or shape that the model takes."),
        next_step=_("Use a picture of another size or shape."),
        fault=Fault.PROMPT,
        billed=Billed.NO,
    ),
    Diagnosis(
        slug="picture-unread",
        codes=("input_refused", "rejected", "provider_error"),
        phrases=(
            "download image",
            "download the image",
            "fetch image",
            "fetch the image",
            "load image",
            "invalid image",
            "decode image",
            "image format",
            "picture",
        ),
        cause=_("A picture could not be read."),
        next_step=_("Put the picture in again, as JPEG or PNG."),
        fault=Fault.PROMPT,
        billed=Billed.NO,
    ),
    Diagnosis(
        slug="picture-lost",
        codes=("input_missing",),
        cause=_("A picture of this take is not in the storage any more."),
        next_step=_("Put the picture in again."),
        fault=Fault.OURS,
        billed=Billed.NO,
    ),
    Diagnosis(
        slug="option",
        phrases=(
            "must be one of",
            "invalid parameter",
            "invalid value",
            "validation error",
            "not supported for this model",
            "is not supported by",
        ),
        cause=_("The model does not take one of these settings."),
        next_step=_("Change the setting that is named below, then try again."),
        fault=Fault.OURS,
        billed=Billed.NO,
    ),
    Diagnosis(
        slug="option-untold",
        codes=("unsupported_option",),
        cause=_("The model cannot be told one of these settings."),
        next_step=_("Take the setting out that is named below."),
        fault=Fault.OURS,
        billed=Billed.NO,
    ),
)

# The provider, and the way to it

PROVIDER = (
    Diagnosis(
        slug="too-much",
        phrases=("rate limit", "too many requests", "asked too much", "concurren"),
        cause=_("More was asked of the provider at once than the account may."),
        next_step=_("Retry in some minutes, or let fewer takes run at once."),
        fault=Fault.ACCOUNT,
        billed=Billed.NO,
    ),
    Diagnosis(
        slug="overloaded",
        phrases=("overloaded", "high demand", "capacity", "try again later", "busy"),
        cause=_("The provider has more to do than it can."),
        next_step=_("Retry in a while, or choose another provider."),
        fault=Fault.PROVIDER,
    ),
    Diagnosis(
        slug="uncertain",
        codes=("submission_uncertain",),
        cause=_(
            "The provider's answer was lost. It may be running there, and may be "
            "charged."
        ),
        next_step=_("An admin looks at the provider and settles it, under Queue."),
        fault=Fault.PROVIDER,
    ),
    Diagnosis(
        slug="too-slow",
        codes=("deadline",),
        cause=_("The provider did not finish in the longest time that is known."),
        next_step=_("Look at the provider for the video before trying again."),
        fault=Fault.PROVIDER,
    ),
    Diagnosis(
        slug="forgotten",
        codes=("operation_unknown",),
        cause=_("The provider does not know this take any more."),
        next_step=_("Look at the provider for the video before trying again."),
        fault=Fault.PROVIDER,
    ),
    Diagnosis(
        slug="no-video",
        codes=("no_video",),
        cause=_("The provider said that it was done, and gave no video."),
        next_step=_("Ask the provider for the video or the money; then retry."),
        fault=Fault.PROVIDER,
    ),
    Diagnosis(
        slug="link-died",
        codes=("result_lost",),
        cause=_("The video was made, but its link died before it could be fetched."),
        next_step=_("Ask the provider for the video, by the id on this page."),
        fault=Fault.PROVIDER,
        billed=Billed.YES,
    ),
    Diagnosis(
        slug="damaged",
        codes=("damaged",),
        cause=_("The video came damaged each time that it was fetched."),
        next_step=_("Ask the provider for the video, by the id on this page."),
        fault=Fault.PROVIDER,
        billed=Billed.YES,
    ),
    Diagnosis(
        slug="timed-out",
        phrases=("timed out", "timeout", "time limit"),
        cause=_("The provider's own machines took too long."),
        next_step=_("Retry; a shorter or smaller take is quicker."),
        fault=Fault.PROVIDER,
    ),
    Diagnosis(
        slug="unreadable",
        phrases=("answered in a way that cannot be read",),
        cause=_("The provider's answer could not be read."),
        next_step=_("Retry later. What it said stands below."),
        fault=Fault.PROVIDER,
    ),
    Diagnosis(
        slug="unreachable",
        phrases=("could not be reached", "broke off the connection", "in time"),
        cause=_("The provider could not be reached."),
        next_step=_("Retry later; should it last, look at the network here."),
        fault=Fault.PROVIDER,
        billed=Billed.NO,
    ),
    Diagnosis(
        slug="trouble",
        phrases=("trouble of its own", "internal error", "internal server error"),
        cause=_("The provider's own machines failed."),
        next_step=_("Retry; should it last, choose another provider."),
        fault=Fault.PROVIDER,
    ),
)

# This studio

HERE = (
    Diagnosis(
        slug="not-drawn",
        codes=("render_failed",),
        cause=_("This machine could not draw the animatic."),
        next_step=_("Try a shorter one; should it last, tell who runs this studio."),
        fault=Fault.OURS,
        billed=Billed.NO,
    ),
    Diagnosis(
        slug="never-sent",
        codes=("never_sent",),
        cause=_("It never reached the provider: somebody of the team has looked."),
        next_step=_("Retry."),
        fault=Fault.PROVIDER,
        billed=Billed.NO,
    ),
    Diagnosis(
        slug="broken",
        codes=("broken",),
        cause=_("This studio could not put the request together."),
        next_step=_("Tell who runs this studio: it stands in the log."),
        fault=Fault.OURS,
        billed=Billed.NO,
    ),
    Diagnosis(
        slug="inside",
        phrases=("is refused: it is not a public", "is refused: only the ports"),
        cause=_("The address at the provider is not one of the public internet."),
        next_step=_("Who runs this studio can allow it: STUDIO_OUTBOUND_ALLOW."),
        fault=Fault.OURS,
        billed=Billed.NO,
    ),
)

BUILT_IN = (*CONTENT, *HERE, *ACCOUNT, *ASKED, *PROVIDER)
