"""A grid of lines and buses as large as is asked for, and shapes that find one line in a hundred in error."""

from pathlib import Path

BASE = "http://grid.example/model"
SHAPES = """
@prefix : <http://grid.example/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:Line a sh:NodeShape ; sh:targetClass :ACLine ; sh:property :Name, :Length, :End, :Kind .
:Name a sh:PropertyShape ; sh:path :name ; sh:minCount 1 ; sh:maxCount 1 ; sh:maxLength 9 ; sh:pattern "^L[0-9]+$" .
:Length a sh:PropertyShape ; sh:path :length ; sh:datatype xsd:decimal ; sh:minInclusive 0.5 .
:End a sh:PropertyShape ; sh:path :end ; sh:class :Bus ; sh:minCount 2 ; sh:maxCount 2 .
:Kind a sh:PropertyShape ; sh:path :kind ; sh:in ( :overhead :cable ) .
"""
_PLACE = BASE.rpartition("/")[0]
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_DECIMAL = "<http://www.w3.org/2001/XMLSchema#decimal>"


def synthetic(triples: int, directory: Path) -> tuple[Path, Path]:
    """Write lines and buses: seven statements for each line and its bus, one line in a hundred in error.

    Args:
        triples: About how many statements.
        directory: Where to write them.

    Returns:
        The data as N-Triples and the shapes as Turtle.
    """
    data, shapes = directory / "synthetic.nt", directory / "synthetic.ttl"
    shapes.write_text(SHAPES, encoding="utf-8")
    with data.open("w", encoding="utf-8") as file:
        for number in range(triples // 7):
            line, bus, wrong = f"<{_PLACE}/line/{number}>", f"<{_PLACE}/bus/{number}>", number % 100 == 0
            length = "-1.0" if wrong else f"{number % 50 + 1}.5"
            file.write(
                f"{line} {_TYPE} <{_PLACE}/ACLine> .\n{bus} {_TYPE} <{_PLACE}/Bus> .\n"
                f'{line} <{_PLACE}/name> "L{number}" .\n{line} <{_PLACE}/length> "{length}"^^{_DECIMAL} .\n'
                f"{line} <{_PLACE}/end> {bus} .\n{line} <{_PLACE}/end> <{_PLACE}/bus/{number // 2}> .\n"
                f"{line} <{_PLACE}/kind> <{_PLACE}/{'rail' if wrong else 'cable'}> .\n"
            )
    return data, shapes
