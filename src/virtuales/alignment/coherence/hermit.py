"""The reasoner HermiT as a second opinion: complete for OWL 2, in Java, and a hundred times slower.

It comes with `owlready2` (the extra `virtuales[reasoning]`), and is a program of its own, so that it can be ended.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections import abc, defaultdict
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from virtuales.alignment.coherence.additions import inclusions
from virtuales.alignment.coherence.judging import Coherence
from virtuales.alignment.coherence.report import ImpossibleTerm, NewOrder, Report
from virtuales.alignment.coherence.words import why_narrower
from virtuales.alignment.mapping import Mapping
from virtuales.errors import ConfigurationError, InputError, TooLarge
from virtuales.models.axioms import Axioms
from virtuales.models.owl_writer import supported, triples_of
from virtuales.rdf.io import serialize_quads
from virtuales.rdf.media import N_TRIPLES
from virtuales.rdf.namespaces import OWL, RDF, RDFS, XSD
from virtuales.rdf.terms import BlankNode, NamedNode, Term, Triple

_TIMEOUT: Final = 600.0
_MEMORY: Final = "-Xmx2000M"
_NAMES: Final = """
decimal integer nonNegativeInteger nonPositiveInteger positiveInteger negativeInteger long int short byte unsignedLong
unsignedInt unsignedShort unsignedByte double float string normalizedString token language Name NCName NMTOKEN boolean
anyURI dateTime dateTimeStamp
"""
_DATATYPES: Final = frozenset(
    {RDFS.Literal.value, RDF.PlainLiteral.value, OWL.real.value, OWL.rational.value}
    | {XSD.iri + name for name in _NAMES.split()}
)
"""The datatypes that HermiT knows, but for the binary ones, of which the others are made."""
_LINE: Final = re.compile(r"^(\w+)\( (.*) \)$", re.MULTILINE)
_IRI: Final = re.compile(r"<([^>]+)>")
_PROBE: Final = "urn:virtuales:has:"
"""Before a property's IRI: the class of all that has it. HermiT itself does not ask whether literals can be values."""


@dataclass(frozen=True)
class Taxonomy:
    """What HermiT makes of an ontology.

    Args:
        impossible: Classes and properties that nothing can be of, or that can relate nothing.
        above: Class to all classes above it, itself left out.
    """

    impossible: frozenset[str]
    above: abc.Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Hermit:
    """HermiT, found on this machine.

    Args:
        java: The program `java`.
        folder: Where owlready2 keeps HermiT.
        timeout: Seconds after which it is ended.
    """

    java: str
    folder: Path
    timeout: float = _TIMEOUT

    @classmethod
    def find(cls, *, timeout: float = _TIMEOUT) -> "Hermit":
        """Find HermiT and Java.

        Raises:
            ConfigurationError: one of them is not installed.
        """
        found = find_spec("owlready2")
        if found is None or found.origin is None:
            raise ConfigurationError(
                "The reasoner HermiT is not installed.",
                remedy="Install `virtuales[reasoning]`, or leave out `--reasoner`.",
            )
        java = shutil.which("java")
        if java is None:
            raise ConfigurationError(
                "HermiT needs Java, and there is no `java` on the path.",
                remedy="Install a Java runtime, or leave out `--reasoner`.",
            )
        return cls(java, Path(found.origin).parent / "hermit", timeout)

    def classify(self, triples: abc.Iterable[Triple]) -> Taxonomy:
        """Return what HermiT makes of an ontology.

        Raises:
            InputError: it could not; says its own reason.
            TooLarge: it took too long.
        """
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "ontology.nt"
            said = list(triples)
            path.write_bytes(serialize_quads(supported([*said, *_probes(said)], _DATATYPES), N_TRIPLES))
            return _taxonomy(self._run(path))

    def _run(self, path: Path) -> str:
        classes = os.pathsep.join((str(self.folder), str(self.folder / "HermiT.jar")))
        program = (self.java, _MEMORY, "-cp", classes, "org.semanticweb.HermiT.cli.CommandLine")
        try:
            done = subprocess.run(  # noqa: S603  # a program that was installed, with arguments made here
                (*program, "-c", "-I", path.as_uri()),
                capture_output=True,
                text=True,
                timeout=self.timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TooLarge(f"HermiT did not end within {self.timeout:,.0f} seconds.") from None
        if done.returncode != 0 or "Exception" in done.stderr:
            raise InputError(f"HermiT could not judge the ontology: {_excerpt(done.stderr or done.stdout)}")
        return done.stdout


def statements_of(mappings: abc.Iterable[Mapping], models: abc.Sequence[Axioms]) -> list[Triple]:
    """Return what mappings say as OWL: what is part of what, between terms of the same kind that the models have."""
    classes = frozenset().union(*(each.classes for each in models))
    kinds = {name: "data" if kind == "data" else "object" for each in models for name, kind in each.properties.items()}
    found = []
    for narrower, broader in (pair for mapping in mappings for pair in inclusions(mapping)):
        if narrower in classes and broader in classes:
            found.append(Triple(NamedNode(narrower), RDFS.subClassOf, NamedNode(broader)))
        elif narrower in kinds and kinds[narrower] == kinds.get(broader):
            found.append(Triple(NamedNode(narrower), RDFS.subPropertyOf, NamedNode(broader)))
    return found


def judge_with_hermit(models: abc.Sequence[Axioms], mappings: abc.Sequence[Mapping], hermit: Hermit) -> Report:
    """Return what an alignment does to models, as HermiT finds it.

    Which mappings are to blame is asked of our own search; where it knows of none, all are named. Mappings between a
    property with literals and one between things are no OWL: what our own search says of their terms is kept.

    Raises:
        InputError: HermiT could not judge the ontologies.
        TooLarge: it took too long.
    """
    written = [triple for each in models for triple in triples_of(each)]
    alone = hermit.classify(written)
    together = hermit.classify([*written, *statements_of(mappings, models)])
    own = Coherence(*models).judge(mappings)
    names = frozenset().union(*(each.classes | each.properties.keys() for each in models))
    lost = (together.impossible - alone.impossible) & names
    told = {each.term: each for each in own.impossible}
    kept = [each for each in own.impossible if each.term in lost or not _all_owl(each.mappings, models)]
    more = [_impossible(term, models, mappings) for term in sorted(lost - told.keys())]
    orders = {(each.narrower, each.broader): each for each in own.orders}
    found = [orders.get((each.narrower, each.broader), each) for each in _orders(alone, together, models, mappings)]
    return Report((*kept, *more), tuple(found), own.classes)


def _all_owl(mappings: abc.Iterable[Mapping], models: abc.Sequence[Axioms]) -> bool:
    return all(statements_of([each], models) for each in mappings)


def _impossible(term: str, models: abc.Sequence[Axioms], mappings: abc.Sequence[Mapping]) -> ImpossibleTerm:
    owner = next(each for each in models if term in each.classes or term in each.properties)
    reason = "HermiT finds a contradiction, and does not say which."
    if term in owner.classes:
        return ImpossibleTerm(term, owner.name, "class", tuple(mappings), reason)
    return ImpossibleTerm(term, owner.name, "property", tuple(mappings), reason)


def _orders(
    alone: Taxonomy, together: Taxonomy, models: abc.Sequence[Axioms], mappings: abc.Sequence[Mapping]
) -> abc.Iterator[NewOrder]:
    for model in models:
        for narrower in sorted(model.classes - together.impossible):
            new = together.above.get(narrower, frozenset()) - alone.above.get(narrower, frozenset())
            for broader in sorted(new & model.classes):
                yield NewOrder(narrower, broader, model.name, tuple(mappings), why_narrower(narrower, broader))


def _probes(triples: abc.Iterable[Triple]) -> abc.Iterator[Triple]:
    """Give for each property the class of all that has a value of it."""
    kinds: dict[Term, NamedNode] = {OWL.ObjectProperty: OWL.Thing, OWL.DatatypeProperty: RDFS.Literal}
    for triple in triples:
        if triple.predicate == RDF.type and triple.object in kinds and isinstance(triple.subject, NamedNode):
            probe, restriction = NamedNode(_PROBE + triple.subject.value), BlankNode()
            yield Triple(probe, RDF.type, OWL.Class)
            yield Triple(probe, RDFS.subClassOf, restriction)
            yield Triple(restriction, RDF.type, OWL.Restriction)
            yield Triple(restriction, OWL.onProperty, triple.subject)
            yield Triple(restriction, OWL.someValuesFrom, kinds[triple.object])


def _taxonomy(text: str) -> Taxonomy:
    above: dict[str, set[str]] = defaultdict(set)
    impossible: set[str] = set()
    for kind, names in _LINE.findall(text):
        iris = _IRI.findall(names)
        if kind == "EquivalentClasses" and OWL.Nothing.value in iris:
            impossible |= {each.removeprefix(_PROBE) for each in iris} - {OWL.Nothing.value}
        elif kind == "EquivalentClasses":
            for each in iris:
                above[each] |= set(iris) - {each}
        elif kind == "SubClassOf":
            above[iris[0]].add(iris[1])
    return Taxonomy(frozenset(impossible), {each: _closed(each, above) for each in list(above)})


def _closed(start: str, above: abc.Mapping[str, abc.Set[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = above.get(waiting.pop(), frozenset()) - found
        found |= new
        waiting += new
    return frozenset(found - {start})


def _excerpt(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return (lines[0] if lines else "it said nothing")[:300]
