"""Small files of mappings for tests of the registry: a shipped folder, and contributions to it."""

from pathlib import Path

from virtuales.workflow.contributed_mappings import Contribution

A, B = "http://a.example/#", "http://b.example/#"
MANIFEST = """@prefix dcterms: <http://purl.org/dc/terms/> . @prefix ves: <https://w3id.org/virtuales/ns#> .
@prefix sssom: <https://w3id.org/sssom/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
<http://sets.example/ab> a sssom:MappingSet ; dcterms:identifier "ab" ; dcterms:license "CC0-1.0" ;
  dcterms:source "The tests." ; sssom:subject_source <http://a.example/> ; sssom:object_source <http://b.example/> ;
  owl:versionInfo "1.0.0" ; ves:file "ab.sssom.tsv" .
"""
ROWS = ("a:Line\tskos:exactMatch\t\tb:Circuit", "a:Pole\tskos:exactMatch\t\tsssom:NoTermFound")
MORE = ("a:Switch\tskos:exactMatch\t\tb:Breaker",)
WRONG = ("a:Switch\tskos:exactMatch\tNot\tb:Breaker", "a:Switch\tskos:exactMatch\t\tb:Breaker")
RULE = """#+ title: Names
#+ description: Names are kept.
#+ from: grid-a
#+ to: grid-b
PREFIX a: <http://a.example/#>
PREFIX b: <http://b.example/#>
CONSTRUCT { ?x b:called ?name } WHERE { ?x a:name ?name }
"""


def table(*rows: str, iri: str = "http://sets.example/ab", version: str = "") -> bytes:
    """Return a mapping set of models A and B in SSSOM/TSV, with the line ends of another system."""
    said = f"#mapping_set_version: {version}\n" if version else ""
    head = f"""#curie_map:
#  a: {A}
#  b: {B}
#mapping_set_id: {iri}
#mapping_set_title: A and B
{said}#license: https://creativecommons.org/publicdomain/zero/1.0/
#subject_source: http://a.example/
#object_source: http://b.example/
subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification
"""
    return (head + "".join(f"{row}\tsemapv:ManualMappingCuration\n" for row in rows)).encode()


def shipped_folder(place: Path) -> Path:
    """Write a folder of mappings with one set."""
    place.mkdir(parents=True)
    (place / "manifest.ttl").write_text(MANIFEST)
    (place / "ab.sssom.tsv").write_bytes(table(*ROWS))
    return place


def sent(*rows: str, name: str = "more", version: str = "1.0.0", **said: str) -> Contribution:
    """Return the contribution of a set with some rows."""
    content = table(*rows, iri=said.pop("iri", f"http://sets.example/{name}"))
    return Contribution(f"{name}.sssom.tsv", content, version=version, source="The tests.", **said)
