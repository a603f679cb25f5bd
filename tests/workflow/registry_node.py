"""An orchestrator's parts for tests of the schema registry: real ones, in a directory, with a clock that is moved."""

from datetime import timedelta
from pathlib import Path

import httpx
from tests.books import NOON, ledger

from virtuales.alignment.registered.in_use import MappingsInUse
from virtuales.alignment.use_cases.registry import UseCaseRegistry
from virtuales.assurance.kept_judgements import KeptJudgements
from virtuales.assurance.registered_models import RegisteredModels
from virtuales.assurance.shapes_library import ShapesLibrary
from virtuales.clock import ManualClock
from virtuales.exchange.mapping_contents import KeptMappings
from virtuales.exchange.peers import Peers
from virtuales.exchange.schema_contents import KeptContents
from virtuales.exchange.tokens import NodeTokens
from virtuales.models.registry import ModelRegistry
from virtuales.policy.licences.reading import load_licences
from virtuales.query.service import QueryLimits, StoreQueries, WorkerQueries
from virtuales.resources import contributed
from virtuales.store.received_files import ReceivedFiles
from virtuales.trust.keys import SigningKey
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow import register
from virtuales.workflow.workspace import Limits, Workspace

BASE = "https://registry.example"
OPERATOR = Principal(
    client_id="operator",
    organisation=f"{BASE}/id/organisation/orchestrator",
    scopes=frozenset(scope.value for scope in Scope),
    expires=NOON + timedelta(days=1),
    token_id="one",
)


def orchestrator(place: Path, clock: ManualClock) -> Workspace:
    """Make the orchestrator's parts, established as its own first participant."""
    book = ledger(place, BASE, clock)
    client = httpx.Client()
    tokens = NodeTokens(BASE, assertion=str, client=client, clock=clock)
    models, library = ModelRegistry(()), ShapesLibrary(KeptContents(book.objects, BASE, client=None, folders=()))
    workspace = Workspace(
        ledger=book,
        orchestrator=BASE,
        models=models,
        mappings_in_use=MappingsInUse(contributed("mappings"), KeptMappings(book.objects, BASE, client=None)),
        use_cases=UseCaseRegistry(()),
        registered_models=RegisteredModels(models, library.contents),
        library=library,
        licences=load_licences(contributed("ontology") / "licences.ttl"),
        key=SigningKey(b"\7" * 32),
        peers=Peers(client, tokens),
        limits=Limits(1 << 20, 1 << 20),
        judgements=KeptJudgements(0),
        received=ReceivedFiles(place / "received"),
        queries=StoreQueries(book.store, WorkerQueries(None, place / "copies", QueryLimits())),
    )
    register.establish(workspace, operator_secret="a secret of the tests")
    return workspace
