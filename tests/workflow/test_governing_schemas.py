"""Governing schemas at the orchestrator: refusals, moves by the clock, what a release brings, and a rebuilt store."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.books import NOON
from tests.workflow.registry_node import OPERATOR, orchestrator

from virtuales.assurance.in_force import choose
from virtuales.assurance.schema import SchemaKind, SchemaMove, SchemaStatus
from virtuales.clock import ManualClock
from virtuales.errors import AccessDenied, Conflict, InputError, NotFound, TooLarge, UnreadableInput, VirtualesError
from virtuales.rdf.namespaces import DCAT, PROF, VES
from virtuales.workflow.govern_schemas import Proposal, decide, register, require_from
from virtuales.workflow.seed_schemas import seed
from virtuales.workflow.workspace import Workspace

PROFILE, OTHER = "http://example.org/ns/Grid/1.0", "http://example.org/ns/Load/1.0"
DAY = timedelta(days=1)
SHAPES = b"""@prefix sh: <http://www.w3.org/ns/shacl#> .
<http://rules.example/a> a sh:NodeShape ; sh:targetClass <http://example.org/ns#A> ;
  sh:property <http://rules.example/a-name> .
<http://rules.example/a-name> sh:path <http://example.org/ns#name> ; sh:minCount 1 .
"""
PROPOSAL = Proposal(
    identifier="grid/rules",
    version="1",
    title="Rules",
    profiles=(PROFILE,),
    licence="https://creativecommons.org/licenses/by/4.0/",
    source="Written by the tests.",
    content=SHAPES,
)
MANIFEST = """@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix ves: <https://w3id.org/virtuales/ns#> .
"""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def node(tmp_path: Path, clock: ManualClock) -> Workspace:
    return orchestrator(tmp_path / "node", clock)


def approve(node: Workspace, proposal: Proposal) -> str:
    """Register and approve a version; returns its IRI."""
    made = register(node, OPERATOR, proposal).version
    return decide(node, OPERATOR, made.identifier, made.version, move=SchemaMove.APPROVE, reason="Good.").iri


def in_force(node: Workspace) -> list[list[str]]:
    lines = choose(node.schemas.all(), (PROFILE,), node.clock.now()).lines
    return [[one.version for one in line] for line in lines]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"identifier": "a b"}, InputError),
        ({"version": ""}, InputError),
        ({"title": "  "}, InputError),
        ({"licence": ""}, InputError),
        ({"source": "http://not an iri"}, InputError),
        ({"profiles": ()}, InputError),
        ({"profiles": ("Grid",)}, InputError),
        ({"replaces": ("http://elsewhere.example/x",)}, InputError),
        ({"required_from": datetime(2027, 1, 1)}, InputError),  # noqa: DTZ001 - a date without a time zone is refused
        ({"content": b"no turtle"}, UnreadableInput),
        ({"content": b""}, InputError),
        ({"content": SHAPES.replace(b"sh:minCount 1", b'sh:minCount "many"')}, InputError),
        ({"content": SHAPES.replace(b"sh:targetClass", b"sh:class")}, InputError),
        ({"content": SHAPES + b"#" * (1 << 20)}, TooLarge),
    ],
)
def test_refuses_a_proposal_that_could_not_judge(
    node: Workspace, change: dict[str, object], error: type[VirtualesError]
) -> None:
    with pytest.raises(error):
        register(node, OPERATOR, replace(PROPOSAL, **change))  # type: ignore[arg-type]  # fields by name
    assert node.schemas.all() == []


def test_refuses_whoever_lacks_the_scope(node: Workspace) -> None:
    analyst = replace(OPERATOR, scopes=frozenset({"catalogue:read", "participants:decide"}))
    with pytest.raises(AccessDenied, match="does not allow"):
        register(node, analyst, PROPOSAL)
    with pytest.raises(NotFound, match="at the orchestrator"):
        register(replace(node, orchestrator="http://other.example"), OPERATOR, PROPOSAL)


def test_refuses_to_change_a_registered_version(node: Workspace) -> None:
    register(node, OPERATOR, PROPOSAL)
    with pytest.raises(Conflict, match="registered already"):
        register(node, OPERATOR, replace(PROPOSAL, content=SHAPES + b"# other"))


def test_refuses_to_replace_what_judges_profiles_left_without(node: Workspace) -> None:
    old = approve(node, replace(PROPOSAL, profiles=(PROFILE, OTHER)))
    with pytest.raises(InputError, match="without judging all") as caught:
        register(node, OPERATOR, replace(PROPOSAL, version="2", replaces=(old,)))
    assert OTHER in str(caught.value.remedy)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 3000, chr(0xD800)])
def test_refuses_a_decision_without_a_reason(node: Workspace, reason: str) -> None:
    register(node, OPERATOR, PROPOSAL)
    with pytest.raises(InputError, match="reason"):
        decide(node, OPERATOR, "grid/rules", "1", move=SchemaMove.APPROVE, reason=reason)
    with pytest.raises(InputError, match="reason"):
        require_from(node, OPERATOR, "grid/rules", "1", date=NOON, reason=reason)


def test_refuses_a_date_for_what_is_no_longer_to_come(node: Workspace) -> None:
    approve(node, PROPOSAL)
    decide(node, OPERATOR, "grid/rules", "1", move=SchemaMove.DEPRECATE, reason="Old.")
    with pytest.raises(Conflict, match="cannot be required"):
        require_from(node, OPERATOR, "grid/rules", "1", date=NOON, reason="Now.")


def test_a_version_comes_into_force_and_goes_with_the_clock_and_decisions(node: Workspace, clock: ManualClock) -> None:
    old = approve(node, PROPOSAL)
    register(node, OPERATOR, replace(PROPOSAL, version="2", replaces=(old,), required_from=NOON + DAY))
    assert in_force(node) == [["1"]]
    decide(node, OPERATOR, "grid/rules", "2", move=SchemaMove.APPROVE, reason="Better.")
    assert in_force(node) == [["2", "1"]]
    clock.advance(DAY)
    assert in_force(node) == [["2"]]
    require_from(node, OPERATOR, "grid/rules", "2", date=NOON + 2 * DAY, reason="Give them time.")
    assert in_force(node) == [["2", "1"]]
    decide(node, OPERATOR, "grid/rules", "1", move=SchemaMove.WITHDRAW, reason="Wrong.")
    assert in_force(node) == [["2"]]


def test_a_rebuilt_store_says_the_same_and_nothing_is_lost(node: Workspace) -> None:
    approve(node, PROPOSAL)
    require_from(node, OPERATOR, "grid/rules", "1", date=NOON + DAY, reason="Later.")
    before = node.schemas.all()
    assert [(one.status, len(one.decisions)) for one in before] == [(SchemaStatus.APPROVED, 1)]
    node.ledger.rebuild()
    assert node.schemas.all() == before
    assert node.library.contents.read(before[0]) == SHAPES


def release(place: Path, content: bytes) -> tuple[Path, Path]:
    """Write a release's folders: one model with a profile, one shapes graph."""
    shapes, models = place / "shapes", place / "ontology"
    for folder in (shapes, models):
        folder.mkdir(exist_ok=True)
    about = f'dcterms:source "Tests." ; dcterms:license <http://l.example/> ; dcterms:conformsTo <{PROFILE}>'
    (shapes / "grid.ttl").write_bytes(content)
    (shapes / "manifest.ttl").write_text(
        f'{MANIFEST}<urn:shapes:grid> a ves:ShapesGraph ; dcterms:identifier "grid/EQ" ; ves:file "grid.ttl" ;\n'
        f'  owl:versionInfo "1.0" ; {about} .\n'
    )
    (models / "grid.ttl").write_bytes(b"")
    (models / "manifest.ttl").write_text(
        f'{MANIFEST}<urn:model:grid> a ves:Model ; dcterms:identifier "grid" ; ves:file "grid.ttl" ; {about} .\n'
    )
    return shapes, models


def test_a_release_is_registered_once_and_a_changed_file_becomes_a_new_version(
    node: Workspace, clock: ManualClock, tmp_path: Path
) -> None:
    shapes, models = release(tmp_path, SHAPES)
    assert seed(node, shapes=shapes, models=models) == 3
    assert {(one.identifier, one.version, one.kind) for one in node.schemas.all()} == {
        ("grid", "1", SchemaKind.MODEL),
        ("grid/profile/Grid", "1.0", SchemaKind.PROFILE),
        ("grid/EQ", "1.0", SchemaKind.SHAPES),
    }
    assert {one.status for one in node.schemas.all()} == {SchemaStatus.APPROVED}
    assert node.store.ask(
        f"ASK {{ ?profile a {PROF.Profile} ; {PROF.isProfileOf}/{DCAT.hasVersion} ?model ; "
        f"{PROF.hasResource} ?shapes . ?model a {VES.Model} . ?shapes a {VES.ShapesGraph} }}",
        graphs=[node.schemas.graph],
    )
    assert seed(node, shapes=shapes, models=models) == 0
    first = node.schemas.get("grid/EQ", "1.0")

    clock.advance(DAY)
    release(tmp_path, SHAPES + b"# mended\n")
    assert seed(node, shapes=shapes, models=models) == 1
    (revised,) = choose(node.schemas.all(), (PROFILE,), clock.now()).lines[0]
    assert revised.version.startswith("1.0+")
    assert revised.replaces == {first.iri}
    assert node.library.contents.read(first) == SHAPES, "what was registered stays as it was"
    assert seed(node, shapes=shapes, models=models) == 0


def test_a_release_that_takes_a_change_back_brings_a_version_again_and_leaves_the_staffs_own_alone(
    node: Workspace, tmp_path: Path
) -> None:
    shapes, models = release(tmp_path, SHAPES)
    seed(node, shapes=shapes, models=models)
    own = replace(PROPOSAL, identifier="grid/EQ", version="2", content=SHAPES + b"# by the staff\n")
    approve(node, own)
    for content in (SHAPES + b"# mended\n", SHAPES, SHAPES + b"# mended\n"):
        release(tmp_path, content)
        assert seed(node, shapes=shapes, models=models) == 1
        assert seed(node, shapes=shapes, models=models) == 0
        lines = choose(node.schemas.all(), (PROFILE,), node.clock.now()).lines
        contents = {node.library.contents.read(one) for line in lines for one in line}
        assert contents == {content, own.content}
