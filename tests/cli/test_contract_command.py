"""`virtuales contract`: verified and read on a machine without any node."""

import json
from pathlib import Path

import pytest
from tests.cli.terminal import Terminal
from tests.contract.test_verification import DOCUMENTS, KEYS, contract

from virtuales.contract.notices import NoticeKind, draft_notice, sign_notice
from virtuales.rdf.terms import NamedNode

MULTIKEYS = [key.public.multikey for key in KEYS.values()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "contract.json"
    path.write_text(contract(*KEYS).text(), encoding="utf-8")
    return path


@pytest.fixture
def documents(tmp_path: Path) -> list[Path]:
    """The did:web documents of both parties."""
    paths = [tmp_path / f"{number}.json" for number in range(len(DOCUMENTS))]
    for path, document in zip(paths, DOCUMENTS.values(), strict=True):
        path.write_text(json.dumps(document), encoding="utf-8")
    return paths


def test_verifies_with_the_parties_documents_or_keys(terminal: Terminal, file: Path, documents: list[Path]) -> None:
    first, second = documents
    said = terminal.ok("contract", "verify", file, "--did-document", first, "--did-document", second)
    assert "Two parties signed this contract" in said
    assert "did:web:p.example#" in said
    kept = file.with_name("key.txt")
    kept.write_text(MULTIKEYS[1] + "\n", encoding="utf-8")
    found = terminal.json("contract", "verify", file, "--key", MULTIKEYS[0], "--key", kept)
    assert [one["key"] for one in found["signatures"]] == MULTIKEYS


def test_ends_with_one_when_a_signature_is_wrong(terminal: Terminal, file: Path, documents: list[Path]) -> None:
    assert terminal("contract", "verify", file, "--did-document", documents[0]).code == 1
    assert terminal("contract", "verify", file, "--key", MULTIKEYS[0]).code == 1
    altered = json.loads(file.read_text(encoding="utf-8")) | {"justification": "To sell it."}
    file.write_text(json.dumps(altered), encoding="utf-8")
    said = terminal("contract", "verify", file, "--key", MULTIKEYS[0], "--key", MULTIKEYS[1])
    assert said.code == 1
    assert "does not match the document" in said.err


def test_refuses_what_cannot_be_used(terminal: Terminal, file: Path, documents: list[Path]) -> None:
    both = ("--key", MULTIKEYS[0], "--did-document", documents[0])
    for arguments in (both, ("--key", "no such file"), ("--did-document", file.with_name("absent.json"))):
        assert terminal("contract", "verify", file, *arguments).code == 2
    documents[0].write_text("[]", encoding="utf-8")
    assert terminal("contract", "verify", file, "--did-document", documents[0]).code == 2
    assert terminal("contract", "verify", documents[0]).code == 2


def test_shows_the_text_without_any_key(terminal: Terminal, file: Path) -> None:
    said = terminal.ok("contract", "text", file)
    assert said.startswith("AGREEMENT ABOUT THE USE OF DATA\n")
    assert "must not pass the data on" in said


def test_verifies_and_shows_a_notice(terminal: Terminal, file: Path) -> None:
    signed, key = contract(*KEYS), KEYS["https://p.example"]
    iri, party = NamedNode("https://p.example/id/notice/1"), signed.agreement.assigner
    draft = draft_notice(
        signed, NoticeKind.REVOCATION, iri=iri, party=party, reason="Passed on.", at=signed.validity.start
    )
    notice = sign_notice(draft, key, verification_method=f"did:web:p.example#{key.public.multikey}")
    file.write_text(notice.text(), encoding="utf-8")
    assert "One party signed this notice" in terminal.ok("contract", "verify", file, "--key", MULTIKEYS[0])
    found = terminal.json("contract", "verify", file, "--key", MULTIKEYS[0])
    assert (found["kind"], found["agreement"]) == ("RevocationNotice", signed.agreement.iri.value)
    assert terminal("contract", "verify", file, "--key", MULTIKEYS[1]).code == 1
    assert "Its reason: “Passed on.”" in terminal.ok("contract", "text", file)
    file.write_text(notice.text().replace("Passed on.", "Whatever."), encoding="utf-8")
    assert terminal("contract", "verify", file, "--key", MULTIKEYS[0]).code == 1
