"""HTTP, once for all capabilities: transactions, keys, shapes, pages, problems and the document."""

from backend.core.http.api import Blueprint, blueprint, make_api, note_in_document, refuses
from backend.core.http.kept import (
    KeptRequest,
    KeptRequests,
    KeptUnheard,
    NotKept,
    attach_kept_requests,
    kept_when_away,
)
from backend.core.http.paging import Page, PagingSchema, after, cursor_for, page_of, page_schema
from backend.core.http.places import NoPlace, takes_a_place
from backend.core.http.problems import CONTENT_TYPE, ProblemSchema, problem_document, problem_response
from backend.core.http.rates import Guesses, caller_counted, limited, limited_guesses
from backend.core.http.requests import (
    DEFAULT_POLICY,
    HARDENING,
    LARGEST_BODY,
    MEGABYTE,
    fresh_request_id,
    takes_files,
    takes_raw,
)
from backend.core.http.shapes import (
    AreaCode,
    Choice,
    Count,
    Day,
    Fen,
    Identifier,
    Instant,
    Kilograms,
    Measure,
    QuerySchema,
    ReasonGivenSchema,
    ReasonSchema,
    Schema,
    Text,
    Truth,
    WholeNumber,
    instant_text,
)
from backend.core.http.transactions import (
    attach_database,
    caller,
    commits,
    database,
    db,
    idempotent,
    keep_no_answer,
    learn_rights_from,
    only_reads,
    prepared,
    prepares,
    reads,
)

__all__ = [
    "CONTENT_TYPE", "DEFAULT_POLICY", "HARDENING", "LARGEST_BODY", "MEGABYTE", "AreaCode", "Blueprint", "Choice",
    "Count", "Day", "Fen", "Guesses", "Identifier", "Instant", "KeptRequest", "KeptRequests", "KeptUnheard", "Kilograms", "Measure", "NoPlace", "NotKept",
    "Page", "PagingSchema", "ProblemSchema", "QuerySchema", "ReasonGivenSchema", "ReasonSchema", "Schema", "Text",
    "Truth", "WholeNumber", "after", "attach_database", "attach_kept_requests", "blueprint", "caller", "caller_counted", "commits",
    "cursor_for", "database", "db", "fresh_request_id", "idempotent", "instant_text", "keep_no_answer", "kept_when_away",
    "learn_rights_from", "limited", "limited_guesses", "make_api", "note_in_document", "only_reads", "page_of", "page_schema",
    "prepared", "prepares", "problem_document", "problem_response", "reads", "refuses", "takes_a_place",
    "takes_files", "takes_raw",
]  # fmt: skip
