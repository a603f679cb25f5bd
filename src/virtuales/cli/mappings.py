"""`virtuales mappings`: the table of its commands; each is imported when it is called for."""

from collections.abc import Mapping
from types import MappingProxyType

import typer

from virtuales.cli.lazy import Entry, LazyGroup

_SETS, _EDIT, _NODE = "Sets", "Write and check mappings", "A node's registry"

COMMANDS: Mapping[str, Entry] = MappingProxyType(
    {
        "list": Entry("mapping_sets:list_sets", "List the registered mapping sets.", _SETS),
        "show": Entry("mapping_sets:show_set", "Show what a mapping set says of itself, or of a term.", _SETS),
        "convert": Entry("mapping_sets:convert", "Write a mapping set in another form.", _SETS),
        "chain": Entry("mapping_sets:chain", "Write what follows from mapping sets together.", _SETS),
        "check": Entry(
            "mappings_check:check_mappings",
            "Check contributed mappings: format, terms, kinds, values, units, and what they say together.",
            _EDIT,
        ),
        "suggest": Entry(
            "mappings_suggest:suggest_mappings", "Suggest which terms of two models mean the same.", _EDIT
        ),
        "review": Entry("mappings_review:review_suggestions", "Review suggestions.", _EDIT),
        "impact": Entry("mappings_impact:impact", "Compare the mappings with a file and without it.", _EDIT),
        "coverage": Entry(
            "mapping_coverage:coverage_of_models", "Count, profile by profile, which terms are mapped.", _EDIT
        ),
        "rewrite": Entry(
            "mapping_rewriting:rewrite_query",
            "Rewrite a query, so that it has the answers on data in another model that it would have on its own.",
            _EDIT,
        ),
        "contribute": Entry(
            "mappings_registry:contribute",
            "Send a new version of mappings to the registry.",
            _NODE,
        ),
        "registered": Entry("mappings_registry:registered", "List the mappings that a node knows of.", _NODE),
        "history": Entry("mappings_registry:history", "Show what is said of a version at a node.", _NODE),
        "findings": Entry("mappings_registry:findings", "Show what the last check of a version found.", _NODE),
        "fetch": Entry("mappings_registry:fetch", "Fetch the file of a version as it was contributed.", _NODE),
        "recheck": Entry("mappings_registry:recheck", "Have a version checked again.", _NODE),
        "mark-reviewed": Entry(
            "mappings_registry:mark_reviewed",
            "Say that you have reviewed a version.",
            _NODE,
        ),
        "approve": Entry("mappings_registry:approve", "Approve a version that was reviewed.", _NODE),
        "publish": Entry("mappings_registry:publish", "Put an approved version to use.", _NODE),
        "reject": Entry("mappings_registry:reject", "Decide against a version before it is in use.", _NODE),
        "withdraw": Entry("mappings_registry:withdraw", "End the use of a published version.", _NODE),
    }
)
"""Every command below `virtuales mappings`."""

app = typer.Typer(
    help="Mapping sets: list, convert, chain, check, suggest, review, rewrite queries, coverage, a node's registry.",
    cls=LazyGroup.of(COMMANDS),
    no_args_is_help=True,
)


@app.callback()
def _group() -> None:
    """Mapping sets: list, convert, chain, check, suggest, review, rewrite queries, coverage, a node's registry."""
