"""The tables. A column says in its comment what its name cannot.

Times are aware datetimes in UTC. Words that people typed stand in `words`, comments in `revisions` and `raw_items`: all
three can be erased, while the audit chain holds only their keyed hashes.
"""

from store.schema.base import Utc, metadata
from store.schema.cases import answered_there, case_comments, cases, claims, escalations, former_reasons
from store.schema.costs import first_response_days, first_responses, level_cost_days, level_costs
from store.schema.deciding import handed_on, policy_notes, seen_versions
from store.schema.drafts import draft_saves
from store.schema.gaps import gaps, hook_calls, hooks
from store.schema.notices import bounces, deputies, notices, prefs
from store.schema.pauses import pauses
from store.schema.people import (
    facts,
    identities,
    links,
    log_in_attempts,
    people,
    person_levels,
    person_roles,
    recovery_codes,
    second_factors,
    sessions,
    words,
)
from store.schema.queue import looked_over, saved_views, snoozes, undoable
from store.schema.reading import (
    assessments,
    comments,
    erased_names,
    matter_versions,
    our_people,
    raw_items,
    revisions,
    same_people,
    sources,
    threads,
    tombstones,
)
from store.schema.responses import (
    decisions,
    delegations,
    level_times,
    moderations,
    policies,
    publication_attempts,
    publication_looks,
    publications,
    response_editors,
    response_targets,
    response_versions,
    responses,
    submissions,
    waits,
)
from store.schema.rollups import hours, matter_days, source_days, thread_days
from store.schema.templates import template_uses, template_versions, templates
from store.schema.together import note_mentions, notes, presence, readings, takeovers, tasks
from store.schema.uploads import hand_offs, upload_rows, uploads
from store.schema.work import audit, audit_head, jobs, workers

__all__ = [
    "Utc",
    "answered_there",
    "assessments",
    "audit",
    "audit_head",
    "bounces",
    "case_comments",
    "cases",
    "claims",
    "comments",
    "decisions",
    "delegations",
    "deputies",
    "draft_saves",
    "erased_names",
    "escalations",
    "facts",
    "first_response_days",
    "first_responses",
    "former_reasons",
    "gaps",
    "hand_offs",
    "handed_on",
    "hook_calls",
    "hooks",
    "hours",
    "identities",
    "jobs",
    "level_cost_days",
    "level_costs",
    "level_times",
    "links",
    "log_in_attempts",
    "looked_over",
    "matter_days",
    "matter_versions",
    "metadata",
    "moderations",
    "note_mentions",
    "notes",
    "notices",
    "our_people",
    "pauses",
    "people",
    "person_levels",
    "person_roles",
    "policies",
    "policy_notes",
    "prefs",
    "presence",
    "publication_attempts",
    "publication_looks",
    "publications",
    "raw_items",
    "readings",
    "recovery_codes",
    "response_editors",
    "response_targets",
    "response_versions",
    "responses",
    "revisions",
    "same_people",
    "saved_views",
    "second_factors",
    "seen_versions",
    "sessions",
    "snoozes",
    "source_days",
    "sources",
    "submissions",
    "takeovers",
    "tasks",
    "template_uses",
    "template_versions",
    "templates",
    "thread_days",
    "threads",
    "tombstones",
    "undoable",
    "upload_rows",
    "uploads",
    "waits",
    "words",
    "workers",
]
