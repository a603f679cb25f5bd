"""Models registered at run time: refusals, their profiles and shapes, decisions that hold for profiles, their use."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.books import NOON
from tests.models.small_profiles import equipment
from tests.workflow.registry_node import OPERATOR, orchestrator

from virtuales.assurance.in_force import choose
from virtuales.assurance.schema import SchemaKind, SchemaMove, SchemaStatus
from virtuales.clock import ManualClock
from virtuales.errors import AccessDenied, Conflict, InputError, TooLarge, UnknownTerm, UnreadableInput, VirtualesError
from virtuales.models.importing import Publication, read_files
from virtuales.models.ontology_file import write_model
from virtuales.rdf.namespaces import PROF
from virtuales.workflow.govern_models import register_model
from virtuales.workflow.govern_schemas import Proposal, decide, require_from
from virtuales.workflow.workspace import Workspace

EQ = "http://profile/EQ/1"
SCHEME = b"""@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<http://e.x/kinds> a skos:ConceptScheme ; skos:prefLabel "Kinds"@en .
<http://e.x/kinds#wind> a skos:Concept ; skos:inScheme <http://e.x/kinds> ; skos:prefLabel "Wind"@en .
"""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def node(tmp_path: Path, clock: ManualClock) -> Workspace:
    return orchestrator(tmp_path / "node", clock)


@pytest.fixture
def facts(tmp_path: Path) -> bytes:
    """A small equipment profile, as its facts."""
    return write_model(read_files([equipment(tmp_path)], "small", Publication("Small"))).encode()


@pytest.fixture
def proposal(facts: bytes) -> Proposal:
    return Proposal("small", "1.0", "Small model", (), "CC-BY-4.0", "Written by the tests.", facts)


def move(node: Workspace, identifier: str, version: str, what: SchemaMove) -> None:
    decide(node, OPERATOR, identifier, version, move=what, reason="The tests say so.")


def status(node: Workspace) -> dict[str, str]:
    return {one.name: one.status.value for one in node.schemas.all()}


def in_use(node: Workspace) -> set[str]:
    assert node.take_models() == []
    return {one.reference for one in node.models.versions() if one.in_use}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"identifier": "our/model"}, InputError),
        ({"identifier": "Small"}, InputError),
        ({"version": "a b"}, InputError),
        ({"title": ""}, InputError),
        ({"profiles": ("http://profile/SSH/1",)}, InputError),
        ({"replaces": ("http://elsewhere.example/x",)}, InputError),
        ({"content": b"no turtle"}, UnreadableInput),
        ({"content": b""}, InputError),
        ({"content": b"<urn:a> <urn:b> <urn:c> ."}, InputError),
        ({"content": b"#" * (1 << 21)}, TooLarge),
    ],
)
def test_refuses_what_is_no_model(
    node: Workspace, proposal: Proposal, change: dict[str, object], error: type[VirtualesError]
) -> None:
    with pytest.raises(error):
        register_model(node, OPERATOR, replace(proposal, **change), with_shapes=False)  # type: ignore[arg-type]  # by name
    assert node.schemas.all() == []


def test_refuses_whoever_lacks_the_scope(node: Workspace, proposal: Proposal) -> None:
    with pytest.raises(AccessDenied):
        register_model(node, replace(OPERATOR, scopes=frozenset()), proposal, with_shapes=False)


def test_refuses_a_version_twice_and_a_profile_of_another_model(node: Workspace, proposal: Proposal) -> None:
    register_model(node, OPERATOR, proposal, with_shapes=False)
    with pytest.raises(Conflict, match="registered already"):
        register_model(node, OPERATOR, proposal, with_shapes=False)
    move(node, "small", "1.0", SchemaMove.APPROVE)
    with pytest.raises(Conflict, match="is one of `small`"):
        register_model(node, OPERATOR, replace(proposal, identifier="other"), with_shapes=False)


def test_refuses_to_make_shapes_of_what_has_no_profile(node: Workspace, proposal: Proposal) -> None:
    scheme = replace(proposal, identifier="kinds", content=SCHEME)
    with pytest.raises(InputError, match="No shapes"):
        register_model(node, OPERATOR, scheme, with_shapes=True)
    assert node.schemas.all() == []
    assert register_model(node, OPERATOR, scheme, with_shapes=False).further == ()


def test_registers_profiles_and_shapes_as_drafts_and_links_them(node: Workspace, proposal: Proposal) -> None:
    made = register_model(node, OPERATOR, proposal, with_shapes=True)
    assert made.version.profiles == {EQ}
    assert status(node) == {
        "small 1.0": "draft",
        "small/profile/EQ 1": "draft",
        "small/EQ 1.0": "draft",
        "small/terms 1.0": "draft",
    }
    found = {one.identifier: one for one in node.schemas.all()}
    links = f"SELECT ?o WHERE {{ <{found['small/profile/EQ'].iri}> {PROF.hasResource}|{PROF.isProfileOf} ?o }}"
    linked = {str(row["o"]) for row in node.store.select(links, graphs=[node.schemas.graph])}
    assert linked == {
        f"<{found['small/EQ'].iri}>",
        f"<{found['small/terms'].iri}>",
        f"<{node.addresses.thing('schema', 'small').value}>",
    }
    with pytest.raises(UnknownTerm):
        node.models.vocabulary_for_profiles([EQ])


def test_uses_a_model_from_its_approval_until_its_withdrawal(node: Workspace, proposal: Proposal) -> None:
    register_model(node, OPERATOR, proposal, with_shapes=True)
    assert in_use(node) == set()
    move(node, "small", "1.0", SchemaMove.APPROVE)
    assert status(node)["small/profile/EQ 1"] == "approved", "a model's decision holds for its profiles"
    assert status(node)["small/EQ 1.0"] == "draft", "shapes are approved by themselves"
    assert in_use(node) == {"small@1.0"}
    assert node.models.vocabulary_for_profiles([EQ]).name == "small"
    revision = node.models.revision
    assert in_use(node) == {"small@1.0"}
    assert node.models.revision == revision, "what stands already is not added again"
    for name in ("small/EQ", "small/terms"):
        move(node, name, "1.0", SchemaMove.APPROVE)
    assert len(choose(node.schemas.all(), [EQ], NOON).lines) == 2
    move(node, "small", "1.0", SchemaMove.WITHDRAW)
    assert in_use(node) == set()
    with pytest.raises(Conflict, match="withdrawn"):
        choose(node.schemas.all(), [EQ], NOON)


def test_a_newer_version_takes_over_and_shares_the_profile(
    node: Workspace, proposal: Proposal, clock: ManualClock
) -> None:
    first = register_model(node, OPERATOR, proposal, with_shapes=True).version
    for name in ("small", "small/EQ", "small/terms"):
        move(node, name, "1.0", SchemaMove.APPROVE)
    clock.advance(timedelta(days=1))
    later = NOON + timedelta(days=9)
    second = replace(proposal, version="2.0", replaces=(first.iri,), required_from=later)
    made = register_model(node, OPERATOR, second, with_shapes=True)
    assert {one.identifier for one in made.further} == {"small/EQ", "small/terms"}, "the profile is there already"
    assert all(len(one.replaces) == 1 for one in made.further)
    for name in ("small", "small/EQ", "small/terms"):
        move(node, name, "2.0", SchemaMove.APPROVE)
    assert in_use(node) == {"small@1.0"}, "its date is to come"
    assert [len(line) for line in choose(node.schemas.all(), [EQ], clock.now()).lines] == [2, 2]
    clock.advance(timedelta(days=9))
    assert in_use(node) == {"small@2.0"}
    assert [[one.version for one in line] for line in choose(node.schemas.all(), [EQ], clock.now()).lines] == [
        ["2.0"],
        ["2.0"],
    ]
    move(node, "small", "1.0", SchemaMove.WITHDRAW)
    assert status(node)["small/profile/EQ 1"] == "approved", "the newer version has the profile too"
    require_from(node, OPERATOR, "small", "2.0", date=None, reason="The tests say so.")
    assert in_use(node) == {"small@2.0"}


def test_says_which_model_cannot_be_had_and_goes_on(node: Workspace, proposal: Proposal) -> None:
    scheme = replace(proposal, identifier="kinds", content=SCHEME)
    for each in (scheme, proposal):
        made = register_model(node, OPERATOR, each, with_shapes=False).version
        move(node, made.identifier, made.version, SchemaMove.APPROVE)
    lost = next(one for one in node.schemas.all() if one.identifier == "kinds")
    assert lost.content
    assert lost.kind is SchemaKind.MODEL
    assert lost.status is SchemaStatus.APPROVED
    with node.objects.local_copy(lost.content.digest) as path:
        path.chmod(0o600)
        path.write_bytes(b"forged")
    (failure,) = node.take_models()
    assert "not what was registered" in failure.what
    assert [one.reference for one in node.models.versions()] == ["small@1.0"]
    with node.objects.local_copy(lost.content.digest) as path:
        path.write_bytes(SCHEME)
    assert in_use(node) == {"small@1.0", "kinds@1.0"}


def test_reads_an_ontology_as_it_is_published(node: Workspace, proposal: Proposal) -> None:
    ontology = b"""@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<http://e.x/grid> a owl:Ontology . <http://e.x/grid#Site> a owl:Class ; rdfs:label "Site" .
"""
    made = register_model(node, OPERATOR, replace(proposal, identifier="grid", content=ontology), with_shapes=False)
    assert made.version.profiles == frozenset()
    move(node, "grid", "1.0", SchemaMove.APPROVE)
    assert in_use(node) == {"grid@1.0"}
    assert set(node.models.model("grid").classes) == {"http://e.x/grid#Site"}
