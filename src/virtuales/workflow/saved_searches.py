"""Searches that an organisation saved: asked again by themselves, and what is new is told in its inbox.

They are kept at the organisation's own node and asked of the orchestrator's catalogue in the organisation's name: what
it may not know of, it is not told of. What was there when a search was saved is not new, nor is what was told already.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, cast
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

from virtuales.catalogue.index.question import MAX_LIMIT, SearchQuestion, question_of
from virtuales.errors import AccessDenied, Conflict, InputError, PeerFailure
from virtuales.governance.saved_searches import SavedSearch, SavedSearches, forget, keep, see
from virtuales.journal.event import EventDraft
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import NamedNode
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.search import search as search_here
from virtuales.workflow.workspace import Workspace

_LOG = logging.getLogger(__name__)
PAUSE: Final = timedelta(minutes=5)
"""How long a search rests before it is asked again."""
MOST: Final = 50
"""How many searches an organisation may have."""
_NAME: Final = 120
_NAMED: Final = 3
_TOKEN: Final = timedelta(minutes=1)


def save_search(workspace: Workspace, principal: Principal, name: str, query: str) -> SavedSearch:
    """Keep a search for the principal's organisation; what answers it now counts as seen.

    Args:
        workspace: The node.
        principal: Who saves it.
        name: What it is called.
        query: What it asks, as the query of an address of the search.

    Raises:
        AccessDenied: the organisation is not at home here.
        InputError: the name is empty or too long, or the query asks nothing that can be asked.
        Conflict: the organisation has as many searches as it may.
        PeerFailure: the orchestrator does not answer.
    """
    organisation = workspace.hosted(principal, Scope.CATALOGUE_READ)
    if not 0 < len(name.strip()) <= _NAME:
        raise InputError(f"The name is empty or longer than {_NAME} characters.", where="name", remedy="Name it.")
    question = question_of(parse_qsl(query))
    written = urlencode(question.pairs())
    seen = frozenset(key for key, _ in _answers(workspace, organisation.iri, question))
    iri = workspace.addresses.thing("saved-search", str(uuid4()))
    made = SavedSearch(iri, organisation.iri.value, name.strip(), written, principal.client_id, seen)
    with workspace.ledger.turn():
        if len(_reader(workspace).all(organisation.iri)) >= MOST:
            raise Conflict(f"Your organisation has {MOST} saved searches.", remedy="Drop one first.")
        change = keep(made, _graph(workspace))
        workspace.ledger.record(EventDraft("SearchSaved", iri.value, change=change, actor=principal.client_id))
    return made


def saved_searches(workspace: Workspace, principal: Principal) -> list[SavedSearch]:
    """Return the searches of the principal's organisation, by name.

    Raises:
        AccessDenied: the organisation is not at home here.
    """
    return _reader(workspace).all(workspace.hosted(principal, Scope.CATALOGUE_READ).iri)


def drop_search(workspace: Workspace, principal: Principal, key: str) -> None:
    """Forget a search.

    Raises:
        AccessDenied: the organisation is not at home here.
        NotFound: it has no search of that key.
    """
    organisation = workspace.hosted(principal, Scope.CATALOGUE_READ)
    with workspace.ledger.turn():
        found = _reader(workspace).get(organisation.iri, key)
        change = forget(found, _graph(workspace))
        workspace.ledger.record(EventDraft("SearchDropped", found.iri.value, change=change, actor=principal.client_id))


class SearchWatch:
    """Asks saved searches again, each after a pause.

    Args:
        workspace: The node.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._asked_at: datetime | None = None

    def watch_searches(self) -> None:
        """Ask every search again if the pause is over; what cannot be asked now is asked after the next."""
        now = self._workspace.clock.now()
        if self._asked_at is not None and now - self._asked_at < PAUSE:
            return
        self._asked_at = now
        for found in _reader(self._workspace).all():
            try:
                tell_what_is_new(self._workspace, found)
            except (AccessDenied, InputError, PeerFailure) as error:
                _LOG.info("the saved search %s could not be asked: %s", found.iri.value, error)


def tell_what_is_new(workspace: Workspace, found: SavedSearch) -> int:
    """Ask a search, tell its organisation of new answers, and return how many there are; raises what asking raises."""
    organisation = NamedNode(found.organisation)
    answers = dict(_answers(workspace, organisation, question_of(parse_qsl(found.query))))
    new = [key for key in answers if key not in found.seen]
    if not new:
        return 0
    with workspace.ledger.turn():
        current = {one.iri: one for one in _reader(workspace).all(organisation)}.get(found.iri)
        if current is None or current.seen != found.seen:
            return 0  # it was dropped, or told by another thread
        change = see(current, answers, _graph(workspace)) | _told(workspace, found, [answers[key] for key in new])
        facts = {"new": len(new)}
        workspace.ledger.record(EventDraft("SearchAnswered", found.iri.value, facts=facts, change=change))
    return len(new)


def _told(workspace: Workspace, found: SavedSearch, titles: list[str]) -> ChangeSet:
    some = ", ".join(f"“{title}”" for title in titles[:_NAMED])
    more = f" and {len(titles) - _NAMED} more" if len(titles) > _NAMED else ""
    text = f"New in the catalogue for your search “{found.name}”: {some}{more}."
    return Desk(workspace).tell(NamedNode(found.organisation), found.iri, text)


def _answers(workspace: Workspace, organisation: NamedNode, question: SearchQuestion) -> list[tuple[str, str]]:
    """Return the freshest answers to a question: each dataset with its version, and its title."""
    if workspace.is_orchestrator:
        asker = Principal(
            client_id=organisation.value,
            organisation=organisation.value,
            scopes=frozenset({Scope.CATALOGUE_READ.value}),
            expires=workspace.clock.now() + _TOKEN,
            token_id="saved search",  # noqa: S106  # a name, no secret
        )
        answer = search_here(workspace, asker, replace(question, sort="freshness", limit=MAX_LIMIT))
        hits = () if answer.is_partial else answer.hits
        return [(f"{hit.summary.iri} {hit.summary.version}", hit.summary.title) for hit in hits]
    query = urlencode([*question.pairs(), ("sort", "freshness"), ("limit", str(MAX_LIMIT))])
    page = workspace.peers.get(workspace.orchestrator, f"/api/v1/catalogue?{query}", organisation=organisation.value)
    try:
        listed = cast("list[dict[str, object]]", page["datasets"])
        return [(f"{one['iri']} {one['version']}", str(one["title"])) for one in listed] if not page["partial"] else []
    except (KeyError, TypeError) as error:
        raise PeerFailure("The catalogue's answer lists no datasets.", where=workspace.orchestrator) from error


def _graph(workspace: Workspace) -> NamedNode:
    return workspace.addresses.graph("notifications")


def _reader(workspace: Workspace) -> SavedSearches:
    return SavedSearches(workspace.store, _graph(workspace))
