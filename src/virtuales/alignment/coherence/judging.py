"""What an alignment does to the two models that it relates: the door of this package.

>>> from virtuales.alignment.terms import EXACT_MATCH, MANUAL_CURATION
>>> from virtuales.models.axioms import Axioms, disjoint
>>> zoo = Axioms("zoo", frozenset({"z#Cat", "z#Dog"}), inclusions=(disjoint("z#Cat", "z#Dog"),))
>>> pets = Axioms("pets", frozenset({"p#Cat", "p#Pet"}), inclusions=(("p#Cat", "p#Pet"),))
>>> pairs = (("Cat", "Cat"), ("Dog", "Pet"))
>>> claims = [Mapping(f"z#{one}", EXACT_MATCH, f"p#{two}", MANUAL_CURATION) for one, two in pairs]
>>> report = coherence(zoo, pets, claims)
>>> report.coherent, sorted(each.term for each in report.impossible)
(False, ['p#Cat', 'z#Cat'])
>>> report.impossible[0].reason
'Every `Cat` would be a `Dog` and a `Cat`, which exclude each other.'
"""

from collections import abc

from virtuales.alignment.coherence.prepared import Prepared
from virtuales.alignment.coherence.report import Report
from virtuales.alignment.coherence.trial import Trial
from virtuales.alignment.mapping import Mapping
from virtuales.models.axioms import Axioms


def coherence(left: Axioms, right: Axioms, mappings: abc.Sequence[Mapping]) -> Report:
    """Return what an alignment does to two models; to try many alignments of the same models, keep a `Coherence`.

    Raises:
        TooLarge: the mappings together take too long to think through.
    """
    return Coherence(left, right).judge(mappings)


Reasoner = abc.Callable[[abc.Sequence[Axioms], abc.Sequence[Mapping]], Report]
"""Whatever says what an alignment does to some models; errors are those of `Coherence.judge`, or its own."""


def judge(models: abc.Sequence[Axioms], mappings: abc.Sequence[Mapping]) -> Report:
    """Return what an alignment does to some models: the reasoner that is used where none is named."""
    return Coherence(*models).judge(mappings)


class Coherence:
    """Models, made ready to try alignments between them.

    What a class looks like without mappings is drawn once; an alignment is then tried only on classes whose picture
    has a term that is mapped.

    Args:
        models: The axioms of each, most often of two: from `virtuales.models.axioms.axioms_of` or
            `virtuales.models.owl_axioms.read_axioms`.
    """

    def __init__(self, *models: Axioms) -> None:
        self._prepared = Prepared(*models)

    def judge(
        self, mappings: abc.Sequence[Mapping], *, orders: bool = True, properties: bool = True, fewest: bool = True
    ) -> Report:
        """Return what an alignment does to the models.

        Args:
            mappings: The alignment; what says nothing about what is the same, narrower or broader is passed over, and
                so are terms that neither model has.
            orders: Whether to look for what it orders anew within a model.
            properties: Whether to look for properties that it makes impossible.
            fewest: Whether to look for the fewest mappings that are to blame, so that none of those named can be left
                out; otherwise they suffice, but some of them may not be needed.

        Raises:
            TooLarge: the mappings together take too long to think through.
        """
        return Trial(self._prepared, mappings, fewest=fewest).report(orders=orders, properties=properties)
