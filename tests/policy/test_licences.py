"""Licences are found under the names that people write, read from anybody's RDF, and composed without loss."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effort import examples

from virtuales.errors import UnreadableInput
from virtuales.policy.licences.composition import Composition, Outcome, Source, compose
from virtuales.policy.licences.licence import Licence, Licences
from virtuales.policy.licences.reading import load_licences, read_licences
from virtuales.rdf.namespaces import CC
from virtuales.resources import contributed

KNOWN = load_licences(contributed("ontology") / "licences.ttl")
SECTOR, RESERVED = "LicenseRef-VES-Sector", "LicenseRef-VES-AllRightsReserved"
HEAD = """@prefix cc: <http://creativecommons.org/ns#> . @prefix odrl: <http://www.w3.org/ns/odrl/2/> .
@prefix x: <http://terms.example/> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
"""


def composed(*names: str, result: str | None = None, unmodified: bool = False) -> Composition:
    """Compose licences by their names."""
    wanted = KNOWN.get(result) if result else None
    return compose([Source(KNOWN.get(name)) for name in names], KNOWN, result=wanted, unmodified=unmodified)


def carried(composition: Composition) -> set[str]:
    """Return the identifiers of the licences that the result may carry."""
    return {licence.identifier for licence in composition.may_carry}


def codes(composition: Composition) -> set[str]:
    """Return the codes of the reasons."""
    return {reason.code for reason in composition.reasons}


def terms(folder: Path, text: str) -> Licence:
    """Return the only licence of a file with some statements."""
    file = folder / "terms.ttl"
    file.write_text(HEAD + text, encoding="utf-8")
    (licence,) = read_licences(file)
    return licence


@pytest.mark.parametrize(
    ("sources", "result", "code"),
    [
        (["CC-BY-ND-4.0"], None, "no-derivatives"),
        (["CC-BY-4.0", "CC-BY-ND-4.0"], "CC-BY-ND-4.0", "no-derivatives"),
        ([SECTOR], None, "no-distribution"),
        ([RESERVED], RESERVED, "no-derivatives"),
        (["CC-BY-NC-4.0"], "CC-BY-4.0", "prohibition-lost"),
        (["NCGL-UK-2.0"], SECTOR, "prohibition-lost"),
        (["CC-BY-4.0"], "CC0-1.0", "requirement-lost"),
        (["CC-BY-SA-4.0"], "CC-BY-4.0", "share-alike"),
        (["ODbL-1.0", "CC-BY-SA-4.0"], None, "share-alike"),
        (["ODbL-1.0", "CC-BY-NC-4.0"], None, "prohibition-lost"),
    ],
)
def test_refuses_with_the_reason(sources: list[str], result: str | None, code: str) -> None:
    refused = composed(*sources, result=result)
    assert refused.outcome is Outcome.NOT_ALLOWED
    assert code in codes(refused)
    assert all(reason.rule for reason in refused.reasons)


def test_refuses_what_nobody_states(tmp_path: Path) -> None:
    silent = terms(tmp_path, "x:silent a odrl:Set .")
    refused = compose([Source(silent)], KNOWN)
    assert codes(refused) == {"terms-unknown"}
    with pytest.raises(UnreadableInput, match="describes no licence"):
        terms(tmp_path, "x:a x:b x:c .")
    with pytest.raises(UnreadableInput, match="cannot be read"):
        read_licences(tmp_path / "absent.ttl")


def test_refuses_personal_data_under_a_licence_that_does_not_cover_it() -> None:
    source = Source(KNOWN.get("OGL-UK-3.0"), "Register of sites", personal_data=True)
    refused = compose([source], KNOWN, result=KNOWN.get("CC-BY-4.0"))
    assert codes(refused) == {"personal-data-not-covered"}
    assert "Register of sites (OGL-UK-3.0)" in str(refused.reasons[0])
    assert compose([Source(KNOWN.get("CC-BY-4.0"), personal_data=True)], KNOWN).is_allowed


def test_refuses_to_change_the_licence_of_what_is_passed_on_as_it_is() -> None:
    assert composed("CC-BY-ND-4.0", result="CC-BY-ND-4.0", unmodified=True).outcome is Outcome.ALLOWED_IF
    assert codes(composed("OGL-UK-3.0", result="CC-BY-4.0", unmodified=True)) == {"unchanged-keeps-licence"}
    assert not composed("CC-BY-4.0", "OGL-UK-3.0", unmodified=True).is_allowed


@pytest.mark.parametrize(
    "rule",
    [
        "odrl:permission [ odrl:action odrl:use ; odrl:constraint x:only-in-march ]",
        "odrl:permission [ odrl:action [ rdf:value odrl:use ; odrl:refinement x:small ] ]",
        "odrl:permission [ odrl:action odrl:use ] ; odrl:prohibition [ odrl:action odrl:derive ]",
        "odrl:permission [ odrl:action odrl:use ] ; odrl:prohibition [ odrl:action [ rdf:value odrl:distribute ] ]",
        "odrl:permission [ odrl:action odrl:derive ]",
        "odrl:permission [ odrl:action odrl:distribute ]",
    ],
)
def test_a_permission_with_limits_is_none_and_a_prohibition_wins(tmp_path: Path, rule: str) -> None:
    refused = compose([Source(terms(tmp_path, f"x:terms a odrl:Set ; {rule} ."))], KNOWN)
    assert refused.outcome is Outcome.NOT_ALLOWED


def test_terms_that_no_known_licence_keeps_are_kept_by_themselves_alone(tmp_path: Path) -> None:
    own = terms(
        tmp_path,
        "x:own a odrl:Set ; odrl:permission [ odrl:action odrl:use ; odrl:duty [ odrl:action x:sendCakes ] ] ; "
        "odrl:prohibition [ odrl:action x:paintItBlue ] .",
    )
    refused = compose([Source(own)], Licences([KNOWN.get("CC-BY-4.0")]))
    assert codes(refused) == {"no-licence-known"}
    assert "sendCakes" in str(refused.reasons[0])
    allowed = compose([Source(own)], KNOWN.joined([own]))
    assert carried(allowed) == {"own", RESERVED}
    assert {"duty", "prohibition"} <= codes(allowed)


def test_an_agreement_may_lift_what_the_licence_forbids_and_nothing_else() -> None:
    lifted = KNOWN.get(SECTOR).with_leave_to_publish()
    assert not compose([Source(lifted)], KNOWN, result=KNOWN.get("CC0-1.0")).is_allowed
    assert compose([Source(lifted)], KNOWN, result=KNOWN.get("CC-BY-4.0")).is_allowed
    still = KNOWN.get("CC-BY-NC-ND-4.0").with_leave_to_publish()
    assert codes(compose([Source(still)], KNOWN, result=KNOWN.get("CC-BY-4.0"))) == {"prohibition-lost"}


def test_licences_of_one_party_are_offered_only_where_a_source_has_them() -> None:
    operators = {licence.identifier for licence in KNOWN if licence.assigner}
    assert operators == {"LicenseRef-NGED-OpenData", "LicenseRef-NESO-OpenData"}
    assert not operators & carried(composed("OGL-UK-3.0"))
    assert operators & carried(composed("LicenseRef-NGED-OpenData")) == {"LicenseRef-NGED-OpenData"}


def test_conditions_name_each_source_and_what_it_asks() -> None:
    found = composed("CC0-1.0", "OGL-UK-3.0", "ODbL-1.0")
    assert found.outcome is Outcome.ALLOWED_IF
    assert carried(found) == {"ODbL-1.0"}
    said = "\n".join(str(reason) for reason in found.reasons)
    assert "For OGL-UK-3.0, see to naming the source." in said
    assert "OGL-UK-3.0 does not cover personal data" in said
    assert "publish under ODbL-1.0" in said
    assert "CC0" not in said


@pytest.mark.parametrize(
    ("written", "identifier"),
    [
        ("cc-by-4.0", "CC-BY-4.0"),
        ("CC BY 4.0", "CC-BY-4.0"),
        ("http://creativecommons.org/licenses/by/4.0", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by/4.0/legalcode.en", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by/4.0/deed.de", "CC-BY-4.0"),
        ("https://spdx.org/licenses/CC-BY-4.0", "CC-BY-4.0"),
        ("Open Government Licence v3.0", "OGL-UK-3.0"),
        ("http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/", "OGL-UK-3.0"),
        ("https://www.nationalgrid.co.uk/open-data-licence", "LicenseRef-NGED-OpenData"),
    ],
)
def test_finds_a_licence_as_portals_write_it(written: str, identifier: str) -> None:
    found = KNOWN.find(written)
    assert found is not None
    assert found.identifier == identifier


def test_reads_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "marked.ttl"
    file.write_bytes(b"\xef\xbb\xbf" + HEAD.encode() + b"x:l a cc:License ; cc:permits cc:Distribution .")
    (found,) = read_licences(file)
    assert (found.identifier, found.permits) == ("l", frozenset({CC.Distribution}))


def test_files_of_ones_own_add_to_the_known_licences_and_the_later_description_counts(tmp_path: Path) -> None:
    own, other = tmp_path / "own.ttl", tmp_path / "other.ttl"
    own.write_text(HEAD + "x:own a odrl:Set ; odrl:permission [ odrl:action odrl:use ] .", encoding="utf-8")
    other.write_text(HEAD + "x:own a odrl:Set ; odrl:prohibition [ odrl:action odrl:use ] .", encoding="utf-8")
    shipped = contributed("ontology") / "licences.ttl"
    assert len(load_licences(shipped, own)) == len(KNOWN) + 1
    assert load_licences(shipped, own).get("own").permits
    assert load_licences(shipped, own, other).get("http://terms.example/own").permits == frozenset()
    with pytest.raises(UnreadableInput):
        load_licences(shipped, tmp_path / "absent.ttl")


names = st.lists(st.sampled_from([licence.identifier for licence in KNOWN]), min_size=1, max_size=4)


@settings(max_examples=examples(400), deadline=None)
@given(names, st.sampled_from(list(KNOWN)), st.booleans())
def test_composition_holds_together(sources: list[str], result: Licence, unmodified: bool) -> None:
    free = composed(*sources, unmodified=unmodified)
    asked = composed(*sources, result=result.identifier, unmodified=unmodified)
    offered = result.assigner is None or result.identifier in sources
    assert free.reasons
    assert asked.is_allowed == (result in free.may_carry) or not offered
    assert free.is_allowed == bool(free.may_carry)
    for fewer in (sources[:place] + sources[place + 1 :] for place in range(len(sources)) if len(sources) > 1):
        lost = carried(free) - carried(composed(*fewer, unmodified=unmodified))
        assert all(KNOWN.get(name).assigner for name in lost), "a source less never forbids more"
    assert carried(composed(*reversed(sources), unmodified=unmodified)) == carried(free)


def by_the_book(sources: Sequence[Licence], result: Licence) -> bool:
    """Decide by the rules as the guide states them, one licence and one term at a time."""
    for each in sources:
        if not {CC.DerivativeWorks, CC.Distribution} <= each.permits - each.prohibits:
            return False
        if result in (each, *(one for one in KNOWN if one.iri in each.compatible)):
            continue
        if CC.ShareAlike in each.requires:
            return False
        if result.permits and not each.prohibits <= result.prohibits:
            return False
        if CC.Distribution in result.permits - result.prohibits and not each.requires <= result.requires:
            return False
    return True


@pytest.mark.parametrize("result", list(KNOWN), ids=lambda licence: licence.identifier)
def test_every_pair_of_sources_is_decided_by_the_rules(result: Licence) -> None:
    for first in KNOWN:
        for second in KNOWN:
            decided = compose([Source(first), Source(second)], KNOWN, result=result).is_allowed
            assert decided == by_the_book([first, second], result), (first.identifier, second.identifier)


def test_a_later_description_of_a_licence_takes_the_place_of_an_earlier_one() -> None:
    stricter = Licence(iri=KNOWN.get("CC-BY-4.0").iri, identifier="CC-BY-4.0", title="Stricter", is_open=False)
    joined: Licences = KNOWN.joined([stricter])
    assert len(joined) == len(KNOWN)
    assert joined.get("CC-BY-4.0").title == "Stricter"
