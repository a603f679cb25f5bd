"""The benchmark of validation: it refuses to pass where engines disagree, and says which engine cannot be had."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHAPES = """
@prefix : <http://a.example/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
:S a sh:NodeShape ; sh:targetClass :K ; sh:property :Name, :Order .
:Name a sh:PropertyShape ; sh:path :name ; sh:minCount 1 .
:Order a sh:PropertyShape ; sh:path :first ; sh:lessThanOrEquals :last .
"""
AGREED = """
<http://a.example/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://a.example/K> .
<http://a.example/b> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://a.example/K> .
<http://a.example/b> <http://a.example/name> "b" .
"""
DISPUTED = """
<http://a.example/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://a.example/K> .
<http://a.example/a> <http://a.example/name> "a" .
<http://a.example/a> <http://a.example/first> <http://a.example/x> .
<http://a.example/a> <http://a.example/last> <http://a.example/x> .
"""
EXPLAINED = """
[[difference]]
peer = "pyshacl"
page = "IRIs in order"
right = "ours"
component = "LessThanOrEquals*"
finds = "fewer"
"""


def bench(place: Path, data: str, *options: str, explained: str = "") -> subprocess.CompletedProcess[str]:
    files = {"data": ("data.nt", data), "shapes": ("shapes.ttl", SHAPES), "explained": ("known.toml", explained)}
    command = [sys.executable, str(ROOT / "bench" / "bench_assurance.py"), "--here"]
    for option, (name, text) in files.items():
        (place / name).write_text(text, encoding="utf-8")
        command += [f"--{option}", str(place / name)]
    return subprocess.run([*command, *options], capture_output=True, text=True, timeout=120, check=False)


def test_refuses_to_pass_where_engines_find_different_numbers(tmp_path: Path) -> None:
    done = bench(tmp_path, DISPUTED, "--peers", "shacl,pyshacl")
    assert done.returncode == 1
    assert (
        "DIFFERS http://a.example/Order LessThanOrEqualsConstraintComponent: 1 by ours, 0 by the other" in done.stdout
    )
    assert done.stderr.strip() == "pyshacl on given: 1 differences are not explained"


def test_refuses_an_explanation_that_does_not_fit(tmp_path: Path) -> None:
    wrong = EXPLAINED.replace("fewer", "more")
    assert bench(tmp_path, DISPUTED, "--peers", "pyshacl", explained=wrong).returncode == 1


def test_passes_where_the_difference_is_explained_and_says_who_is_right(tmp_path: Path) -> None:
    done = bench(tmp_path, DISPUTED, "--peers", "pyshacl", explained=EXPLAINED)
    assert done.returncode == 0, done.stderr
    assert "1 differences explained by `IRIs in order`; right: ours" in done.stdout


def test_prints_time_memory_and_counts_of_every_engine(tmp_path: Path) -> None:
    done = bench(tmp_path, AGREED, "--peers", "shacl,pyshacl")
    assert done.returncode == 0, done.stderr
    said = dict(line.removeprefix("RESULT assurance.given.").rsplit(maxsplit=2)[:2] for line in results(done.stdout))
    for engine in ("virtuales", "shacl", "pyshacl"):
        assert said[f"{engine}.results"] == "1"
        assert float(said[f"{engine}.cpu"]) >= float(said[f"{engine}.work"])
        assert float(said[f"{engine}.memory"]) > 5
    assert float(said["pyshacl.times"]) > 0


def results(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("RESULT ")]


def test_says_of_an_engine_that_cannot_be_had_that_it_cannot(tmp_path: Path) -> None:
    done = bench(tmp_path, AGREED, "--peers", "maplib")
    (line,) = (one for one in results(done.stdout) if ".maplib" in one)
    assert line.startswith("RESULT assurance.given.maplib unavailable ModuleNotFoundError")


def test_says_of_an_engine_that_takes_too_long_when_it_was_stopped(tmp_path: Path) -> None:
    many = "".join(
        f"<http://a.example/{one}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://a.example/K> .\n"
        for one in range(60_000)
    )
    done = bench(tmp_path, many, "--peers", "pyshacl", "--patience", "2")
    assert "RESULT assurance.given.pyshacl over 2 s" in done.stdout


def test_refuses_the_name_of_an_engine_that_is_none(tmp_path: Path) -> None:
    done = bench(tmp_path, AGREED, "--peers", "nobody")
    assert done.returncode == 1
    assert "Nothing is called `nobody`" in done.stderr
