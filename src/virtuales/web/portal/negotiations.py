"""The page about a negotiation: its course as a time line, the terms on the table, and this side's next move."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from virtuales.contract.course import PastMove
from virtuales.contract.negotiation import TRANSITIONS, Move, Party
from virtuales.contract.negotiations import Negotiation
from virtuales.errors import InputError
from virtuales.policy.purposes import PURPOSES
from virtuales.policy.statements import statement_sentences
from virtuales.rdf.terms import parse_iri
from virtuales.web.dependencies import WorkspaceHere
from virtuales.web.portal.names import Names
from virtuales.web.portal.proposals import Written, faulty_field
from virtuales.web.portal.rendering import Portal, PortalHere
from virtuales.web.portal.visitors import SameOrigin, SignedIn, Visitor
from virtuales.workflow import bargain, end_negotiation
from virtuales.workflow.bargain import Terms
from virtuales.workflow.negotiate import Desk, Seat
from virtuales.workflow.workspace import Workspace

router = APIRouter(include_in_schema=False)
_SAID: Mapping[Move, str] = {
    Move.REQUEST: "asks for access",
    Move.OFFER: "offers other terms",
    Move.ACCEPT: "accepts the offer",
    Move.AGREE: "agrees and signs",
    Move.VERIFY: "signs too",
    Move.FINALIZE: "puts the agreement in force",
    Move.TERMINATE: "ends the negotiation",
}
_DONE = {
    "countered": "Your terms are proposed. The other side is told, and decides.",
    "accepted": "The offer is accepted. The agreement is in force once both nodes have signed it.",
    "withdrawn": "The negotiation is over, and the other side is told why.",
}


@dataclass(frozen=True)
class Stop:
    """A move on the time line.

    Args:
        made: The move.
        who: Name of the organisation that made it.
        said: What it did, in words.
        terms: The terms that it put on the table.
    """

    made: PastMove
    who: str
    said: str
    terms: Terms | None


@router.get("/negotiations/{pid}")
def show(
    request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: SignedIn, pid: str, done: str = ""
) -> Response:
    """Show a negotiation of the visitor's organisation."""
    seat = Desk(workspace).seat_of(visitor.principal, parse_iri(pid, where="pid"))
    return _page(request, portal, workspace, visitor, seat, done=_DONE.get(done))


@router.post("/negotiations/{pid}/move", dependencies=[SameOrigin])
def move(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: SignedIn,
    pid: str,
    choice: Annotated[Literal["counter", "accept", "withdraw"], Form()],
    until: Annotated[str, Form()] = "",
    uses: Annotated[str, Form()] = "",
    purposes: Annotated[list[str] | None, Form()] = None,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Make the visitor's next move, or show the page again with what is wrong."""
    desk, iri = Desk(workspace), parse_iri(pid, where="pid")
    seat = desk.seat_of(visitor.principal, iri)
    written = Written(until, uses, tuple(purposes or ()), reason)
    moves: Mapping[str, tuple[str, Callable[[], Negotiation]]] = {
        "accept": ("accepted", lambda: bargain.accept(workspace, visitor.principal, iri, reason=reason)),
        "withdraw": ("withdrawn", lambda: end_negotiation.give_up(workspace, visitor.principal, iri, reason=reason)),
        "counter": (
            "countered",
            lambda: bargain.counter(workspace, visitor.principal, iri, written.to_changes(), reason=reason),
        ),
    }
    done, make = moves[choice]
    try:
        make()
    except InputError as error:
        fault = faulty_field(error, reason="reason")
        return _page(request, portal, workspace, visitor, seat, fault=fault, written=written)
    return RedirectResponse(f"/negotiations/{pid}?" + urlencode({"done": done}), status_code=303)


def _page(
    request: Request,
    portal: Portal,
    workspace: Workspace,
    visitor: Visitor,
    seat: Seat,
    *,
    done: str | None = None,
    fault: Mapping[str, str] | None = None,
    written: Written | None = None,
) -> Response:
    names = Names(workspace, visitor.principal)
    negotiation, desk = seat.negotiation, Desk(workspace)
    terms = bargain.terms_of(workspace, negotiation, names.organisation)
    stops = [_stop(made, seat, names, terms) for made in desk.course(negotiation.iri)]
    proposed = Move.OFFER if seat.party is Party.PROVIDER else Move.REQUEST
    return portal.page(
        request,
        "negotiation.html",
        status=422 if fault else 200,
        visitor=visitor,
        negotiation=negotiation,
        stated=statement_sentences(desk.stated(negotiation.opening), workspace.vocabulary),
        names=names,
        stops=stops,
        on_table=[stop for stop in stops if stop.terms][-1:],
        purposes=[(iri.value.rpartition("#")[2], name) for iri, name in PURPOSES.items()],
        may_counter=_may(seat, proposed),
        may_accept=_may(seat, Move.ACCEPT),
        may_withdraw=_may(seat, Move.TERMINATE),
        awaits_review=seat.party is Party.PROVIDER and _may(seat, Move.AGREE),
        done=done,
        fault=fault,
        written=written or Written(),
    )


def _stop(made: PastMove, seat: Seat, names: Names, terms: Mapping[int, Terms]) -> Stop:
    who = seat.own if made.party is seat.party else seat.other
    said = "asks for other terms" if made.move is Move.REQUEST and made.number > 1 else _SAID[made.move]
    return Stop(made, names.organisation(who), said, terms.get(made.number))


def _may(seat: Seat, wanted: Move) -> bool:
    return (seat.negotiation.state, seat.party, wanted) in TRANSITIONS
