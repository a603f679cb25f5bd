"""A node from a notebook: find datasets, ask them, look up objects, download files; tables become data frames.

    from virtuales.client import Client

    with Client.of_profile() as client:
        version = client.find("transmission")[0]["iri"]
        client.ask("circuits", version=version).to_pandas()

Written by hand rather than generated: what a notebook needs are a few questions with tables for answers, not a class
for each schema. A test holds every address that it uses against the node's OpenAPI description. Errors are those of
`virtuales.errors`, with what would be right. `to_pandas` needs the extra `virtuales[notebook]`.
"""

from virtuales.client.answers import ProducersAnswer, TableAnswer
from virtuales.client.session import Client
from virtuales.workflow.asked_vocabulary import Vocabulary

__all__ = ["Client", "ProducersAnswer", "TableAnswer", "Vocabulary"]
