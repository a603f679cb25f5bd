"""`virtuales agreement`: what your organisation granted and was granted, its signatures, and its end."""

import json
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from virtuales.cli import amendment, obligations
from virtuales.cli.client.connection import Connection, connect, path_of
from virtuales.cli.client.contracts import load_contract
from virtuales.cli.client.options import PROFILE, AsJson, Because, ProfileName
from virtuales.cli.client.output import print_json, print_record, print_rows, say
from virtuales.cli.client.profile import get_profile, node_url
from virtuales.cli.organisation import last_part
from virtuales.contract.agreement import verify_agreement
from virtuales.contract.conduct import RuleState
from virtuales.errors import Conflict, InputError, NotFound, UnreadableInput
from virtuales.rdf.terms import NamedNode
from virtuales.trust.keys import PublicKey

app = typer.Typer(
    help="Agreements: list, show, verify, record, obligations, amend, renew, terminate, revoke.", no_args_is_help=True
)

_Key = Annotated[str, typer.Argument(help="The agreement: its IRI, or the last part of it.")]


@app.command("list")
def list_agreements(profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """List the agreements in which your organisation is a party, the newest first."""
    with connect(profile) as connection:
        found = connection.get(connection.home, path_of("agreements"))
    print_json(found) if as_json else print_rows([_row(each) for each in found], nothing="There is no agreement.")


@app.command("show")
def show(
    key: _Key,
    save: Annotated[Path | None, typer.Option(help="Write the signed document to this new file.")] = None,
    save_notice: Annotated[
        Path | None, typer.Option(help="Write the signed notice that ended it to this new file.")
    ] = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Show an agreement; its document, which both sides signed, can be saved and verified without any node."""
    with connect(profile) as connection:
        found = connection.get(connection.home, path_of("agreements", last_part(key)))
    if save:
        _save(found["document"], save)
    if save_notice:
        if found["notice"] is None:
            raise NotFound("No notice ended the agreement.", where=key, remedy="Leave out `--save-notice`.")
        _save(found["notice"], save_notice)
    if as_json:
        print_json(found)
        return
    print_record(_row(found))
    if save:
        say(f"\nThe signed document is in {save}.")


@app.command("record")
def record(
    key: _Key,
    rule: Annotated[str, typer.Argument(help="IRI of a duty or prohibition of the agreement.")],
    state: Annotated[RuleState, typer.Argument(help="What became of it; `withdrawn` takes a record back.")],
    because: Because,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Record that a duty was fulfilled or a rule violated; the provider's decisions reckon with it at once."""
    with connect(profile) as connection:
        path = path_of("agreements", last_part(key), "rules")
        found = connection.post(connection.home, path, {"rule": rule, "state": state.value, "reason": because})
    print_json(found) if as_json else print_record(found)


@app.command("revoke")
def revoke(key: _Key, because: Because, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """Revoke an agreement that your organisation granted; the data is closed to the consumer at once."""
    with connect(profile) as connection:
        path = path_of("agreements", last_part(key), "revocation")
        found = connection.post(connection.home, path, {"reason": because})
    print_json(found) if as_json else print_record(_row(found))


app.command("obligations")(obligations.obligations)
app.command("evidence")(obligations.evidence)
app.command("judge")(obligations.judge)
app.command("amend")(amendment.amend)
app.command("renew")(amendment.renew)


@app.command("terminate")
def terminate(key: _Key, because: Because, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """Terminate an agreement, as either party may; your node signs the notice, and the other side is told."""
    with connect(profile) as connection:
        path = path_of("agreements", last_part(key), "termination")
        found = connection.post(connection.home, path, {"reason": because})
    print_json(found) if as_json else print_record(_row(found))


@app.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="A saved document, or what `agreement show --json` wrote.")],
    provider_key: Annotated[str | None, typer.Option(help="The provider's public key, `z6Mk…`.")] = None,
    consumer_key: Annotated[str | None, typer.Option(help="The consumer's public key, `z6Mk…`.")] = None,
    orchestrator: Annotated[
        str | None, typer.Option(help="Where the parties' nodes are looked up; by default the profile's.")
    ] = None,
    profile: ProfileName = PROFILE,
) -> None:
    """Verify that both parties signed an agreement; ends with 1 when a signature is missing or wrong.

    With both keys given, no node is asked. Otherwise the orchestrator's registry says which nodes the parties have,
    and these nodes' `did.json` which keys.
    """
    signed = load_contract(file)
    provider, consumer = signed.agreement.assigner, signed.request.assignee
    if provider_key and consumer_key:
        keys = {provider: PublicKey.from_multikey(provider_key), consumer: PublicKey.from_multikey(consumer_key)}
    else:
        keys = _fetched_keys(
            [provider, consumer],
            node_url(orchestrator, where="--orchestrator") if orchestrator else get_profile(profile).orchestrator,
        )
    for signature in verify_agreement(signed, keys):
        say(f"signed {signature.created} with {signature.verification_method}")
    say("Both parties signed this agreement, and nothing in it was changed since.", style="green")


def _fetched_keys(parties: list[NamedNode], orchestrator: str) -> dict[NamedNode, PublicKey]:
    """Return the parties' public keys from their nodes, which the orchestrator's registry names."""
    with httpx.Client() as http:
        connection = Connection(None, http)
        return {party: _fetched_key(connection, orchestrator, party.value) for party in parties}


def _fetched_key(connection: Connection, orchestrator: str, organisation: str) -> PublicKey:
    registered = connection.get(orchestrator, path_of("organisations", last_part(organisation)))
    if registered["organisation"] != organisation:
        raise InputError(
            "The party is not registered with this orchestrator.", where=organisation, remedy="Name its own."
        )
    node = node_url(registered["node"], where=organisation)
    document = connection.get(node, "/.well-known/did.json")
    try:
        return PublicKey.from_multikey(document["verificationMethod"][0]["publicKeyMultibase"])
    except (KeyError, IndexError, TypeError) as error:
        raise InputError("The node's did:web document holds no key.", where=node) from error


def _save(document: dict[str, Any], file: Path) -> None:
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    except FileExistsError as error:
        raise Conflict("There is a file of that name already.", where=str(file), remedy="Name another.") from error
    except OSError as error:
        raise UnreadableInput(f"The file cannot be written: {error.strerror}.", where=str(file)) from error


def _row(agreement: dict[str, Any]) -> dict[str, object]:
    return {
        "agreement": agreement["agreement"],
        "status": agreement["status"],
        "version": agreement["version"],
        "provider": agreement["provider"],
        "consumer": agreement["consumer"],
        "purpose": agreement["purpose"],
        "from": agreement["valid_from"],
        "until": agreement["valid_until"] or "no end",
        "ended": agreement["ended_at"],
        "why": agreement["end_reason"],
    }
