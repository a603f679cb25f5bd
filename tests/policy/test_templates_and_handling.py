"""Offer templates, licences and handling: contradictions are refused before anything is published."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.policy.policies import CONSUMER, NOW, PROVIDER, STRANGER, TARGET, use

from virtuales.errors import InputError, UnknownTerm
from virtuales.policy.evaluate import evaluate
from virtuales.policy.handling import (
    TRIAGE_OF,
    Handling,
    SensitivityClass,
    Triage,
    check_handling,
    parse_handling,
)
from virtuales.policy.licences.licence import Licence, Licences
from virtuales.policy.licences.reading import load_licences
from virtuales.policy.odrl import Offer
from virtuales.policy.profile import short
from virtuales.policy.publication import check_publishable
from virtuales.policy.sentences import policy_sentences
from virtuales.policy.templates import TEMPLATES, Audience, OfferTerms, Template, is_open, offer_from, terms_from
from virtuales.policy.world import World
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode
from virtuales.resources import contributed
from virtuales.web.api.publishing import OfferIn

IRI = NamedNode("https://p.example/id/offer/1")
OPEN = OfferTerms(Audience.OPEN)
SECTOR = OfferTerms(Audience.PARTICIPANTS)


def made(terms: OfferTerms) -> Offer:
    return offer_from(terms, iri=IRI, target=TARGET, assigner=PROVIDER)


def licence(name: str) -> Licence:
    return load_licences(contributed("ontology") / "licences.ttl").get(name)


@pytest.mark.parametrize(
    ("terms", "where"),
    [
        (OfferTerms(Audience.ORGANISATIONS), "organisations"),
        (OfferTerms(Audience.PARTICIPANTS, organisations=(CONSUMER,)), "organisations"),
        (OfferTerms(Audience.OPEN, purposes=(VES.Research,)), "audience"),
        (OfferTerms(Audience.OPEN, until=NOW), "audience"),
        (OfferTerms(Audience.PARTICIPANTS, until=NOW.replace(tzinfo=None)), "until"),
    ],
)
def test_refuses_choices_that_contradict_each_other(terms: OfferTerms, where: str) -> None:
    with pytest.raises(InputError) as refusal:
        made(terms)
    assert refusal.value.where == where


def test_refuses_unknown_licence_and_names_the_known() -> None:
    with pytest.raises(UnknownTerm, match="WTFPL") as refusal:
        licence("WTFPL")
    assert "CC-BY-4.0" in str(refusal.value.remedy)


@pytest.mark.parametrize(
    ("triage", "sensitivity", "reason"),
    [
        ("public", "O", "no personal data"),
        ("open", "X", "no personal data"),
        ("open", "O", "  "),
        ("open", "O", "fine"),
    ],
)
def test_refuses_handling_that_is_not_understood(triage: str, sensitivity: str, reason: str) -> None:
    with pytest.raises(InputError):
        parse_handling(triage=triage, sensitivity=sensitivity, reason=reason)


@pytest.mark.parametrize(
    ("sensitivity", "triage", "licence_name", "terms", "code"),
    [
        (SensitivityClass.OPEN, Triage.SHARED, "CC-BY-4.0", OPEN, "triage-mismatch"),
        (SensitivityClass.OPEN, Triage.OPEN, "CC-BY-NC-4.0", OPEN, "licence-not-open"),
        (SensitivityClass.OPEN, Triage.OPEN, None, OPEN, "licence-not-open"),
        (SensitivityClass.OPEN, Triage.OPEN, "CC-BY-4.0", SECTOR, "offer-not-open"),
        (SensitivityClass.OPEN, Triage.OPEN, "CC-BY-4.0", None, "nothing-offered"),
        (SensitivityClass.SHARED_A, Triage.SHARED, None, OPEN, "shared-offered-openly"),
        (SensitivityClass.SHARED_B, Triage.SHARED, None, None, "nothing-offered"),
        (SensitivityClass.SHARED_PERSONAL, Triage.CLOSED, None, SECTOR, "triage-mismatch"),
        (SensitivityClass.CLOSED, Triage.CLOSED, None, SECTOR, "closed-offered"),
        (SensitivityClass.CLOSED, Triage.OPEN, None, None, "triage-mismatch"),
    ],
)
def test_refuses_handling_that_licence_or_offer_contradict(
    sensitivity: SensitivityClass, triage: Triage, licence_name: str | None, terms: OfferTerms | None, code: str
) -> None:
    decision = check_handling(
        Handling(triage, sensitivity, "because of its contents"),
        licence=licence(licence_name) if licence_name else None,
        offer=made(terms) if terms else None,
    )
    assert not decision.allowed
    assert code in {reason.code for reason in decision.reasons}
    assert all(reason.remedy for reason in decision.reasons)


@pytest.mark.parametrize(
    ("sensitivity", "why", "code"),
    [
        (SensitivityClass.OPEN, "", "personal-data-open"),
        (SensitivityClass.OPEN, "public", "personal-data-open"),
        (SensitivityClass.SHARED_A, "a public register", "personal-data-class"),
        (SensitivityClass.SHARED_B, "a public register", "personal-data-class"),
        (SensitivityClass.OPEN, "a public register", None),
        (SensitivityClass.SHARED_PERSONAL, "", None),
        (SensitivityClass.CLOSED, "", None),
    ],
)
def test_data_about_people_needs_a_class_that_protects_it(
    sensitivity: SensitivityClass, why: str, code: str | None
) -> None:
    triage = TRIAGE_OF[sensitivity]
    offer = {Triage.OPEN: made(OPEN), Triage.SHARED: made(SECTOR), Triage.CLOSED: None}[triage]
    handling = Handling(triage, sensitivity, "names of contacts", personal_data=True, personal_data_reason=why)
    decision = check_handling(handling, licence=licence("OGL-UK-3.0"), offer=offer)
    assert decision.allowed is (code is None)
    assert code is None or code in {reason.code for reason in decision.reasons}


@pytest.mark.parametrize("sensitivity", list(SensitivityClass))
def test_consistent_handling_is_allowed(sensitivity: SensitivityClass) -> None:
    triage = TRIAGE_OF[sensitivity]
    offer = {Triage.OPEN: made(OPEN), Triage.SHARED: made(SECTOR), Triage.CLOSED: None}[triage]
    handling = parse_handling(triage=triage.value, sensitivity=sensitivity.value, reason="because of its contents")
    assert check_handling(handling, licence=licence("OGL-UK-3.0"), offer=offer).allowed


def test_open_offer_lets_anybody_do_everything() -> None:
    offer = made(OPEN)
    assert is_open(offer)
    assert evaluate(offer, use(ODRL.distribute, assignee=None, purpose=None, groups=frozenset())).allowed


def test_sector_offer_is_for_approved_participants_and_not_for_passing_on() -> None:
    offer = made(SECTOR)
    assert not is_open(offer)
    assert evaluate(offer, use()).allowed
    assert not evaluate(offer, use(groups=frozenset())).allowed
    assert not evaluate(offer, use(ODRL.distribute)).allowed


def test_named_purpose_and_end_all_limit() -> None:
    end = datetime(2026, 12, 31, tzinfo=UTC)
    offer = made(OfferTerms(Audience.ORGANISATIONS, (CONSUMER,), (VES.Research, VES.NetworkPlanning), end))
    assert evaluate(offer, use()).allowed
    assert evaluate(offer, use(time=end)).allowed
    assert not evaluate(offer, use(time=end + timedelta(seconds=1))).allowed
    assert not evaluate(offer, use(assignee=STRANGER)).allowed
    assert not evaluate(offer, use(purpose=VES.MarketAnalysis)).allowed


def test_licences_are_found_by_identifier_in_any_case_and_by_iri() -> None:
    licences = load_licences(contributed("ontology") / "licences.ttl")
    assert isinstance(licences, Licences)
    assert len(licences) >= 10
    found = licences.get("cc-by-4.0")
    assert found.is_open
    assert licences.get(found.iri.value) == found
    assert not licences.get("CC-BY-NC-4.0").is_open
    assert all(one.title and one.identifier for one in licences)


LATER = NOW + timedelta(days=30)


@pytest.mark.parametrize("template", list(Template))
def test_every_template_makes_an_offer_that_is_sound_and_says_what_it_means(template: Template) -> None:
    until = LATER if template is Template.UNTIL else None
    organisations = (CONSUMER,) if template is Template.ORGANISATION else ()
    offer = made(terms_from(template, organisations=organisations, until=until))
    check_publishable(offer, NOW)
    assert policy_sentences(offer, short)
    assert TEMPLATES[template]
    assert is_open(offer) is (template is Template.OPEN)


def test_templates_grant_what_their_names_say() -> None:
    research = made(terms_from(Template.RESEARCH))
    assert evaluate(research, use(purpose=VES.Research)).allowed
    assert not evaluate(research, use(purpose=VES.MarketAnalysis)).allowed
    named = made(terms_from(Template.RESEARCH, organisations=(STRANGER,)))
    assert not evaluate(named, use(purpose=VES.Research)).allowed
    ending = made(terms_from(Template.UNTIL, until=LATER))
    assert evaluate(ending, use(time=LATER)).allowed
    assert not evaluate(ending, use(time=LATER + timedelta(seconds=1))).allowed
    aggregates = made(terms_from(Template.AGGREGATE))
    assert evaluate(aggregates, use(ODRL.aggregate)).allowed
    assert not evaluate(aggregates, use(ODRL.read)).allowed
    assert not evaluate(aggregates, use(ODRL.distribute)).allowed


def test_number_of_uses_is_a_limit_on_count() -> None:
    offer = made(terms_from(Template.SECTOR, uses=2))
    assert [evaluate(offer, use(), World(uses=uses)).allowed for uses in (0, 1, 2)] == [True, True, False]


@pytest.mark.parametrize(
    ("template", "given", "where"),
    [
        (Template.UNTIL, {}, "until"),
        (Template.RESEARCH, {"purposes": (VES.MarketAnalysis,)}, "purposes"),
        (Template.SECTOR, {"organisations": (CONSUMER,)}, "organisations"),
        (Template.ORGANISATION, {}, "organisations"),
        (Template.OPEN, {"uses": 3}, "audience"),
        (Template.OPEN, {"purposes": (VES.Research,)}, "audience"),
        (Template.SECTOR, {"uses": 0}, "uses"),
    ],
)
def test_refuses_choices_that_a_template_excludes(template: Template, given: dict[str, Any], where: str) -> None:
    with pytest.raises(InputError) as refusal:
        made(terms_from(template, **given))
    assert refusal.value.where == where


@pytest.mark.parametrize("said", [{}, {"template": "open", "audience": "open"}])
def test_request_to_publish_names_either_a_template_or_an_audience(said: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="audience"):
        OfferIn.model_validate(said).to_terms()
    for either in ({"template": "open"}, {"audience": "open"}):
        assert OfferIn.model_validate(either).to_terms() == OPEN
