"""Proposals for a description: only what the files say, each with what it rests on."""

from virtuales.preparation.metadata_draft import DraftModel, DraftSource, Proposal, propose

XSD = "http://www.w3.org/2001/XMLSchema#"
MD = "http://iec.ch/TC57/61970-552/ModelDescription/1#"
CIM = "http://iec.ch/TC57/CIM100#"


def by_field(*proposals: Proposal) -> dict[str, object]:
    assert all(proposal.because for proposal in proposals)
    return {proposal.field: proposal.value for proposal in proposals}


def grid_model() -> DraftModel:
    lines = [
        f'<urn:uuid:1> <{MD}Model.scenarioTime> "2026-06-08T00:00:00Z"^^<{XSD}dateTime> .\n',
        f'<urn:uuid:1> <{MD}Model.created> "2026-05-01T00:00:00Z"^^<{XSD}dateTime> .\n',
        f'<urn:uuid:2> <{CIM}PositionPoint.xPosition> "-2.10" .\n',
        f'<urn:uuid:2> <{CIM}PositionPoint.yPosition> "53.25" .\n',
        f'<urn:uuid:3> <{CIM}PositionPoint.xPosition> "391234" .\n',
    ]
    return DraftModel("eq.xml", ("http://p.example/EQ",), {f"{CIM}ACLineSegment": 7, f"{MD}FullModel": 1}, lines)


def test_proposes_nothing_of_nothing() -> None:
    assert propose([], [], labels={}) == ()


def test_proposes_what_a_grid_model_says() -> None:
    proposed = by_field(
        *propose(
            [DraftSource("vale_base-model_v1.2.zip", "application/zip", 10), DraftSource("a.csv", "text/csv", 2)],
            [grid_model()],
            labels={f"{CIM}ACLineSegment": "ACLineSegment"},
            issued=["2026-01-01T00:00:00Z", "2026-01-31T00:00:00Z", "2026-03-01T00:00:00Z"],
        )
    )
    assert proposed["title"] == "Vale base model"
    assert proposed["keywords"] == ["acline segment"]
    assert proposed["temporal"] == ["2026-06-08", "2026-06-08"]
    assert proposed["spatial"] == {"west": -2.1, "south": 53.25, "east": -2.1, "north": 53.25}
    assert proposed["conforms_to"] == ["http://p.example/EQ"]
    assert str(proposed["update_frequency"]).endswith("/MONTHLY")
    assert proposed["media_types"] == ["application/zip", "text/csv"]
    assert proposed["byte_size"] == 12


def test_one_version_tells_no_frequency_and_projected_coordinates_no_area() -> None:
    model = DraftModel("a.csv", (), {}, [f'<http://e.example/1> <{CIM}PositionPoint.xPosition> "391234" .\n'])
    proposed = by_field(*propose([], [model], labels={}, issued=["2026-01-01T00:00:00Z"]))
    assert proposed == {}
