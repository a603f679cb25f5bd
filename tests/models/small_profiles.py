"""Builders of small published files in the two styles of CIM profiles."""

from pathlib import Path

_HEAD = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:owl="http://www.w3.org/2002/07/owl#"
  xmlns:dcat="http://www.w3.org/ns/dcat#" xmlns:cim="http://cim#" xml:base="http://cim"
  xmlns:cims="http://iec.ch/TC57/1999/rdf-schema-extensions-19990926#">"""
UML = "http://iec.ch/TC57/NonStandard/UML#"
CIMS = "http://iec.ch/TC57/1999/rdf-schema-extensions-19990926#"
XSD = "http://www.w3.org/2001/XMLSchema#"


def header(keyword: str = "EQ", version: str = "http://profile/EQ/1") -> str:
    """Return an ontology header in the style of CGMES 3.0."""
    return f"""<owl:Ontology rdf:about="http://profile/{keyword}#Ontology"><dcat:keyword>{keyword}</dcat:keyword>
      <owl:versionIRI rdf:resource="{version}"/><owl:versionInfo>1.0</owl:versionInfo></owl:Ontology>"""


def fixed(attribute: str, value: str, of: str = "EquipmentVersion") -> str:
    """Return a fixed attribute of a version class in the style of CGMES 2.4.15."""
    return prop(f"{of}.{attribute}", domain=of, datatype="String", more=f"<cims:isFixed>{value}</cims:isFixed>")


def cls(name: str, *, above: str = "", stereotype: str = "", concrete: bool = False) -> str:
    """Return a class."""
    parts = [f"<rdfs:label>{name}</rdfs:label>"]
    parts += [f'<rdfs:subClassOf rdf:resource="#{above}"/>'] if above else []
    parts += [f"<cims:stereotype>{stereotype}</cims:stereotype>"] if stereotype else []
    parts += [f'<cims:stereotype rdf:resource="{UML}concrete"/>'] if concrete else []
    return f'<rdfs:Class rdf:about="#{name}">{"".join(parts)}</rdfs:Class>'


def enumeration(name: str, *members: str) -> str:
    """Return an enumeration with its members."""
    kind = f'<rdfs:label>{name}</rdfs:label><cims:stereotype rdf:resource="{UML}enumeration"/>'
    each = [f'<cim:{name} rdf:about="#{name}.{m}"><rdfs:label>{m}</rdfs:label></cim:{name}>' for m in members]
    return f'<rdfs:Class rdf:about="#{name}">{kind}</rdfs:Class>{"".join(each)}'


def prop(name: str, *, domain: str, datatype: str = "", ranges: str = "", often: str = "0..1", more: str = "") -> str:
    """Return an attribute (`datatype`) or an association (`ranges`)."""
    kind = f'<cims:dataType rdf:resource="#{datatype}"/>' if datatype else f'<rdfs:range rdf:resource="#{ranges}"/>'
    return f"""<rdf:Property rdf:about="#{name}"><rdfs:label>{name.rpartition(".")[2]}</rdfs:label>
      <rdfs:domain rdf:resource="#{domain}"/>{kind}<cims:multiplicity rdf:resource="{CIMS}M:{often}"/>{more}
      </rdf:Property>"""


def end(inverse: str, *, used: str) -> str:
    """Return what makes a property the end of an association."""
    return f'<cims:AssociationUsed>{used}</cims:AssociationUsed><cims:inverseRoleName rdf:resource="#{inverse}"/>'


def quantity(name: str, *, unit: str, multiplier: str = "none", of: str = "Float") -> str:
    """Return a datatype with its value, unit and multiplier."""
    return (
        cls(name, stereotype="CIMDatatype")
        + prop(f"{name}.value", domain=name, datatype=of)
        + prop(f"{name}.unit", domain=name, datatype="String", more=f"<cims:isFixed>{unit}</cims:isFixed>")
        + prop(f"{name}.multiplier", domain=name, datatype="String", more=f"<cims:isFixed>{multiplier}</cims:isFixed>")
    )


STRING = cls("String", stereotype="Primitive")
FLOAT = cls("Float", stereotype="Primitive")


def profile(folder: Path, name: str, *parts: str) -> Path:
    """Write a profile file and return it."""
    path = folder / f"{name}.rdf"
    path.write_text(f"{_HEAD}{''.join(parts)}</rdf:RDF>", encoding="utf-8")
    return path


def equipment(folder: Path) -> Path:
    """Write a small equipment profile: lines with a resistance, terminals, a kind of winding."""
    return profile(
        folder,
        "equipment",
        header(),
        STRING,
        FLOAT,
        quantity("Resistance", unit="ohm", multiplier="k"),
        enumeration("Winding", "D", "Y"),
        cls("Thing"),
        cls("Equipment", above="Thing"),
        cls("Line", above="Equipment", concrete=True),
        cls("Terminal", above="Thing", concrete=True),
        prop("Thing.name", domain="Thing", datatype="String", often="1..1"),
        prop("Line.r", domain="Line", datatype="Resistance", often="1..1"),
        prop("Line.winding", domain="Line", ranges="Winding"),
        prop(
            "Terminal.Equipment",
            domain="Terminal",
            ranges="Equipment",
            often="1",
            more=end("Equipment.Terminals", used="Yes"),
        ),
        prop(
            "Equipment.Terminals",
            domain="Equipment",
            ranges="Terminal",
            often="1..n",
            more=end("Terminal.Equipment", used="No"),
        ),
    )
