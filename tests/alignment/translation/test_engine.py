"""A small package is carried from one model's terms to another's, and every statement is accounted for."""

from pathlib import Path

import pytest

from virtuales.alignment.mapping import Mapping
from virtuales.alignment.rules import MappingRule, read_rule
from virtuales.alignment.terms import CLOSE_MATCH, EXACT_MATCH, MANUAL_CURATION, NO_TERM_FOUND
from virtuales.alignment.translation.engine import Translated, Translator
from virtuales.alignment.translation.placement import SourceModel
from virtuales.alignment.translation.term_table import TermTable, term_table
from virtuales.errors import InputError
from virtuales.models.facts import ClassFact, Model, Multiplicity, ProfileFact, PropertyFact, by_iri

OLD, NEW = "http://old.example/#", "http://new.example/#"
ONCE = Multiplicity(0, 1)
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


def model(space: str, classes: dict[str, str], properties: dict[str, str]) -> Model:
    """Make a model of two profiles, EQ and SSH; each term is said in the profiles that its value names."""
    return Model(
        name=space,
        namespaces={"x": space},
        profiles={name: ProfileFact(name, (space + name,)) for name in ("EQ", "SSH")},
        classes=by_iri(
            ClassFact(space + name, name, concrete=frozenset(where.split())) for name, where in classes.items()
        ),
        properties=by_iri(
            PropertyFact(space + name, name, multiplicities=dict.fromkeys(where.split(), ONCE))
            for name, where in properties.items()
        ),
    )


SOURCE = model(OLD, {"Line": "EQ", "Odd": "EQ"}, {"r": "EQ", "limit": "EQ", "half": "EQ", "gone": "EQ", "end": "EQ"})
TARGET = model(NEW, {"Branch": "EQ SSH"}, {"r": "EQ", "limit": "SSH", "whole": "EQ", "end": "EQ"})


def exact(old: str, new: str) -> Mapping:
    target = new if new == NO_TERM_FOUND else NEW + new
    return Mapping(OLD + old, EXACT_MATCH, target, MANUAL_CURATION, comment="No use." if target == new else "")


def close(old: str, new: str) -> Mapping:
    return Mapping(OLD + old, CLOSE_MATCH, NEW + new, MANUAL_CURATION)


TABLE = term_table(
    [
        *(exact(name, name) for name in ("EQ", "SSH", "r", "limit", "end")),
        exact("Line", "Branch"),
        exact("gone", NO_TERM_FOUND),
    ]
)
RULE = f"""#+ title: Whole
#+ description: Twice the half.
#+ from: {OLD}
#+ to: {NEW}
#+ carries:
#+   - ?line old:half
PREFIX old: <{OLD}>
PREFIX new: <{NEW}>
CONSTRUCT {{ ?line new:whole ?whole }} WHERE {{ ?line old:half ?half FILTER (?half > 0) BIND (2 * ?half AS ?whole) }}
"""


def translate(
    tmp_path: Path,
    data: dict[str, str],
    rules: tuple[MappingRule, ...] = (),
    *,
    target: Model = TARGET,
    table: TermTable = TABLE,
) -> Translated:
    models = []
    for profile, lines in data.items():
        file = tmp_path / f"{profile}.nt"
        file.write_text("".join(f"{line} .\n" for line in lines.splitlines()), encoding="utf-8")
        depends = ("urn:EQ",) if profile != "EQ" else ()
        models.append(SourceModel(profile, f"urn:{profile}", (OLD + profile,), file, depends))
    out = tmp_path / "out"
    out.mkdir()
    return Translator(SOURCE, target, table, rules).translate(models, out)


def lines(translated: Translated, number: int) -> set[str]:
    return set(translated.models[number].statements.read_text(encoding="utf-8").splitlines())


def rule(tmp_path: Path) -> MappingRule:
    file = tmp_path / "whole.rq"
    file.write_text(RULE, encoding="utf-8")
    return read_rule(file)


def test_refuses_a_model_whose_profile_nobody_maps(tmp_path: Path) -> None:
    file = tmp_path / "x.nt"
    file.touch()
    with pytest.raises(InputError, match="no mapping says what that is"):
        Translator(SOURCE, TARGET, TABLE).translate([SourceModel("x", "", ("urn:other",), file)], tmp_path)


def test_carries_terms_and_keeps_values_as_written(tmp_path: Path) -> None:
    found = translate(tmp_path, {"EQ": f'<urn:1> {TYPE} <{OLD}Line>\n<urn:1> <{OLD}r> "01.50"'})
    assert lines(found, 0) == {f"<urn:1> {TYPE} <{NEW}Branch> .", f'<urn:1> <{NEW}r> "01.50" .'}
    assert found.models[0].profiles == (NEW + "EQ",)
    assert found.account.total("mapped") == found.account.statements == 2


def test_puts_a_statement_where_the_target_has_room_and_says_the_class_there(tmp_path: Path) -> None:
    data = {"EQ": f'<urn:1> {TYPE} <{OLD}Line>\n<urn:1> <{OLD}limit> "7"', "SSH": ""}
    found = translate(tmp_path, data)
    assert lines(found, 1) == {f'<urn:1> <{NEW}limit> "7" .', f"<urn:1> {TYPE} <{NEW}Branch> ."}
    assert found.account.classes_added == 1


def test_lists_what_has_no_room_in_the_package(tmp_path: Path) -> None:
    found = translate(tmp_path, {"EQ": f'<urn:1> {TYPE} <{OLD}Line>\n<urn:1> <{OLD}limit> "7"'})
    (lost,) = found.account.lost
    assert (lost.term, lost.detail) == (OLD + "limit", "The package has no model of the profile SSH for it.")


def test_does_not_put_a_statement_among_models_that_have_no_such_objects(tmp_path: Path) -> None:
    target = model(NEW, {"Branch": "EQ"}, {"limit": "SSH"})
    data = {"EQ": f'<urn:1> {TYPE} <{OLD}Line>\n<urn:1> <{OLD}limit> "7"', "SSH": ""}
    found = translate(tmp_path, data, target=target)
    assert lines(found, 1) == set()
    assert [one.detail for one in found.account.lost] == ["The profile that has the term has no such objects."]


def test_names_what_a_term_that_nothing_carries_is_related_to(tmp_path: Path) -> None:
    table = term_table([exact("EQ", "EQ"), exact("Line", "Branch"), close("half", "whole")])
    found = translate(tmp_path, {"EQ": f'<urn:1> {TYPE} <{OLD}Line>\n<urn:1> <{OLD}half> "1"'}, table=table)
    assert [one.detail for one in found.account.lost] == ["It is only related to x:whole, and no rule carries it here."]


def test_lists_what_is_gone_unmapped_or_about_something_that_is(tmp_path: Path) -> None:
    data = f"""<urn:1> {TYPE} <{OLD}Line>
<urn:1> <{OLD}gone> "1"
<urn:1> <{OLD}half> "1"
<urn:2> {TYPE} <{OLD}Odd>
<urn:2> <{OLD}r> "1"
<urn:1> <{OLD}end> <urn:2>
<urn:1> <{OLD}end> <{OLD}value>"""
    found = translate(tmp_path, {"EQ": data})
    assert {(one.term.removeprefix(OLD), one.detail) for one in found.account.lost} == {
        ("gone", "Declared to have no counterpart. No use."),
        ("half", "No mapping names the term."),
        ("Odd", "No mapping names the term."),
        ("r", "No mapping carries the class of its object."),
        ("end", "It refers to an object whose class no mapping carries."),
        ("end", "Its value has no counterpart."),
    }
    assert found.account.lost[0].examples[0].startswith("urn:")


def test_a_rule_takes_over_the_statements_of_the_objects_it_applies_to(tmp_path: Path) -> None:
    integer = "^^<http://www.w3.org/2001/XMLSchema#integer>"
    data = "\n".join(
        f'<urn:{number}> {TYPE} <{OLD}Line>\n<urn:{number}> <{OLD}half> "{number - 1}"{integer}' for number in (1, 2)
    )
    found = translate(tmp_path, {"EQ": data}, (rule(tmp_path),))
    assert f'<urn:2> <{NEW}whole> "2"{integer} .' in lines(found, 0)
    assert found.account.total("rule") == 1
    assert [(one.examples, one.count) for one in found.account.lost] == [(("urn:1",), 1)]
    assert [(one.rule, one.count, one.placed) for one in found.account.made] == [("whole", 1, True)]


def test_what_a_rule_makes_of_an_object_that_is_not_carried_has_no_place(tmp_path: Path) -> None:
    integer = "^^<http://www.w3.org/2001/XMLSchema#integer>"
    found = translate(
        tmp_path, {"EQ": f'<urn:1> {TYPE} <{OLD}Odd>\n<urn:1> <{OLD}half> "1"{integer}'}, (rule(tmp_path),)
    )
    assert lines(found, 0) == set()
    assert [(one.rule, one.count, one.placed) for one in found.account.made] == [("whole", 1, False)]
