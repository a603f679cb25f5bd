"""`--view` in pairs says the same as a file."""

import json
from pathlib import Path

import pytest

from virtuales.cli.view_options import read_view_options
from virtuales.errors import InputError, UnreadableInput


def test_pairs_make_the_view_that_a_file_has(tmp_path: Path) -> None:
    (tmp_path / "view.json").write_text(json.dumps({"classes": ["Line"]}))
    query = tmp_path / "view.rq"
    query.write_text("CONSTRUCT WHERE { ?s ?p ?o }")
    said = read_view_options([
        str(tmp_path / "view.json"), "class=Cable", "property=name", "column=length", "object=urn:x", "suppress=owner",
        "where=a=b=c", "area=-2,51,-1.5,52", "period=built,2000-01-01,", f"construct={query}", "generalise=post,4",
        "round=length,2.5", "pseudonym=owner", "pseudonyms=objects", "group=region", "sum=length", "mean=age",
        "at-least=5", "small-groups=leave out", "epsilon=0.5", "delta=1e-6", "budget=2", "bounds=length,0,10",
    ])  # fmt: skip
    assert said == {
        "classes": ["Line", "Cable"],
        "properties": ["name", "length"],
        "objects": ["urn:x"],
        "suppress": ["owner"],
        "where": [{"property": "a=b", "value": "c"}],
        "area": [-2.0, 51.0, -1.5, 52.0],
        "period": {"property": "built", "from": "2000-01-01", "until": None},
        "construct": "CONSTRUCT WHERE { ?s ?p ?o }",
        "generalise": [{"properties": ["post"], "to": "4"}],
        "round": [{"properties": ["length"], "step": 2.5}],
        "pseudonyms": {"properties": ["owner"], "objects": True},
        "aggregate": {
            "by": ["region"],
            "sums": ["length"],
            "means": ["age"],
            "at_least": 5,
            "small_groups": "leave out",
            "noise": {"epsilon": 0.5, "delta": 1e-6, "budget": 2.0, "bounds": {"length": [0.0, 10.0]}},
        },
    }


@pytest.mark.parametrize(
    "option",
    ["colour=red", "area=1,x", "round=length", "at-least=few", "pseudonyms=all", "=a", "bounds=a,b", "epsilon=b"],
)
def test_refuses_pairs_that_say_nothing(option: str) -> None:
    with pytest.raises(InputError):
        read_view_options([option])


def test_refuses_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="cannot be read"):
        read_view_options([str(tmp_path / "none.json")])
