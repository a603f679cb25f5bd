"""Datasets of which a part is offered: by default three lines and a bunker that nobody is to see."""

import io
from collections.abc import Mapping

from tests.workflow.registry_node import OPERATOR

from virtuales.catalogue.records import Description
from virtuales.policy.odrl import Offer
from virtuales.policy.templates import Audience, OfferTerms
from virtuales.workflow.prepare import describe, prepare, receive_file
from virtuales.workflow.publish import publish
from virtuales.workflow.workspace import Workspace

DATA = """
@prefix e: <https://terms.example/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix u: <urn:uuid:> .
u:00000000-0000-4000-8000-000000000001 a e:Line ; e:name "North" ; e:length 1234.5 ; e:owner "Ann" ;
    e:region "Vale" ; e:from u:00000000-0000-4000-8000-000000000009 ; e:built "1999-05-04"^^xsd:date .
u:00000000-0000-4000-8000-000000000002 a e:Line ; e:name "South" ; e:length 70 ; e:owner "Bob" ;
    e:region "Vale" ; e:from u:00000000-0000-4000-8000-000000000009 ; e:built "2001-01-01"^^xsd:date .
u:00000000-0000-4000-8000-000000000003 a e:Line ; e:name "West" ; e:length 10 ; e:owner "Ann" ; e:region "Moor" .
u:00000000-0000-4000-8000-000000000009 a e:Secret ; e:name "Bunker" ; e:code "swordfish" .
"""


def published(
    node: Workspace,
    view: Mapping[str, object] | None,
    terms: OfferTerms | None = None,
    *,
    file: tuple[str, bytes] = ("grid.ttl", DATA.encode()),
) -> Offer:
    """Publish a file, by default the lines and the bunker, under an offer about a part of it."""
    described = Description(
        publisher=OPERATOR.organisation, slug="grid", title="Grid", description="Lines.", licence="CC-BY-4.0",
        triage="shared", sensitivity="SA", handling_reason="For the tests of it.",
    )  # fmt: skip
    describe(node, OPERATOR, described)
    receive_file(node, OPERATOR, "grid", name=file[0], source=io.BytesIO(file[1]))
    prepare(node, OPERATOR, "grid")
    return publish(node, OPERATOR, "grid", terms or OfferTerms(Audience.PARTICIPANTS), view=view).offer
