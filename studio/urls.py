"""Every page of the site, grouped by noun."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from studio.views import (
    accounts,
    approvals,
    assets,
    budgets,
    composer,
    gallery,
    generations,
    guests,
    health,
    home,
    inputs,
    invitations,
    joining,
    line,
    media,
    members,
    model_picker,
    moderation,
    my_teams,
    notices,
    profile,
    project_people,
    projects,
    queue,
    review_queue,
    reviews,
    shares,
    sign_on,
    takes,
    team_page,
    teams,
    trail,
    updates,
    usage,
    webhooks,
)

project_urls = [
    path("", projects.project_create, name="project-create"),
    path("<uuid:project_id>/", projects.project, name="project"),
    path("<uuid:project_id>/takes", projects.project_takes, name="project-takes"),
    path("<uuid:project_id>/rename", projects.project_rename, name="project-rename"),
    path(
        "<uuid:project_id>/people",
        project_people.project_people,
        name="project-people",
    ),
    path("<uuid:project_id>/delete", projects.project_delete, name="project-delete"),
    path("<uuid:project_id>/composer", composer.composer, name="composer"),
    path("<uuid:project_id>/estimate", composer.estimate, name="estimate"),
    path("<uuid:project_id>/models", model_picker.model_picker, name="model-picker"),
    path(
        "<uuid:project_id>/generate",
        generations.generation_create,
        name="generation-create",
    ),
]

take_urls = [
    path("<uuid:generation_id>/card", generations.take_card, name="take-card"),
    path("<uuid:generation_id>/menu", generations.take_menu, name="take-menu"),
    path("<uuid:generation_id>/cancel", generations.take_cancel, name="take-cancel"),
    path("<uuid:generation_id>/retry", generations.take_retry, name="take-retry"),
    path("<uuid:generation_id>/delete", generations.take_delete, name="take-delete"),
    path("<uuid:generation_id>/remix", generations.take_remix, name="take-remix"),
    path("<uuid:generation_id>/frame", takes.take_frame, name="take-frame"),
    path("<uuid:generation_id>/move", takes.take_move, name="take-move"),
    path("<uuid:generation_id>/settle", queue.take_settle, name="take-settle"),
    path("<uuid:generation_id>/place", line.take_place, name="take-place"),
    path("<uuid:generation_id>/edit", line.take_edit, name="take-edit"),
    path(
        "<uuid:generation_id>/moderate", moderation.take_moderate, name="take-moderate"
    ),
    path(
        "<uuid:generation_id>/approval", approvals.take_approval, name="take-approval"
    ),
    path("<uuid:generation_id>/", takes.take, name="take"),
]

review_urls = [
    path("review/", review_queue.review, name="review"),
    path("review/mentions", review_queue.mentions_read, name="mentions-read"),
    path("takes/<uuid:generation_id>/comments", reviews.comments, name="comments"),
    path(
        "takes/<uuid:generation_id>/comments/<uuid:comment_id>/resolve",
        reviews.comment_resolve,
        name="comment-resolve",
    ),
    path(
        "takes/<uuid:generation_id>/comments/<uuid:comment_id>/delete",
        reviews.comment_delete,
        name="comment-delete",
    ),
    path(
        "takes/<uuid:generation_id>/comments/<uuid:comment_id>/next",
        reviews.comment_next,
        name="comment-next",
    ),
    path(
        "takes/<uuid:generation_id>/verdict", reviews.take_verdict, name="take-verdict"
    ),
    path(
        "takes/<uuid:generation_id>/ask-review", reviews.review_ask, name="review-ask"
    ),
    path("takes/<uuid:generation_id>/star", reviews.take_star, name="take-star"),
]

# Review links: the token is the key, so ``studio.logs`` keeps it out of every log.
share_urls = [
    path("projects/<uuid:project_id>/share", shares.share_create, name="share-create"),
    path("team/links/", shares.share_list, name="share-list"),
    path("team/links/new", shares.share_chosen, name="share-chosen"),
    path("team/links/<uuid:link_id>/revoke", shares.share_revoke, name="share-revoke"),
    path("r/<str:token>/", guests.guest_door, name="guest-door"),
    path("r/<str:token>/takes/<uuid:take>/", guests.guest_take, name="guest-take"),
    path(
        "r/<str:token>/takes/<uuid:take>/comments",
        guests.guest_comment,
        name="guest-comment",
    ),
    path(
        "r/<str:token>/takes/<uuid:take>/verdict",
        guests.guest_verdict,
        name="guest-verdict",
    ),
    path(
        "r/<str:token>/media/<uuid:file>.<str:suffix>",
        guests.guest_file,
        name="guest-file",
    ),
]

asset_urls = [
    path("assets/", assets.asset_create, name="asset-create"),
    path("assets/picker", assets.asset_picker, name="asset-picker"),
    path("inputs/<str:token>.<str:suffix>", inputs.input_file, name="input-file"),
    path("media/<uuid:asset_id>.<str:suffix>", media.asset_file, name="asset-file"),
]

team_urls = [
    path("", team_page.team, name="team"),
    path("choose", teams.team_choose, name="team-choose"),
    path("models", team_page.model_switch, name="model-switch"),
    path("webhooks/", webhooks.webhook_create, name="webhook-create"),
    path("webhooks/<uuid:webhook_id>/", webhooks.webhook_edit, name="webhook-edit"),
    path("webhooks/<uuid:webhook_id>/test", webhooks.webhook_test, name="webhook-test"),
    path(
        "webhooks/<uuid:webhook_id>/delete",
        webhooks.webhook_delete,
        name="webhook-delete",
    ),
    path("moderation/", moderation.moderation, name="moderation"),
    path("moderation/switch", moderation.moderation_switch, name="moderation-switch"),
    path("keys/", accounts.account_create, name="account-create"),
    path("keys/<uuid:account_id>/", accounts.account_edit, name="account-edit"),
    path("keys/<uuid:account_id>/test", accounts.account_test, name="account-test"),
    path(
        "keys/<uuid:account_id>/delete",
        accounts.account_delete,
        name="account-delete",
    ),
]

member_urls = [
    path("new", my_teams.team_create, name="team-create"),
    path("<uuid:team_id>/members", members.team_members, name="team-members"),
    path("<uuid:team_id>/rename", my_teams.team_rename, name="team-rename"),
    path("<uuid:team_id>/delete", my_teams.team_delete, name="team-delete"),
    path("<uuid:team_id>/restore", my_teams.team_restore, name="team-restore"),
    path("<uuid:team_id>/leave", members.team_leave, name="team-leave"),
    path("<uuid:team_id>/hand-over", members.team_hand_over, name="team-hand-over"),
    path(
        "<uuid:team_id>/members/<int:member_id>/role",
        members.member_role,
        name="member-role",
    ),
    path(
        "<uuid:team_id>/members/<int:member_id>/remove",
        members.member_remove,
        name="member-remove",
    ),
    path(
        "<uuid:team_id>/invitations",
        invitations.invitation_create,
        name="invitation-create",
    ),
    path(
        "<uuid:team_id>/invitations/<uuid:invitation_id>/mail",
        invitations.invitation_mail,
        name="invitation-mail",
    ),
    path(
        "<uuid:team_id>/invitations/<uuid:invitation_id>/link",
        invitations.invitation_link,
        name="invitation-link",
    ),
    path(
        "<uuid:team_id>/invitations/<uuid:invitation_id>/revoke",
        invitations.invitation_revoke,
        name="invitation-revoke",
    ),
    path("<uuid:team_id>/approve", approvals.team_approve, name="team-approve"),
    path("<uuid:team_id>/trail", trail.team_trail, name="team-trail"),
    path("<uuid:team_id>/trail.csv", trail.team_trail_csv, name="team-trail-csv"),
]

invitation_urls = [
    path("", joining.invitation, name="invitation"),
    path("<str:token>", joining.invitation_open, name="invitation-open"),
]

sign_on_urls = [
    path("", sign_on.sign_on, name="sign-on"),
    path("back", sign_on.sign_on_back, name="sign-on-back"),
]

usage_urls = [
    path("", usage.usage, name="usage"),
    path("export.csv", usage.usage_export, name="usage-export"),
    path("budgets/", budgets.budgets, name="budgets"),
    path("budgets/approval", budgets.spending_rule, name="spending-rule"),
    path("budgets/<uuid:budget_id>/", budgets.budget_edit, name="budget-edit"),
    path(
        "budgets/<uuid:budget_id>/delete", budgets.budget_delete, name="budget-delete"
    ),
]

person_urls = [
    path("", profile.profile, name="profile"),
    path("notices", notices.profile_notices, name="profile-notices"),
    path("authenticator.svg", profile.authenticator, name="authenticator-code"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("projects/", include(project_urls)),
    path("takes/", include(take_urls)),
    path("gallery/", gallery.gallery, name="gallery"),
    path("gallery/page", gallery.gallery_page, name="gallery-page"),
    path("updates", updates.updates, name="updates"),
    path("notices", notices.notices, name="notices"),
    *asset_urls,
    *review_urls,
    *share_urls,
    path("queue/", queue.queue, name="queue"),
    path("queue/pause", line.queue_pause, name="queue-pause"),
    path("queue/limits", line.queue_limits, name="queue-limits"),
    path("team/", include(team_urls)),
    path("teams/", include(member_urls)),
    path("invitation/", include(invitation_urls)),
    path("sign-on/", include(sign_on_urls)),
    path("usage/", include(usage_urls)),
    path("profile/", include(person_urls)),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # An address proves who somebody is here: nobody gives themselves another one.
    path(
        "accounts/email/",
        RedirectView.as_view(pattern_name="profile"),
        name="account_email",
    ),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
