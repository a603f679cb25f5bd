"""`virtuales ask`: one query to all producers, by way of the organisation's own node."""

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from virtuales.alignment.rewriting.strictness import Strictness
from virtuales.cli.client.connection import connect_if_known
from virtuales.cli.client.options import PROFILE, ProfileName
from virtuales.cli.client.plain import plain
from virtuales.cli.client.producers import Missing, Producers, ask_producers
from virtuales.cli.client.progress import waiting
from virtuales.cli.federated import Telling, is_svg, write_file
from virtuales.cli.queries import find_query, values_of
from virtuales.cli.query import ACCEPT, Format, print_answer
from virtuales.errors import InputError, UnreadableInput
from virtuales.federation.links import Links
from virtuales.query.saved_reading import QUERY_SUFFIX
from virtuales.workflow.asked_vocabulary import Vocabulary
from virtuales.workflow.saved_queries import ABOUT


def ask(
    question: Annotated[
        str,
        typer.Argument(help="The query: a file `NAME.rq`, the name of a saved query about data, or the text itself."),
    ],
    *,
    given: Annotated[
        list[str] | None, typer.Option("--set", help="A saved query's parameter, as `NAME=VALUE`; can be repeated.")
    ] = None,
    version: Annotated[
        list[str] | None, typer.Option(help="IRI of a dataset version, or of a dataset, to ask; can be repeated.")
    ] = None,
    words: Annotated[str, typer.Option(help="Words that the datasets must have, as in `virtuales find`.")] = "",
    publisher: Annotated[str | None, typer.Option(help="IRI of the organisation that publishes the datasets.")] = None,
    conforms_to: Annotated[
        str | None, typer.Option(help="IRI of a profile or model that the datasets conform to.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="The model that the query is in: data in others are asked through the mappings. By default that of a"
            " saved query."
        ),
    ] = None,
    strictness: Annotated[
        Strictness | None, typer.Option(help="Which other terms may stand for the query's; by default `exact`.")
    ] = None,
    every_term: Annotated[
        bool, typer.Option("--every-term", help="Refuse a query with a term that a source's mappings do not carry.")
    ] = False,
    links: Annotated[
        list[str] | None,
        typer.Option(
            help="IRI=FILE: a dataset version, or a dataset, and links from its IRIs to the query's; can be repeated."
        ),
    ] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="Answer although a source failed, was late or cut, and say which.")
    ] = False,
    complete: Annotated[
        bool, typer.Option("--complete", help="Do not answer without datasets that you may not use either.")
    ] = False,
    node: Annotated[
        str | None, typer.Option(help="Address of the node to ask; by default your organisation's own.")
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.TABLE,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say on standard error what was fetched from which source.")
    ] = False,
    picture: Annotated[
        Path | None, typer.Option(help="A file to draw that in: `FILE.svg`, or as a flowchart of Mermaid.")
    ] = None,
    sources: Annotated[
        Path | None, typer.Option(help="A file for what became of each source, and how to ask for access, as JSON.")
    ] = None,
    profile: ProfileName = PROFILE,
) -> None:
    """Ask all producers a SPARQL query.

    Your organisation's own node asks every dataset version that your agreements grant, your own and the open ones, each
    at its producer's node, as if all the data lay in one store. What you may not use, though it holds something that
    the query is about, is named on standard error with how to ask for access.
    """
    if partial and complete:
        raise InputError("An answer is either partial or complete.", where="--partial", remedy="Give one of them.")
    missing: Missing = "any" if partial else "none" if complete else "refused"
    text, spoken = _text(question, given or [])
    vocabulary = _vocabulary(model or spoken, strictness, every_term=every_term)
    told = _links(links or ())
    producers = Producers(version or (), words, publisher, conforms_to, missing, vocabulary=vocabulary, links=told)
    with connect_if_known(profile) as connection, waiting("Asking"):
        asked = connection.node(node)
        found = ask_producers(connection, asked, text, accept=ACCEPT[output], producers=producers)
    _tell(found.account, Telling(explain, picture, sources))
    print_answer(found.answer, output)


def _text(question: str, given: list[str]) -> tuple[str, str | None]:
    """Return the query that was named or written, and the model that it is known to be in."""
    is_file = question.endswith(QUERY_SUFFIX)
    if is_file and not given:
        try:
            return Path(question).read_text(encoding="utf-8"), None
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadableInput(f"The query cannot be read: {error}.", where=question) from error
    if not is_file and not _is_name(question):
        if given:
            raise InputError(
                "Only a saved query has parameters.", where="--set", remedy="See `virtuales queries list`."
            )
        return question, None
    query = find_query(question)
    if query.asks != "data":
        raise InputError(
            f"The query `{query.name}` is about {ABOUT[query.asks]}.",
            where="QUESTION",
            remedy=f"Use `virtuales queries run {query.name}`.",
        )
    return query.bound(values_of(given)), query.models[0] if query.models else None


def _vocabulary(model: str | None, strictness: Strictness | None, *, every_term: bool) -> Vocabulary | None:
    if model is not None:
        return Vocabulary(model, strictness or Strictness.EXACT, every_term=every_term)
    if strictness is not None or every_term:
        where = "--every-term" if every_term else "--strictness"
        remedy = "Name it with `--model`; `virtuales models list` shows the registered ones."
        raise InputError("It is not said which model the query is in.", where=where, remedy=remedy)
    return None


def _links(said: Iterable[str]) -> dict[str, Links]:
    """Read the links for each dataset or version, as they were given: `IRI=FILE`."""
    files: defaultdict[str, list[Path]] = defaultdict(list)
    for text in said:
        iri, _, file = text.partition("=")
        if not file:
            raise InputError(
                f"`{text}` names no file.", where="--links", remedy="Write `--links IRI=FILE`, the IRI of a dataset."
            )
        files[iri].append(Path(file))
    return {iri: Links.read(*each) for iri, each in files.items()}


def _is_name(question: str) -> bool:
    """Whether this is the name of a saved query, there or not: every query has spaces or braces."""
    return question.replace("-", "").isalnum()


def _tell(account: dict[str, Any], telling: Telling) -> None:
    console = Console(stderr=True)
    if telling.explain:
        console.print(Text(plain(str(account["plan"]).rstrip())), soft_wrap=True)
    if telling.picture is not None:
        write_file(telling.picture, str(account["drawing" if is_svg(telling.picture) else "picture"]))
    if telling.sources is not None:
        write_file(telling.sources, json.dumps(account, indent=2) + "\n")
    for one in account["sources"]:
        name = one["title"] or one["node"]
        for term in one["terms"]:
            if term["outcome"] == "not carried":
                said = f"{name}: <{term['term']}> {term['reason']}"
                console.print(Text.assemble(("not carried: ", "bold yellow"), plain(said)), soft_wrap=True)
        if one["state"] not in {"answered", "not needed"}:
            said = f"{name} ({one['state']}): {' '.join(one['reasons'])} {one['remedy'] or ''}"
            console.print(Text.assemble(("missing: ", "bold yellow"), plain(said.strip())), soft_wrap=True)
