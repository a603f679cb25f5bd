"""Whether an endpoint calls a blank node by the same label in every answer.

Labels mean nothing beyond one answer (https://www.w3.org/TR/rdf11-concepts/#section-blank-nodes), yet what an endpoint
says of a blank node in several answers meets here by its label. Most stores keep labels; of one that does not, whatever
rests on blank nodes would come out wrong without a word. So it is tried before the first blank node is believed.
"""

from typing import Final

from virtuales.federation.asking import Asking

_LABELS: Final = "SELECT DISTINCT ?s WHERE { ?s ?p ?o FILTER(isBlank(?s)) } ORDER BY ?s"


def keeps_labels(asking: Asking, number: int) -> bool:
    """Ask an endpoint for the second of its blank nodes twice, once with the first before it.

    Raises:
        EndpointFailure: it gave no answer that can be used.
    """
    both = asking.rows(number, f"{_LABELS} LIMIT 2")
    second = asking.rows(number, f"{_LABELS} LIMIT 1 OFFSET 1")
    return both[1:] == second
