"""Rows and their rules. Read ``generations.py`` first: it is the heart."""

from __future__ import annotations

from studio.models.accounts import AccountsOfTeams, ProviderAccount
from studio.models.assets import Asset
from studio.models.attempts import Attempt
from studio.models.batches import one_batch
from studio.models.budgets import Budget, OverBudget, Purse
from studio.models.checks import FileCheck, FileProblem
from studio.models.desk import FailedTake, PendingTake
from studio.models.diagnoses import Diagnosis, Fault
from studio.models.events import Event
from studio.models.failures import FailureRule
from studio.models.generations import Generation
from studio.models.identities import Identity
from studio.models.invitations import Invitation
from studio.models.leases import Heartbeat, Lease
from studio.models.ledger import LedgerEntry
from studio.models.line import LineSetting, LineSettings, Turn
from studio.models.memberships import Membership, NotAllowed
from studio.models.moderation import Moderation
from studio.models.notices import Delivery, Notice, Topic
from studio.models.offers import ModelSetting, offered_model, offered_models
from studio.models.orders import Order
from studio.models.outages import Outage
from studio.models.projects import Project, ProjectPlace
from studio.models.prompts import CatalogEntry, Prompt
from studio.models.records import GenerationInput, diagnose
from studio.models.reviews import Comment, Mention
from studio.models.share_links import ShareLink, ShareLinkTake
from studio.models.spending_sums import SpendingSum
from studio.models.statuses import (
    AT_PROVIDER,
    IN_FLIGHT,
    OPEN,
    RUNNING,
    TERMINAL,
    Billed,
    Decision,
    Status,
)
from studio.models.teams import Feed, Role, Team
from studio.models.timings import Timing
from studio.models.users import NoticeMail, User
from studio.models.verdicts import Verdict
from studio.models.webhooks import Webhook

__all__ = [
    "Purse",
    "OverBudget",
    "LedgerEntry",
    "SpendingSum",
    "Budget",
    "AT_PROVIDER",
    "IN_FLIGHT",
    "OPEN",
    "RUNNING",
    "TERMINAL",
    "AccountsOfTeams",
    "Asset",
    "Attempt",
    "Billed",
    "CatalogEntry",
    "Delivery",
    "Diagnosis",
    "Comment",
    "Decision",
    "Event",
    "FailedTake",
    "FailureRule",
    "Fault",
    "Feed",
    "FileCheck",
    "FileProblem",
    "Generation",
    "GenerationInput",
    "Heartbeat",
    "Identity",
    "Invitation",
    "Lease",
    "LineSetting",
    "LineSettings",
    "Membership",
    "Mention",
    "ModelSetting",
    "Moderation",
    "Notice",
    "NoticeMail",
    "NotAllowed",
    "Order",
    "Outage",
    "PendingTake",
    "Project",
    "ProjectPlace",
    "Prompt",
    "ProviderAccount",
    "Role",
    "ShareLink",
    "ShareLinkTake",
    "Status",
    "Team",
    "Timing",
    "Topic",
    "Turn",
    "User",
    "Webhook",
    "diagnose",
    "Verdict",
    "offered_model",
    "offered_models",
    "one_batch",
]
