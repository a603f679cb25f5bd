"""`virtuales contract`: a contract that lies at hand, verified without any node, and as a text for people."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
import typer

from virtuales.cli.client.connection import Connection
from virtuales.cli.client.contracts import find_evidence, find_notice, load_contract, vocabulary_of
from virtuales.cli.client.options import AsJson
from virtuales.cli.client.output import print_json, say
from virtuales.contract.evidence_documents import (
    EvidenceDocument,
    readable_evidence,
    require_of_agreement,
    verify_evidence,
)
from virtuales.contract.integrity import Signature
from virtuales.contract.notices import Notice, readable_notice, verify_notice
from virtuales.contract.readable_text import readable_text
from virtuales.contract.verification import require_provider_site, verify_with_keys
from virtuales.errors import InputError, IntegrityFailure, UnreadableInput
from virtuales.trust.did_documents import key_in_did_document
from virtuales.trust.keys import PublicKey, did_web_document_url

app = typer.Typer(help="Contracts at hand: verify one without any node, read it.", no_args_is_help=True)

_File = Annotated[Path, typer.Argument(help="The contract's document, or what `agreement show --json` wrote.")]
_Terms = Annotated[list[Path] | None, typer.Option(help="A profile whose terms the contract uses, in RDF; repeat it.")]
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@app.command("verify")
def verify(
    file: _File,
    key: Annotated[
        list[str] | None,
        typer.Option(help="A public key that you trust, `z6Mk…`, or a file that holds one; repeat it for the other."),
    ] = None,
    did_document: Annotated[
        list[Path] | None,
        typer.Option(help="A did:web document of a party that you trust, as a file; repeat it for the other."),
    ] = None,
    terms: _Terms = None,
    contract: Annotated[
        Path | None, typer.Option(help="With evidence: the contract that it has to belong to, which is verified too.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Verify that two parties signed a contract, or one a notice or evidence; ends with 1 when they have not.

    Neither a node nor the orchestrator is needed. Keys that are given, or those of did:web documents that are given,
    are the only ones that count. Without any, the did:web documents that the signatures name are fetched.
    """
    if key and did_document:
        raise InputError("Keys and documents are both given.", where="--key", remedy="Give the one or the other.")
    key_of = _among([_key(one) for one in key]) if key else _published(did_document)
    notice = find_notice(file)
    if notice:
        _say_notice(notice, verify_notice(notice, key_of), as_json=as_json)
        return
    vocabulary = vocabulary_of(terms or [])
    evidence = find_evidence(file)
    if evidence:
        by = verify_evidence(evidence, key_of)
        if contract:
            of = load_contract(contract, vocabulary)
            require_of_agreement(evidence, of, by=by, signatures=verify_with_keys(of, key_of))
        _say_evidence(evidence, by, contract, as_json=as_json)
        return
    signed = load_contract(file, vocabulary)
    signatures = verify_with_keys(signed, key_of)
    if not key:
        require_provider_site(signed, signatures)
    if as_json:
        print_json(
            {
                "agreement": signed.agreement.iri.value,
                "provider": signed.agreement.assigner.value,
                "consumer": signed.request.assignee.value,
                "signatures": [
                    {"verification_method": one.verification_method, "key": one.key.multikey, "created": one.created}
                    for one in signatures
                ],
            }
        )
        return
    for one in signatures:
        say(f"signed {one.created} with {one.verification_method}")
    say("Two parties signed this contract, and nothing in it was changed since.", style="green")
    say("Whether it was ended since, its parties know, and the notice tells that one of them has signed.")


@app.command("text")
def text(file: _File, terms: _Terms = None) -> None:
    """Show a contract or a notice as a text for people, made of its document alone; it does not verify signatures."""
    notice, evidence = find_notice(file), find_evidence(file)
    if notice:
        said = readable_notice(notice)
    elif evidence:
        said = readable_evidence(evidence)
    else:
        said = readable_text(load_contract(file, vocabulary_of(terms or [])))
    typer.echo(said, nl=False)


def _say_evidence(shown: EvidenceDocument, by: Signature, contract: Path | None, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "evidence": shown.evidence.iri.value,
                "agreement": shown.agreement.value,
                "rule": shown.evidence.rule.value,
                "party": shown.party.value,
                "belongs_to_contract": True if contract else None,
                "signatures": [
                    {"verification_method": by.verification_method, "key": by.key.multikey, "created": by.created}
                ],
            }
        )
        return
    say(f"signed {by.created} with {by.verification_method}")
    say("One party signed this evidence, and nothing in it was changed since.", style="green")
    if contract:
        say("It is for a duty of the contract, by the consumer who signed that.", style="green")
    else:
        say(f"Give the contract <{shown.agreement.value}> with --contract to know whether it belongs to it.")


def _say_notice(notice: Notice, signature: Signature, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "notice": notice.iri.value,
                "kind": notice.kind.value,
                "agreement": notice.agreement.value,
                "party": notice.party.value,
                "signatures": [
                    {
                        "verification_method": signature.verification_method,
                        "key": signature.key.multikey,
                        "created": signature.created,
                    }
                ],
            }
        )
        return
    say(f"signed {signature.created} with {signature.verification_method}")
    say("One party signed this notice, and nothing in it was changed since.", style="green")
    say(
        f"Compare the key with those of the agreement <{notice.agreement.value}>: it is that of <{notice.party.value}>."
    )


def _among(keys: list[PublicKey]) -> Callable[[str], PublicKey]:
    """Return how to find a given key: by the name that a signature gives it."""
    by_name = {one.multikey: one for one in keys}

    def key_of(method: str) -> PublicKey:
        found = by_name.get(method.rpartition("#")[2])
        if found is None:
            raise IntegrityFailure("The contract is signed with a key that you did not give.", where=method)
        return found

    return key_of


def _published(files: list[Path] | None) -> Callable[[str], PublicKey]:
    """Return how to find a published key: in the documents given, or at the sites that the signatures name."""
    given = {str(document.get("id")): document for document in map(_document, files or [])}

    def key_of(method: str) -> PublicKey:
        did = method.partition("#")[0]
        if files and did not in given:
            raise IntegrityFailure("The contract is signed by somebody whose document you did not give.", where=method)
        return key_in_did_document(given[did] if files else _fetched(did), method)

    return key_of


def _key(said: str) -> PublicKey:
    if said.startswith("z"):
        return PublicKey.from_multikey(said)
    try:
        return PublicKey.from_multikey(Path(said).read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInput(
            f"`{said[:80]}` is neither a key nor a file with one.", where="--key", remedy="A key starts with `z6Mk`."
        ) from error


def _document(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableInput(f"The did:web document cannot be read: {error}.", where=str(file)) from error
    if not isinstance(found, dict):
        raise UnreadableInput("The did:web document is no JSON object.", where=str(file))
    return found


def _fetched(did: str) -> dict[str, Any]:
    url = urlsplit(did_web_document_url(did))
    scheme = "http" if url.hostname in _LOOPBACK else "https"
    with httpx.Client() as http:
        found = Connection(None, http).get(f"{scheme}://{url.netloc}", url.path)
    if not isinstance(found, dict):
        raise UnreadableInput("The did:web document is no JSON object.", where=did)
    return found
