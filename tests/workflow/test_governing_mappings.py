"""Governing mappings at the orchestrator: refusals, who may do what, what counts when, and a rebuilt store."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.books import NOON
from tests.workflow.registry_node import OPERATOR, orchestrator
from tests.workflow.small_mappings import MORE, ROWS, RULE, WRONG, A, B, sent, shipped_folder, table

from virtuales.alignment.registered.in_use import MappingsInUse
from virtuales.alignment.registered.version import TRANSITIONS, MappingMove, MappingStatus, MappingVersion
from virtuales.clock import ManualClock
from virtuales.errors import AccessDenied, Conflict, InputError, NotFound, TooLarge, UnreadableInput, VirtualesError
from virtuales.trust.scopes import Scope
from virtuales.workflow.contributed_mappings import Contribution
from virtuales.workflow.govern_mappings import contribute, decide
from virtuales.workflow.known_mappings import all_versions, content_of, get_version
from virtuales.workflow.term_mappings import mappings_of
from virtuales.workflow.workspace import Workspace

REVIEWER = replace(OPERATOR, client_id="reviewer")
EDITOR = replace(
    OPERATOR,
    client_id="editor",
    scopes=frozenset({Scope.CATALOGUE_READ, Scope.MAPPINGS_CONTRIBUTE, Scope.MAPPINGS_REVIEW}),
)
ALL = (MappingMove.REVIEW, MappingMove.APPROVE, MappingMove.PUBLISH)


@pytest.fixture
def node(tmp_path: Path) -> Workspace:
    made = orchestrator(tmp_path / "node", ManualClock(NOON))
    folder = shipped_folder(tmp_path / "mappings")
    return replace(made, mappings_in_use=MappingsInUse(folder, made.mappings_in_use.contents))


def move(node: Workspace, version: MappingVersion, *moves: MappingMove) -> MappingVersion:
    """Have the staff make moves, with a comment."""
    for one in moves:
        version = decide(node, REVIEWER, version.identifier, version.version, move=one, comment="The tests say so.")
    return version


def published(node: Workspace, contribution: Contribution) -> MappingVersion:
    return move(node, contribute(node, EDITOR, contribution), *ALL)


def others(node: Workspace, term: str) -> set[str]:
    """Return what a term is mapped to."""
    return {one.other(term) for one in mappings_of(node, term)}


@pytest.mark.parametrize(
    ("contribution", "error", "words"),
    [
        (replace(sent(*MORE), identifier="a b"), InputError, "cannot stand in an address"),
        (replace(sent(*MORE), identifier="a/versions/b"), InputError, "cannot stand in an address"),
        (replace(sent(*MORE), version=""), InputError, "The version is empty"),
        (replace(sent(*MORE), source=" "), InputError, "source"),
        (replace(sent(*MORE), licence="http://not an iri"), InputError, "no IRI"),
        (replace(sent(*MORE), comment="x" * 3000), InputError, "reason"),
        (replace(sent(*MORE), file_name="more.csv"), InputError, "does not tell what the file is"),
        (replace(sent(*MORE), file_name="../more.sssom.tsv"), InputError, "no plain file name"),
        (replace(sent(*MORE), content=b"\xff\xfe"), UnreadableInput, "UTF-8"),
        (replace(sent(*MORE), content=table(*MORE, iri="")), InputError, "IRI"),
        (replace(sent(*MORE), content=table(*MORE, version="2")), InputError, "its version is 2"),
        (replace(sent(*MORE), content=table(*MORE).replace(b"#subject_source", b"#other")), InputError, "0 models"),
        (replace(sent(*MORE), content=b"#" * (1 << 21)), TooLarge, "bytes"),
        (replace(sent(*MORE), identifier="ab", version="2"), Conflict, "is the set"),
        (replace(sent(*MORE), content=table(*MORE)), Conflict, "registered as `ab`"),
        (sent(*MORE, name="ab"), Conflict, "registered already"),
        (Contribution("names.rq", b"SELECT", version="1", source="The tests."), UnreadableInput, "#+"),
        (Contribution("demand.rml.ttl", b"no Turtle", version="1", source="s"), UnreadableInput, "demand.rml.ttl"),
    ],
)
def test_refuses_what_could_not_be_registered(
    node: Workspace, contribution: Contribution, error: type[VirtualesError], words: str
) -> None:
    with pytest.raises(error) as caught:
        contribute(node, EDITOR, contribution)
    assert words in str(caught.value)
    assert "virtuales-" not in str(caught.value), "a place on the node is nobody's business"
    assert node.mapping_versions.all() == []


def test_refuses_whoever_may_not(node: Workspace) -> None:
    analyst = replace(EDITOR, scopes=frozenset({"catalogue:read"}))
    with pytest.raises(AccessDenied, match="does not allow"):
        contribute(node, analyst, sent(*MORE))
    with pytest.raises(NotFound, match="at the orchestrator"):
        contribute(replace(node, orchestrator="http://other.example"), EDITOR, sent(*MORE))
    made = contribute(node, EDITOR, sent(*MORE))
    for one in (MappingMove.APPROVE, MappingMove.PUBLISH, MappingMove.REJECT):
        with pytest.raises(AccessDenied, match="does not allow"):
            decide(node, EDITOR, made.identifier, made.version, move=one, comment="Mine.")


def test_nobody_brings_their_own_contribution_into_use_alone(node: Workspace) -> None:
    made = contribute(node, OPERATOR, sent(*MORE))
    with pytest.raises(AccessDenied, match="reviews what they contributed"):
        decide(node, OPERATOR, "more", "1.0.0", move=MappingMove.REVIEW)
    with pytest.raises(Conflict):
        decide(node, OPERATOR, "more", "1.0.0", move=MappingMove.APPROVE)
    move(node, made, MappingMove.REVIEW)
    assert decide(node, OPERATOR, "more", "1.0.0", move=MappingMove.APPROVE).status is MappingStatus.APPROVED


@pytest.mark.parametrize("wanted", [MappingMove.REJECT, MappingMove.WITHDRAW])
def test_refuses_to_reject_and_to_withdraw_without_a_reason(node: Workspace, wanted: MappingMove) -> None:
    contribute(node, EDITOR, sent(*MORE))
    with pytest.raises(InputError, match="reason"):
        decide(node, REVIEWER, "more", "1.0.0", move=wanted, comment="  ")
    assert decide(node, REVIEWER, "more", "1.0.0", move=wanted, comment="No.").deeds[-1].comment == "No."


def test_a_contributor_takes_back_only_their_own_and_only_before_it_is_in_use(node: Workspace) -> None:
    made = contribute(node, REVIEWER, sent(*MORE))
    with pytest.raises(AccessDenied, match="may not withdraw"):
        decide(node, EDITOR, made.identifier, made.version, move=MappingMove.WITHDRAW, comment="Not mine.")
    own = contribute(node, EDITOR, sent(*MORE, name="own"))
    assert decide(node, EDITOR, "own", "1.0.0", move=MappingMove.WITHDRAW, comment="A slip.").status == "withdrawn"
    own = published(node, sent(*MORE, name="own", version="2"))
    with pytest.raises(AccessDenied, match="may not withdraw"):
        decide(node, EDITOR, own.identifier, own.version, move=MappingMove.WITHDRAW, comment="Mine.")


def test_every_move_that_is_not_in_the_table_is_refused(node: Workspace) -> None:
    reached = {
        MappingStatus.CHECKED: (),
        MappingStatus.REVIEWED: ALL[:1],
        MappingStatus.APPROVED: ALL[:2],
        MappingStatus.PUBLISHED: ALL,
        MappingStatus.REJECTED: (MappingMove.REJECT,),
        MappingStatus.WITHDRAWN: (MappingMove.WITHDRAW,),
    }
    tried = 0
    for number, (status, moves) in enumerate(reached.items()):
        made = move(node, contribute(node, EDITOR, sent(*MORE, name=f"set-{number}")), *moves)
        assert made.status is status
        for wanted in MappingMove:
            if (status, wanted) not in TRANSITIONS:
                with pytest.raises(Conflict, match="does not apply"):
                    move(node, made, wanted)
                tried += 1
    assert tried == 6 * len(MappingMove) - sum(1 for status, _ in TRANSITIONS if status != "contributed")


def test_what_has_errors_is_kept_with_its_findings_and_goes_no_further(node: Workspace) -> None:
    made = contribute(node, EDITOR, sent(*WRONG))
    assert (made.status, made.deeds[1].deed) == (MappingStatus.CONTRIBUTED, "check")
    assert made.last_check is not None
    assert made.last_check.errors == 1
    findings = json.loads(node.mappings_in_use.contents.findings(made))["findings"]
    errors = [(each["rule"], each["file"], each["line"]) for each in findings if each["severity"] == "error"]
    assert errors == [("contradiction", "more.sssom.tsv", 11)]
    for wanted in ALL:
        with pytest.raises(Conflict):
            move(node, made, wanted)


def test_a_contribution_is_checked_together_with_what_is_in_use(node: Workspace) -> None:
    assert contribute(node, EDITOR, sent("a:Switch\tskos:exactMatch\t\tb:Queue")).status is MappingStatus.CHECKED
    published(node, sent("a:Switch\tskos:exactMatch\tNot\tb:Queue", name="denial"))
    with pytest.raises(Conflict, match="finds 1 errors"):
        move(node, move(node, get_version(node, "more", "1.0.0"), MappingMove.REVIEW), MappingMove.APPROVE)
    after = move(node, get_version(node, "more", "1.0.0"), MappingMove.CHECK)
    assert (after.status, after.deeds[-1].check and after.deeds[-1].check.errors) == (MappingStatus.CONTRIBUTED, 1)


def test_what_a_contribution_makes_wrong_in_other_files_speaks_against_it(node: Workspace) -> None:
    made = contribute(node, EDITOR, sent("a:Line\tskos:exactMatch\tNot\tb:Circuit", name="denial"))
    assert made.status is MappingStatus.CONTRIBUTED
    findings = json.loads(node.mappings_in_use.contents.findings(made))["findings"]
    errors = [(each["rule"], each["file"], each["line"]) for each in findings if each["severity"] == "error"]
    assert errors == [("contradiction", "ab.sssom.tsv", 10)]


def test_what_is_published_counts_at_once_and_what_is_withdrawn_no_longer(node: Workspace) -> None:
    made = move(node, contribute(node, EDITOR, sent(*MORE)), *ALL[:2])
    assert others(node, f"{A}Switch") == set()
    move(node, made, MappingMove.PUBLISH)
    assert others(node, f"{A}Switch") == {f"{B}Breaker"}
    assert others(node, f"{A}Line") == {f"{B}Circuit"}, "what ships still counts"
    assert [one.name for one in node.mappings.sides("http://a.example/", "http://b.example/")] == ["ab", "more"]
    move(node, made, MappingMove.WITHDRAW)
    assert others(node, f"{A}Switch") == set()


def test_the_next_version_replaces_the_one_in_use(node: Workspace) -> None:
    first = published(node, sent(*MORE))
    second = published(node, sent("a:Switch\tskos:exactMatch\t\tb:Isolator", version="2"))
    assert others(node, f"{A}Switch") == {f"{B}Isolator"}
    replaced = get_version(node, "more", "1.0.0")
    assert (replaced.status, replaced.deeds[-1].deed) == (MappingStatus.REPLACED, "replace")
    assert second.version in replaced.deeds[-1].comment
    assert content_of(node, replaced) == table(*MORE, iri=first.entry), "versions are kept"


def test_a_version_of_what_ships_takes_its_place_until_it_is_withdrawn(node: Workspace) -> None:
    made = published(node, sent(*MORE, name="ab", version="1.1.0"))
    assert (others(node, f"{A}Line"), others(node, f"{A}Switch")) == (set(), {f"{B}Breaker"})
    assert [(one.version, one.status) for one in all_versions(node)] == [("1.0.0", "replaced"), ("1.1.0", "published")]
    move(node, made, MappingMove.WITHDRAW)
    assert (others(node, f"{A}Line"), others(node, f"{A}Switch")) == ({f"{B}Circuit"}, set())
    assert get_version(node, "ab", "1.0.0").status is MappingStatus.PUBLISHED


def test_a_rule_is_named_by_its_models(node: Workspace) -> None:
    rule = Contribution("names.rq", RULE.encode(), version="1", licence="CC0-1.0", source="The tests.")
    made = contribute(node, EDITOR, rule)
    assert (made.identifier, made.source_model, made.target_model) == ("grid-a--grid-b/names", "grid-a", "grid-b")
    assert made.last_check is not None
    assert made.last_check.errors == 2, "neither model is registered here, and a rule has to name registered ones"


def test_the_bytes_are_given_back_as_they_were_sent(node: Workspace) -> None:
    content = table(*MORE, iri="http://sets.example/more").replace(b"\n", b"\r\n")
    made = contribute(node, EDITOR, replace(sent(*MORE), content=content))
    assert content_of(node, made) == content


def test_a_rebuilt_store_says_the_same_and_nothing_is_lost(node: Workspace) -> None:
    published(node, sent(*MORE))
    published(node, sent(*MORE, version="2"))
    contribute(node, EDITOR, sent(*WRONG, name="wrong"))
    contribute(node, EDITOR, sent(*ROWS, name="third"))
    before = node.mapping_versions.all()
    assert [one.status for one in before] == ["replaced", "published", "checked", "contributed"]
    node.ledger.rebuild()
    assert node.mapping_versions.all() == before
    again = replace(
        node, mappings_in_use=MappingsInUse(node.mappings_in_use.shipped.path, node.mappings_in_use.contents)
    )
    assert again.take_mappings() == []
    assert others(again, f"{A}Switch") == {f"{B}Breaker"}
