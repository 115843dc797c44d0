"""Who may see a file gets it from the bucket; guests through the studio alone."""

from __future__ import annotations

import httpx
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from studio.media.bucket import ADDRESS_SECONDS, Bucket
from studio.media.sending import KEPT_SECONDS
from studio.models import Asset, Generation, Project, User
from studio.object_storage import S3
from tests.bucket.conftest import keep, use
from tests.conftest import ClientFor
from tests.factories import make_asset, make_share_link, make_user


def file_of(take: Generation, kind: str = Asset.Kind.VIDEO) -> Asset:
    """One of its files."""
    return take.assets.get(kind=kind)


def guest_of(take: Generation, by: User, **fields: object) -> tuple[Client, str]:
    """A guest's browser that came in by a link, and the video's address there."""
    _link, token = make_share_link(take.project, by, takes=[take], **fields)
    client = Client()
    assert client.post(f"/r/{token}/", {"name": "Gina"}).status_code == 302
    video = file_of(take)
    return client, f"/r/{token}/media/{video.pk}.mp4"


def test_a_member_plays_from_the_bucket(
    take: Generation, victor: User, client_for: ClientFor, clip: bytes, s3: S3
) -> None:
    answer = client_for(victor).get(file_of(take).url)

    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{s3.endpoint}/dailies-films/{s3.prefix}/")
    assert answer["Cache-Control"] == f"private, max-age={KEPT_SECONDS}"
    assert KEPT_SECONDS < ADDRESS_SECONDS
    played = httpx.get(answer["Location"], headers={"Range": "bytes=10-19"})
    assert (played.status_code, played.content) == (206, clip[10:20])
    assert played.headers["content-range"] == f"bytes 10-19/{len(clip)}"
    assert played.headers["content-type"] == "video/mp4"
    assert played.headers["content-disposition"].startswith("inline")


def test_a_download_has_a_name(
    take: Generation, victor: User, client_for: ClientFor
) -> None:
    answer = client_for(victor).get(f"{file_of(take).url}?download")

    shown_as = httpx.get(answer["Location"]).headers["content-disposition"]
    assert shown_as == 'attachment; filename="grey-dawn-take-1.mp4"'


def test_a_head_is_answered_here(
    take: Generation, victor: User, client_for: ClientFor, clip: bytes
) -> None:
    answer = client_for(victor).head(file_of(take).url)

    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(clip)))
    assert answer["Content-Type"] == "video/mp4"


def test_a_poster_comes_through_the_studio_and_stays_in_the_browser(
    take: Generation, victor: User, client_for: ClientFor, clip: bytes
) -> None:
    client, poster = client_for(victor), file_of(take, Asset.Kind.POSTER)

    first = client.get(poster.url)
    again = client.get(poster.url, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, b"".join(first.streaming_content)) == (200, clip)
    assert "immutable" in first["Cache-Control"]
    assert again.status_code == 304


def test_a_large_picture_comes_from_the_bucket(
    bucket: Bucket, project: Project, bob: User, client_for: ClientFor
) -> None:
    picture = make_asset(project.team, bob)
    keep(picture, b"x" * 2**21)

    assert client_for(bob).get(picture.url).status_code == 302


def test_strangers_learn_nothing(
    take: Generation, charlie: User, client_for: ClientFor, client: Client
) -> None:
    assert client_for(charlie).get(file_of(take).url).status_code == 404
    sign_in = client.get(file_of(take).url)
    assert sign_in["Location"].startswith("/accounts/login/")


def test_a_private_project_stays_private(
    take: Generation, victor: User, client_for: ClientFor
) -> None:
    Project.objects.filter(pk=take.project_id).update(is_private=True)

    assert client_for(victor).get(file_of(take).url).status_code == 404


def test_an_operator_plays_it_too(take: Generation, client_for: ClientFor) -> None:
    admin = make_user("root", is_staff=True, is_superuser=True)
    address = reverse("admin:studio_asset_file", args=[file_of(take).pk, "mp4"])

    assert client_for(admin).get(address).status_code == 302


def test_a_guest_is_led_nowhere_and_closing_the_link_holds_at_once(
    take: Generation, alice: User, clip: bytes
) -> None:
    client, address = guest_of(take, alice)

    piece = client.get(address, headers={"Range": "bytes=10-19"})
    assert (piece.status_code, b"".join(piece.streaming_content)) == (206, clip[10:20])
    assert piece["Content-Range"] == f"bytes 10-19/{len(clip)}"
    assert piece["Cache-Control"] == "private, no-store"
    assert client.get(f"{address}?download").status_code == 404
    past = client.get(address, headers={"Range": f"bytes={len(clip)}-"})
    assert past.status_code == 416

    take.share_links.get().revoke(user=alice, now=timezone.now())

    assert client.get(address).status_code == 404


def test_a_guest_downloads_where_the_link_says_so(
    take: Generation, alice: User, clip: bytes
) -> None:
    client, address = guest_of(take, alice, allows_download=True)

    answer = client.get(f"{address}?download")

    assert b"".join(answer.streaming_content) == clip
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_file_that_is_gone_is_a_404(
    take: Generation, alice: User, bucket: Bucket, client_for: ClientFor
) -> None:
    client, address = guest_of(take, alice)
    bucket.remove(file_of(take).path)

    assert client.get(address).status_code == 404
    assert client_for(alice).head(file_of(take).url).status_code == 404


@pytest.mark.parametrize("kind", [Asset.Kind.POSTER, Asset.Kind.POSTER_SMALL])
def test_a_bucket_that_is_away_is_no_error_page(
    take: Generation,
    kind: str,
    victor: User,
    client_for: ClientFor,
    settings: Settings,
    s3: S3,
) -> None:
    keys = {"key_id": s3.key_id, "secret": s3.secret}
    use(settings, S3(bucket=s3.bucket, endpoint="http://127.0.0.1:9", **keys))

    answer = client_for(victor).get(file_of(take, kind).url)

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer["Cache-Control"] == "private, no-store"
