"""The token endpoint's answer to an application that shows a code (RFC 6749, section 4.1.3; RFC 7636)."""

from dataclasses import dataclass

from starlette.requests import Request

from virtuales.errors import InputError, Unauthenticated
from virtuales.node import Node
from virtuales.rdf.terms import NamedNode
from virtuales.trust.authorization import OPENID, Grant
from virtuales.trust.people.accounts import Account
from virtuales.trust.people.memberships import PersonStatus
from virtuales.trust.scopes import scopes_of
from virtuales.trust.tokens import SignedInPerson
from virtuales.web.bindings import find_confirmation
from virtuales.workflow import register


class GrantRefused(InputError):
    """A code that is not good, or whose person may not act any more."""


@dataclass(frozen=True)
class ShownCode:
    """What an application shows.

    Args:
        code: The code.
        client_id: The application.
        redirect_uri: Where it received the code.
        verifier: What the challenge is the digest of.
    """

    code: str
    client_id: str
    redirect_uri: str
    verifier: str


def exchange_code(node: Node, request: Request, shown: ShownCode) -> dict[str, object]:
    """Return the access token, and where it was asked for the ID token, that a code stands for.

    Raises:
        GrantRefused: the code is not good, or the person may not act for the organisation now.
        ProofRefused: there is a proof of possession, and it does not hold.
    """
    issuer, confirmation = node.get_issuer(), find_confirmation(node, request)
    try:
        grant = node.codes.use(
            shown.code, client_id=shown.client_id, redirect_uri=shown.redirect_uri, verifier=shown.verifier
        )
        register.require_approved(node.workspace, NamedNode(grant.organisation))
    except (InputError, Unauthenticated) as error:
        raise GrantRefused(error.what, where=error.where, remedy=error.remedy) from error
    account, rights = _person(node, grant)
    person = SignedInPerson(grant.subject, grant.signed_in_at)
    issued = issuer.issue(
        client_id=shown.client_id,
        organisation=grant.organisation,
        audience=grant.request.resource or issuer.issuer,
        scopes=grant.scopes & (rights | {OPENID}),
        confirmation=confirmation,
        person=person,
    )
    answer = issued.to_json()
    if OPENID in grant.scopes:
        facts = {"name": account.name, "organisation": grant.organisation}
        answer["id_token"] = issuer.identify(person, client_id=shown.client_id, nonce=grant.request.nonce, facts=facts)
    return answer


def _person(node: Node, grant: Grant) -> tuple[Account, frozenset[str]]:
    """Return the person's account and rights as they are now.

    Raises:
        GrantRefused: the person is not active any more.
    """
    membership = node.people.desk.find_membership(grant.person)
    account = node.people.identity.accounts.find(grant.person)
    if membership is None or account is None or membership.status is not PersonStatus.ACTIVE:
        raise GrantRefused("The person may not act for the organisation any more.", where="code")
    return account, frozenset(scope.value for scope in scopes_of(membership.roles))
