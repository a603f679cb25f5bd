"""What is said of one object of the grid, with who says it: the form in which nodes answer people and each other.

An object is named by its mRID (docs/decisions/0004): the IRI of a UUID is `urn:uuid:` and the UUID.
"""

from collections.abc import Callable, Iterable
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

State = Literal["answered", "refused", "failed"]
"""What came of a source: it said what it knows, it may not be used, or it did not answer."""

_UUID = "urn:uuid:"
_Part = TypeVar("_Part", bound="_Said")
_FROZEN = ConfigDict(frozen=True)


class Named(BaseModel):
    """A class, a property or a value of an enumeration, as the models know it."""

    model_config = _FROZEN

    iri: str
    name: str = Field(description="Its prefixed name, or its IRI where no model knows it.")
    label: str = ""
    unit: str = Field(default="", description="Symbol of the unit of a property's values.")


class OtherObject(BaseModel):
    """An object that a relation leads to, or comes from."""

    model_config = _FROZEN

    iri: str
    key: str = Field(description="Its mRID, or the IRI where that is no UUID.")
    name: str = ""
    classes: tuple[Named, ...] = ()


class _Said(BaseModel):
    """Something that one or more dataset versions say."""

    model_config = _FROZEN

    versions: tuple[str, ...] = Field(description="IRIs of the dataset versions that say so.")


class Attribute(_Said):
    """A value of an attribute, or of a relation to a value of an enumeration."""

    of: Named = Field(description="The attribute.")
    text: str = Field(description="The value as it is written; an IRI where it is one of an enumeration.")
    datatype: str | None = Field(default=None, description="IRI of its datatype; none for an enumeration's value.")
    language: str | None = None
    value: Named | None = Field(default=None, description="The value of an enumeration.")


class Relation(_Said):
    """A relation to another object, or of another object to this one."""

    by: Named = Field(description="The association.")
    object: OtherObject


class Identity(_Said):
    """Another name of the object: of another thing that is the same, or in another register."""

    by: str = Field(description="IRI of the property that says so.")
    text: str
    is_iri: bool = False
    register_name: str = Field(default="", description="The register, where the data names it.")


class Speaker(BaseModel):
    """A dataset version that speaks of the object and that the asker may use."""

    model_config = _FROZEN

    iri: str
    dataset: str
    number: str
    title: str
    publisher: str
    is_current: bool
    is_shown: bool = Field(
        description="Whether what it says is shown: it is the newest of its dataset to say anything."
    )


class Source(BaseModel):
    """What came of asking a node, or of one dataset version on it."""

    model_config = _FROZEN

    node: str = Field(description="Base URL of the node.")
    state: State
    version: str | None = Field(default=None, description="The dataset version that was refused; none for the node.")
    title: str = ""
    reasons: tuple[str, ...] = ()
    remedy: str = Field(default="", description="What can be done, such as how to ask for access.")


class ObjectView(BaseModel):
    """All that was found out about an object."""

    model_config = _FROZEN

    iri: str
    key: str = Field(description="The mRID, or the IRI where that is no UUID.")
    name: str = ""
    classes: tuple[Named, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    relations: tuple[Relation, ...] = ()
    referred_by: tuple[Relation, ...] = ()
    referred_by_total: int = Field(default=0, description="How many relations lead to it, listed or not.")
    identities: tuple[Identity, ...] = ()
    versions: tuple[Speaker, ...] = ()
    sources: tuple[Source, ...] = Field(default=(), description="Who answered, who refused and who did not answer.")

    @property
    def is_complete(self) -> bool:
        """Whether every source answered."""
        return all(source.state == "answered" for source in self.sources)


def object_key(iri: str) -> str:
    """Return what stands for an object in addresses.

    >>> object_key("urn:uuid:6db7a7bf-0cc7-4ba2-9c4c-b4d7a5d1e2f3")
    '6db7a7bf-0cc7-4ba2-9c4c-b4d7a5d1e2f3'
    >>> object_key("https://grid.example/id/organisation/a/cim#_line-7")
    'https://grid.example/id/organisation/a/cim#_line-7'
    """
    return iri.removeprefix(_UUID)


def merged(iri: str, views: Iterable[ObjectView]) -> ObjectView:
    """Join what several nodes say of one object; what they say alike stands once, with the versions of all of them."""
    parts = list(views)
    return ObjectView(
        iri=iri,
        key=object_key(iri),
        name=next((view.name for view in parts if view.name), ""),
        classes=tuple(dict.fromkeys(one for view in parts for one in view.classes)),
        attributes=_joined((one for view in parts for one in view.attributes), _same_attribute),
        relations=_joined((one for view in parts for one in view.relations), _same_relation),
        referred_by=_joined((one for view in parts for one in view.referred_by), _same_relation),
        referred_by_total=sum(view.referred_by_total for view in parts),
        identities=_joined((one for view in parts for one in view.identities), _same_identity),
        versions=tuple(one for view in parts for one in view.versions),
        sources=tuple(one for view in parts for one in view.sources),
    )


def _joined(parts: Iterable[_Part], same: Callable[[_Part], object]) -> tuple[_Part, ...]:
    """Join what is the same; the first one's words stand, the versions are those of all."""
    found: dict[object, _Part] = {}
    for part in parts:
        before = found.get(same(part))
        versions = tuple(sorted({*before.versions, *part.versions})) if before else part.versions
        found[same(part)] = (before or part).model_copy(update={"versions": versions})
    return tuple(found.values())


def _same_attribute(one: Attribute) -> object:
    return one.of.iri, one.text, one.datatype, one.language


def _same_relation(one: Relation) -> object:
    return one.by.iri, one.object.iri


def _same_identity(one: Identity) -> object:
    return one.by, one.text, one.register_name
