"""Writing SSSOM/TSV: canonical, without loss, and refusing what it could not write so that it can be read again."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.alignment.arbitrary_sets import MAPPINGS, OF_SET, unordered
from tests.alignment.small_sets import HEADER, A, B, line, mapping_set, read
from tests.effort import examples

from virtuales.alignment.mapping import ExtensionDefinition, Mapping
from virtuales.alignment.terms import LINKML
from virtuales.alignment.tsv_writer import CANONICAL_DIGITS, number_text, scalar, write_tsv
from virtuales.errors import InputError


def test_refuses_an_identifier_that_no_prefix_fits() -> None:
    unknown = mapping_set(line("https://unknown.example/x"))
    with pytest.raises(InputError, match="No prefix of the set fits"):
        write_tsv(unknown)
    assert "https://unknown.example/x" in write_tsv(unknown, lenient=True)


@given(st.lists(MAPPINGS, max_size=4), st.fixed_dictionaries({}, optional=OF_SET))
@settings(max_examples=examples(60), deadline=None)
def test_reads_back_what_it_wrote(mappings: list[Mapping], slots: dict[str, Any]) -> None:
    slots.pop("mapping_set_id", None)
    slots["sssom_version"] = "1.1"
    whole = mapping_set(*mappings, **slots)
    text = write_tsv(whole)
    again = read(text.encode())
    assert {finding.rule for finding in again.errors()} <= {"no-reviewer", "cardinality"}, "no value is misread"
    assert unordered(again.mapping_set) == unordered(whole)
    assert write_tsv(again.mapping_set) == text


def test_writes_the_canonical_order() -> None:
    text = write_tsv(
        mapping_set(
            line(B + "z", target=A + "x", comment="second", confidence=0.25),
            line(A + "x", comment='a "word"', confidence=1.0, author_id=("https://orcid.org/1",)),
            mapping_set_title="A: title",
            creator_id=("https://orcid.org/2",),
        )
    )
    assert text == (
        "#curie_map:\n#  a: https://a.example/\n#  b: https://b.example/\n#  orcid: https://orcid.org/\n"
        '#mapping_set_id: https://example.org/set\n#mapping_set_title: "A: title"\n'
        "#creator_id:\n#  - orcid:2\n#license: https://creativecommons.org/licenses/by/4.0/\n"
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\tauthor_id\tconfidence\tcomment\n"
        'a:x\tskos:exactMatch\tb:y\tsemapv:ManualMappingCuration\torcid:1\t1\t"a ""word"""\n'
        "b:z\tskos:exactMatch\ta:x\tsemapv:ManualMappingCuration\t\t0.25\tsecond\n"
    )


def test_says_once_what_all_mappings_share() -> None:
    shared = [line(A + "x", mapping_date=date(2026, 11, 30)), line(A + "z", mapping_date=date(2026, 11, 30))]
    assert "#mapping_date: 2026-11-30\n" in write_tsv(mapping_set(*shared))
    assert "#mapping_date" not in write_tsv(mapping_set(*shared), condense=False)
    assert "#mapping_date" not in write_tsv(mapping_set(*shared, line(A + "w")))
    assert "#mapping_date: 2026-11-30" not in write_tsv(mapping_set(*shared, mapping_date=date(2026, 1, 1)))


def test_says_the_version_that_the_slots_need() -> None:
    assert "sssom_version" not in write_tsv(mapping_set(line(A + "x")))
    assert write_tsv(mapping_set(line(A + "x", record_id=A + "1"))).startswith('#sssom_version: "1.1"\n')


def test_leaves_rules_of_curation_to_the_mappings_where_the_set_cannot_have_them() -> None:
    ruled = line(A + "x", curation_rule=(A + "rule",))
    assert "#curation_rule" not in write_tsv(mapping_set(ruled))
    assert "#curation_rule:\n#  - a:rule\n" in write_tsv(mapping_set(ruled, sssom_version="1.1"))


def test_rounds_only_when_asked() -> None:
    precise = mapping_set(line(A + "x", confidence=0.840714406))
    assert "\t0.840714406\n" in write_tsv(precise)
    assert "\t0.841\n" in write_tsv(precise, digits=CANONICAL_DIGITS)
    assert [number_text(n, 3) for n in (0.7832, 0.7835, -0.7835, 0.0005, 1e-9)] == [
        "0.783",
        "0.784",
        "-0.784",
        "0.001",
        "0",
    ]


def test_writes_extension_slots_last_and_by_property() -> None:
    definitions = (
        ExtensionDefinition("ext_b", A + "1", LINKML + "Uriorcurie"),
        ExtensionDefinition("ext_a", A + "2"),
        ExtensionDefinition("ext_unused", A + "3"),
    )
    whole = mapping_set(
        line(A + "x", extensions={"ext_a": "1", "ext_b": B + "MW", "other_slot": "y"}),
        extension_definitions=definitions,
        extensions={"ext_a": "of the set"},
    )
    text = write_tsv(whole)
    assert text.splitlines()[-2].endswith("mapping_justification\tother_slot\text_b\text_a")
    assert text.splitlines()[-1].endswith("\ty\tb:MW\t1")
    assert "ext_unused" not in text
    again = read(text.encode()).mapping_set
    assert again.mappings == whole.mappings
    assert again.extensions == whole.extensions
    assert set(again.extension_definitions) == set(definitions[:2])


def test_writes_a_set_without_mappings() -> None:
    empty = mapping_set(mapping_date=date(2026, 11, 30))
    assert read(write_tsv(empty).encode()).accepted(strict=True) == replace(empty, curie_map={})


@pytest.mark.parametrize(
    "text", ["", "no", "1.10", "2026-11-30", "a: b", "a #b", "- x", "'x'", "~", "1:30", "x\ny", "ÿ\x85"]
)
def test_quotes_what_yaml_would_take_for_something_else(text: str) -> None:
    header = HEADER + f"#mapping_set_title: {scalar(text)}\n"
    assert scalar(text).startswith('"') or text == "2026-11-30"
    assert read((header + "subject_id\n").encode()).mapping_set.mapping_set_title == text
