"""A view before it is published: its names are those of the data, it is not empty, the catalogue tells of it alone."""

import difflib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from virtuales.catalogue.records import Preparation, PreparedModel, TermUse
from virtuales.errors import InputError, UnknownTerm
from virtuales.policy.views.statement_columns import columns_of, terms_in
from virtuales.policy.views.view import View
from virtuales.policy.views.written import Kind, TermOf
from virtuales.rdf.addresses import Addresses
from virtuales.rdf.terms import NamedNode
from virtuales.workflow.view_making import MadeView
from virtuales.workflow.view_releases import release
from virtuales.workflow.view_sources import WholeVersion, maker_of, tables_alone
from virtuales.workflow.view_tables import columns
from virtuales.workflow.workspace import Workspace

_TOLD_MOST: Final = 20


def prepared_version(workspace: Workspace, prepared: Preparation, dataset: NamedNode) -> WholeVersion:
    """Return prepared data, whose graphs are filled, as what a view is made of."""
    graphs = sorted({workspace.addresses.model_graph(model.digest).value for model in prepared.models})
    tables = tables_alone(prepared.files) if not graphs else ()
    return WholeVersion(dataset, tuple(map(NamedNode, graphs)), tables, dataset.value)


def terms_used(workspace: Workspace, prepared: Preparation, whole: WholeVersion) -> TermOf:
    """Return what finds a class or property of prepared data by its IRI, its name with a prefix, or its bare name."""
    known: defaultdict[Kind, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    named: list[tuple[Kind, str]] = [(use.kind, use.iri) for use in prepared.uses]
    named += [("property", iri) for iri in columns(workspace.objects, whole.tables, whole.base)]
    for kind, iri in named:
        known[kind][_bare(iri)].append(iri)
        known[kind][iri] = [iri]

    def term_of(name: str, kind: Kind) -> NamedNode:
        names = known[kind]
        found = names.get(name) or names.get(name.partition(":")[2]) or []
        if len(found) == 1:
            return NamedNode(found[0])
        if found:
            what = f"Several of the data's terms are called `{name}`."
            raise UnknownTerm(what, where="view", remedy="Write one in full: " + ", ".join(sorted(found)) + ".")
        raise UnknownTerm(f"The data has no {kind} `{name}`.", where="view", remedy=_nearest(name, kind, names))

    return term_of


def trial(workspace: Workspace, whole: WholeVersion, view: View) -> MadeView:
    """Make a view of prepared data without keeping it.

    Numbers with noise are kept, since noise is drawn once: the catalogue tells of what consumers will be shown.

    Raises:
        InputError: it is empty, or cannot be made.
        ConfigurationError: it has noise, and what draws it is not installed.
    """
    if view.noise:
        made = MadeView(columns_of(b"".join(workspace.store.export_graph(release(workspace, whole, view)))))
    else:
        made = maker_of(workspace, whole).make(view, key=b"", name=whole.version)
    if made.is_empty:
        raise InputError(
            "The view is empty: nothing of the data is in it.",
            where="view",
            remedy="Choose other classes, properties, values or another area."
            + (" With noise, groups have to be larger." if view.noise else ""),
        )
    return made


def as_shown(prepared: Preparation, made: MadeView, addresses: Addresses) -> Preparation:
    """Return what the catalogue tells of data of which a view is offered: its terms, how much of each model it shows.

    What was measured of the data is left out, since it tells of what nobody sees.
    """
    uses = [
        TermUse(iri, "class" if is_class else "property", count)
        for (iri, is_class), count in sorted(terms_in(made.frame).items())
    ]
    uses += [TermUse(about.value, "property", count) for about, count in sorted(made.columns.items(), key=str)]
    models = tuple(_shown(model, made.chosen, addresses) for model in prepared.models)
    return replace(prepared, models=models, uses=tuple(uses), quality=())


def _shown(model: PreparedModel, chosen: Mapping[NamedNode, tuple[int, int]], addresses: Addresses) -> PreparedModel:
    triples, objects = chosen.get(addresses.model_graph(model.digest), (0, 0))
    return replace(model, triples=triples, classes={"": objects} if objects else {})


def _bare(iri: str) -> str:
    return unquote(iri.rpartition("#")[2].rpartition("/")[2])


def _nearest(name: str, kind: Kind, names: Mapping[str, list[str]]) -> str:
    bare = sorted({_bare(iri) for found in names.values() for iri in found})
    near = difflib.get_close_matches(_bare(name), bare, n=3, cutoff=0.5)
    if near:
        return "Did you mean: " + ", ".join(f"`{one}`" for one in near) + "?"
    listed = ", ".join(bare[:_TOLD_MOST]) + (" …" if len(bare) > _TOLD_MOST else "")
    return f"It has: {listed}." if bare else f"It has no {kind} at all."
