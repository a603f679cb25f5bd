"""Derived data is published where the licences and contracts of every source allow it, and refused with the reasons."""

import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.books import NOON
from tests.workflow.registry_node import BASE, OPERATOR, orchestrator

from virtuales.catalogue.entry import Entry, entry_graph, entry_statements
from virtuales.catalogue.quality import read_derivations
from virtuales.catalogue.records import Description, Preparation, Verdict
from virtuales.clock import ManualClock, iso_instant
from virtuales.contract.agreement import AccessRequest, Validity, draft_agreement, sign_agreement
from virtuales.contract.agreements import AgreementStatus, Ending, end_agreement, record_agreement
from virtuales.errors import AccessDenied, InputError, IntegrityFailure, PeerFailure, UnknownTerm, VirtualesError
from virtuales.exchange.peers import Peers
from virtuales.journal.event import EventDraft
from virtuales.policy.compact import policy_to_json
from virtuales.policy.odrl import Constraint, Offer, Permission, Prohibition
from virtuales.policy.odrl_rdf import policy_quads
from virtuales.policy.templates import Audience, OfferTerms, offer_from
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode
from virtuales.trust import participant_changes
from virtuales.trust.keys import SigningKey
from virtuales.trust.registration import parse_registration
from virtuales.trust.terms_and_conditions import CURRENT_VERSION
from virtuales.trust.verification import Move, missing_checks
from virtuales.workflow.derive import Derivation, derivation_of
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.prepare import describe, prepare, receive_file
from virtuales.workflow.publish import publish
from virtuales.workflow.register import decide, record_check
from virtuales.workflow.workspace import Workspace

PROVIDER, OWN = NamedNode(f"{BASE}/id/organisation/provider"), NamedNode(OPERATOR.organisation)
REGISTER = "https://provider.example/registers/sites"
OPEN, SHARED = OfferTerms(Audience.OPEN), OfferTerms(Audience.PARTICIPANTS)
KEY = SigningKey(b"\5" * 32)
SECTOR = "LicenseRef-VES-Sector"


@pytest.fixture
def node(tmp_path: Path) -> Workspace:
    return orchestrator(tmp_path, ManualClock(NOON))


def about(slug: str, licence: str, *, publisher: NamedNode = OWN, is_open: bool = False, **said: Any) -> Description:  # noqa: ANN401 - fields
    handling = {"triage": "open", "sensitivity": "O"} if is_open else {"triage": "shared", "sensitivity": "SA"}
    fields: dict[str, Any] = {
        "slug": slug,
        "title": f"The {slug}",
        "description": "A table.",
        "licence": licence,
        **handling,
        **said,
    }
    return Description(publisher=publisher.value, handling_reason="For the tests of it.", **fields)


def offered(node: Workspace, slug: str, licence: str, *rules: Permission | Prohibition, **said: Any) -> NamedNode:  # noqa: ANN401 - fields
    """Put a version of another organisation into the catalogue: under an open offer, or under the rules given."""
    description = about(slug, licence, publisher=PROVIDER, is_open=not rules, **said)
    version = node.addresses.version(slug, 1)
    offer = offer_from(OPEN, iri=NamedNode(f"{version.value}#offer"), target=version, assigner=PROVIDER)
    if rules:
        offer = offer_of(version, rules)
    entry = Entry(
        description, Preparation((), (), Verdict(conforms=True, schemas=())), 1, iso_instant(NOON),
        node.licences.get(licence).iri.value, offer.iri,
    )  # fmt: skip
    graph = entry_graph(node.addresses, description.sensitivity)
    change = ChangeSet(add=entry_statements(node.addresses, entry) + policy_quads(offer, graph))
    node.ledger.record(EventDraft("DatasetPublished", version.value, change=change, actor=PROVIDER.value))
    return version


def offer_of(version: NamedNode, rules: Iterable[Permission | Prohibition]) -> Offer:
    return Offer(
        iri=NamedNode(f"{version.value}#offer"),
        target=version,
        assigner=PROVIDER,
        permissions=tuple(rule for rule in rules if isinstance(rule, Permission)),
        prohibitions=tuple(rule for rule in rules if isinstance(rule, Prohibition)),
    )


def agreed(node: Workspace, version: NamedNode, *rules: Permission | Prohibition, days: int | None = None) -> NamedNode:
    """Record an agreement about a version, signed by both."""
    iri = NamedNode(f"{BASE}/id/agreement/{version.value.rpartition('/dataset/')[2].replace('/', '-')}")
    request = AccessRequest(NamedNode(f"{BASE}/id/negotiation/1"), OWN, VES.Research, "To make a map of it.")
    end = NOON + timedelta(days=days) if days else None
    draft = draft_agreement(
        offer_of(version, rules), request, iri=iri, validity=Validity(NOON, end), terms_version="1.0"
    )
    for name in ("provider", "own"):
        draft = sign_agreement(draft, KEY, verification_method=f"did:web:{name}.example#k", created=NOON)
    change = record_agreement(draft, Desk(node).agreements_graph)
    node.ledger.record(EventDraft("AgreementFinalised", iri.value, change=change))
    return iri


def may_use(version: NamedNode, *constraints: Constraint) -> Permission:
    return Permission(NamedNode(f"{version.value}#may"), ODRL.use, constraints)


def must_not(version: NamedNode, action: NamedNode) -> Prohibition:
    return Prohibition(NamedNode(f"{version.value}#not"), action)


def for_research(version: NamedNode) -> Constraint:
    return Constraint(NamedNode(f"{version.value}#limit"), ODRL.purpose, ODRL.isAnyOf, (VES.Research,))


def published(
    node: Workspace, sources: Iterable[str | NamedNode], licence: str = "CC-BY-4.0", terms: OfferTerms = OPEN,
    *, slug: str = "map", **said: Any,  # noqa: ANN401 - a description's fields
) -> NamedNode:  # fmt: skip
    """Publish data that was derived from sources; return the version."""
    named = tuple(source if isinstance(source, str) else source.value for source in sources)
    description = about(slug, licence, is_open=terms is OPEN, derived_from=named, **said)
    describe(node, OPERATOR, description)
    receive_file(node, OPERATOR, slug, name="map.csv", source=io.BytesIO(b"Name,Town\nVale,Moor\n"))
    prepare(node, OPERATOR, slug)
    return publish(node, OPERATOR, slug, terms).version


def reasons(refused: pytest.ExceptionInfo[AccessDenied]) -> str:
    return " ".join(refused.value.reasons)


@pytest.mark.parametrize(
    ("licence", "result", "said"),
    [
        ("CC-BY-ND-4.0", "CC-BY-ND-4.0", "does not permit changed versions"),
        ("CC-BY-NC-4.0", "CC-BY-4.0", "prohibits commercial use"),
        ("CC-BY-SA-4.0", "CC-BY-4.0", "carries the same licence"),
        ("CC-BY-4.0", "CC0-1.0", "requires naming the source"),
    ],
)
def test_refuses_what_the_licence_of_a_source_forbids(node: Workspace, licence: str, result: str, said: str) -> None:
    source = offered(node, "sites", licence)
    with pytest.raises(AccessDenied, match="derived from does not allow") as refused:
        published(node, [source], result, OPEN if result != "CC-BY-ND-4.0" else SHARED)
    assert said in reasons(refused)
    assert f"The sites, version 1 ({licence})" in reasons(refused)
    assert not node.own_catalogue.versions(node.addresses.dataset("map"))


def test_refuses_what_no_agreement_or_an_agreement_forbids(node: Workspace) -> None:
    version = node.addresses.version("sites", 1)
    source = offered(node, "sites", "CC-BY-4.0", may_use(version), must_not(version, ODRL.distribute))
    with pytest.raises(AccessDenied) as refused:
        published(node, [source])
    assert "no agreement in force" in reasons(refused)
    agreed(node, source, may_use(version), must_not(version, ODRL.distribute))
    with pytest.raises(AccessDenied) as refused:
        published(node, [source])
    assert "The sites, version 1: " in reasons(refused)
    assert "prohibit" in reasons(refused).lower()


def test_refuses_an_offer_that_is_wider_than_the_agreement(node: Workspace) -> None:
    version = node.addresses.version("sites", 1)
    source = offered(node, "sites", SECTOR, may_use(version, for_research(version)))
    agreement = agreed(node, source, may_use(version, for_research(version)), days=30)
    with pytest.raises(AccessDenied) as refused:
        published(node, [source])
    assert agreement.value in reasons(refused)
    assert "purpose" in reasons(refused)
    research = OfferTerms(Audience.PARTICIPANTS, purposes=(VES.Research,))
    with pytest.raises(AccessDenied) as refused:
        published(node, [source], terms=research)
    assert "dateTime" in reasons(refused)
    ended = OfferTerms(Audience.PARTICIPANTS, purposes=(VES.Research,), until=NOON + timedelta(days=30))
    assert published(node, [source], terms=ended) == node.addresses.version("map", 1)


def test_refuses_once_the_agreement_has_ended_or_was_revoked(node: Workspace) -> None:
    version = node.addresses.version("sites", 1)
    source = offered(node, "sites", SECTOR, may_use(version, for_research(version)))
    agreement = agreed(node, source, may_use(version, for_research(version)))
    assert derivation_of_map(node, source).decision.allowed
    desk = Desk(node)
    ending = Ending(AgreementStatus.REVOKED, NOON, "misused", PROVIDER)
    change = end_agreement(desk.agreements.get(agreement), ending, desk.agreements_graph)
    node.ledger.record(EventDraft("AgreementRevoked", agreement.value, change=change))
    assert not derivation_of_map(node, source).decision.allowed


def derivation_of_map(node: Workspace, source: NamedNode) -> Derivation:
    describe(node, OPERATOR, about("map", "CC-BY-4.0", derived_from=(source.value,)))
    return derivation_of(node, OPERATOR, "map")


def test_refuses_a_source_of_which_nothing_is_known(node: Workspace) -> None:
    with pytest.raises(AccessDenied) as refused:
        published(node, [REGISTER])
    assert "its licence is not stated" in reasons(refused)
    with pytest.raises(UnknownTerm, match="not a licence"):
        published(node, [REGISTER], source_licences={REGISTER: "MIT"})
    with pytest.raises(InputError, match="not derived from"):
        about("map", "CC-BY-4.0", source_licences={REGISTER: "OGL-UK-3.0"})


def test_refuses_personal_data_of_a_source_whose_licence_leaves_it_out(node: Workspace) -> None:
    said = {"personal_data": True, "personal_data_reason": "It is a public register."}
    source = offered(node, "people", "OGL-UK-3.0", **said)
    with pytest.raises(AccessDenied) as refused:
        published(node, [source])
    assert "does not cover personal data" in reasons(refused)


def test_what_the_publisher_derived_before_binds_by_its_own_sources(node: Workspace) -> None:
    source = offered(node, "sites", "CC-BY-SA-4.0")
    first = published(node, [source], "CC-BY-SA-4.0", slug="first")
    with pytest.raises(AccessDenied) as refused:
        published(node, [first], "CC-BY-4.0", slug="second")
    assert "The sites, version 1 (CC-BY-SA-4.0)" in reasons(refused)
    assert published(node, [first], "CC-BY-SA-4.0", slug="second") == node.addresses.version("second", 1)
    registered = published(node, [REGISTER], slug="third", source_licences={REGISTER: "CC-BY-NC-4.0"}, terms=SHARED,
                           licence="CC-BY-NC-4.0")  # fmt: skip
    with pytest.raises(AccessDenied) as refused:
        published(node, [registered], "CC-BY-4.0", slug="fourth")
    assert f"{REGISTER} (CC-BY-NC-4.0)" in reasons(refused)


def test_publishes_what_every_source_allows_and_keeps_the_lineage(node: Workspace) -> None:
    source = offered(node, "sites", "OGL-UK-3.0")
    dataset = node.addresses.dataset("sites")
    version = published(node, [source, REGISTER, dataset], source_licences={REGISTER: "own"})
    entry = node.own_catalogue.version(version)
    assert set(entry.conditions.derived_from) == {source.value, REGISTER, dataset.value}
    ogl = node.licences.get("OGL-UK-3.0").iri.value
    kept = read_derivations(node.store, node.own_graphs, version)
    assert kept == {source.value: ogl, dataset.value: ogl, REGISTER: None}
    judged = derivation_of(node, OPERATOR, "map")
    assert judged.composition.outcome.value == "allowed if"
    assert "naming the source" in " ".join(str(reason) for reason in judged.decision.reasons)
    assert [one.is_own for one in judged.sources] == [False, True, False]


NODE = "https://provider.example"
THERE = NamedNode(f"{NODE}/id/dataset/sites/version/1")


class Tokens:
    """Gives a token to everybody."""

    def token(self, organisation: str, resource: str) -> str:
        return f"{organisation} at {resource}"


def with_provider(node: Workspace, answers: dict[str, dict[str, Any]]) -> Workspace:
    """Register the provider with a node of its own, which gives some answers, as does the orchestrator."""
    fields = {
        "legal_name": "Provider plc", "registration_number": "00000001", "contact_name": "Ada",
        "contact_email": "ada@provider.example", "node_url": NODE, "roles": ["producer"],
        "accepted_terms": CURRENT_VERSION, "public_key": KEY.public.multikey,
    }  # fmt: skip
    graphs = node.registry_graphs
    change = participant_changes.register(parse_registration(fields), iri=PROVIDER, at=NOON, graphs=graphs)
    node.ledger.record(EventDraft("OrganisationRegistered", PROVIDER.value, change=change))
    for name in missing_checks(node.participants.get(PROVIDER).checks):
        record_check(node, OPERATOR, PROVIDER, name=name, passed=True, note="seen")
    decide(node, OPERATOR, PROVIDER, move=Move.APPROVE, reason="For the tests.")

    def answer(request: httpx.Request) -> httpx.Response:
        known = answers.get(request.url.path.rpartition("/")[2])
        return httpx.Response(200, json=known) if known is not None else httpx.Response(404, json={"title": "none"})

    return replace(node, peers=Peers(httpx.Client(transport=httpx.MockTransport(answer)), Tokens()))


def told(**said: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - an entry's fields
    """Return what the provider's node says of an open dataset."""
    offer = offer_from(OPEN, iri=NamedNode(f"{THERE.value}#offer"), target=THERE, assigner=PROVIDER)
    entry = {
        "iri": THERE.value, "title": "The sites", "number": "1", "publisher": PROVIDER.value,
        "licence": "https://creativecommons.org/licenses/by-sa/4.0/",
        "conditions": {"personal_data": False, "derived_from": []}, **said,
    }  # fmt: skip
    return {"dataset": {"entry": entry}, "offer": {"offer": policy_to_json(offer)}}


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        (told(publisher=OWN.value), IntegrityFailure),
        (told(publisher=f"{BASE}/id/organisation/nobody"), IntegrityFailure),
        (told(iri=f"{NODE}/id/dataset/sites/version/2"), IntegrityFailure),
        (told(conditions=7), PeerFailure),
        (told() | {"dataset": {"entry": None}}, PeerFailure),
        (told() | {"dataset": {}}, PeerFailure),
    ],
)
def test_refuses_what_another_node_may_not_say(
    node: Workspace, answers: dict[str, dict[str, Any]], error: type[VirtualesError]
) -> None:
    with pytest.raises(error):
        published(with_provider(node, answers), [THERE])


def test_a_source_on_another_node_is_judged_by_what_that_node_says_of_it_or_its_index(node: Workspace) -> None:
    with pytest.raises(AccessDenied) as refused:
        published(with_provider(node, told()), [THERE])
    assert "The sites, version 1 (CC-BY-SA-4.0)" in reasons(refused)
    indexed = replace(node, peers=with_away(node).peers)
    assert published(indexed, [THERE], "CC-BY-SA-4.0", slug="other") == node.addresses.version("other", 1)


def with_away(node: Workspace) -> Workspace:
    """Return the parts of the node while the provider's node is away and the orchestrator tells of it."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "provider.example":
            raise httpx.ConnectError("nobody is there")
        return httpx.Response(200, json=told()[request.url.path.rpartition("/")[2]])

    return replace(node, peers=Peers(httpx.Client(transport=httpx.MockTransport(answer)), Tokens()))


def test_refuses_a_source_that_its_node_does_not_have(node: Workspace) -> None:
    with pytest.raises(AccessDenied) as refused:
        published(with_provider(node, {}), [THERE])
    assert "its licence is not stated" in reasons(refused)
