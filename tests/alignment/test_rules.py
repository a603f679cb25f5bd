"""Mapping rules are read with what they say of themselves, and refused by line where they say it wrongly."""

from pathlib import Path

import pytest

from virtuales.alignment.rules import Carried, Created, read_rule
from virtuales.errors import UnreadableInput

HEAD = """#+ title: Twice the value
#+ description: What was one is two.
#+ from: a
#+ to: b
"""
QUERY = """PREFIX a: <http://a.example/#>
PREFIX b: <http://b.example/#>
CONSTRUCT { ?x b:p ?y } WHERE { ?x a:p ?v BIND (2 * ?v AS ?y) }
"""


def rule(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "double.rq"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (QUERY, "do not stand together"),
        (HEAD.replace("#+ to: b\n", "") + QUERY, "does not say its `to`"),
        (HEAD + "#+ form: b\n" + QUERY, "no decorator `form`"),
        (HEAD + QUERY.replace("WHERE {", "WHERE"), "not valid SPARQL"),
        (HEAD + "SELECT * { ?a ?b ?c }", "of the form `CONSTRUCT"),
        (HEAD + "CONSTRUCT WHERE { ?a ?b ?c }", "of the form `CONSTRUCT"),
        (HEAD + "#+ carries:\n#+   - a:p of ?x\n" + QUERY, "does not say which statements"),
        (HEAD + "#+ carries:\n#+   - ?x c:p\n" + QUERY, "`c` is not declared"),
        (HEAD + "#+ creates:\n#+   - ?y from ?x\n" + QUERY, "does not say which objects"),
        (QUERY + HEAD.replace("#+ to", "\n#+ to"), "do not stand together"),
    ],
)
def test_refuses_a_rule_that_does_not_say_what_it_is(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(UnreadableInput, match=complaint) as raised:
        read_rule(rule(tmp_path, text))
    assert "double.rq" in str(raised.value)


def test_names_the_line_of_a_wrong_decorator(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"double\.rq, line 6"):
        read_rule(rule(tmp_path, HEAD + "#+ carries:\n#+   - a:p of ?x\n" + QUERY))


def test_reads_what_a_rule_carries_and_creates(tmp_path: Path) -> None:
    said = "#+ carries:\n#+   - ?x a:p\n#+   - ?x a a:Thing\n#+ creates:\n#+   - ?y beside ?x\n"
    read = read_rule(rule(tmp_path, HEAD + said + QUERY))
    assert (read.name, read.title, read.source, read.target) == ("double", "Twice the value", "a", "b")
    assert read.carries == (
        Carried("x", "http://a.example/#p"),
        Carried("x", "http://a.example/#Thing", is_class=True),
    )
    assert read.creates == (Created("y", "x"),)
    assert "SELECT DISTINCT ?x ?y WHERE {" in read.select
