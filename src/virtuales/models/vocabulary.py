"""What a reader of data has to know of a model: its classes, its attributes' datatypes, its references."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Vocabulary:
    """The part of a registered model that types data; every term is an IRI as text.

    Args:
        name: The registered name of the model, such as `cgmes-3.0`.
        classes: Classes, abstract ones included.
        datatypes: For each attribute the XML Schema datatype of its values.
        references: Properties whose values are IRIs: associations and attributes with an enumeration as range.
        profiles: For each profile IRI that a model header can name, the profile's short name (`EQ`, `SSH`).
    """

    name: str
    classes: frozenset[str] = frozenset()
    datatypes: Mapping[str, str] = field(default_factory=dict)
    references: frozenset[str] = frozenset()
    profiles: Mapping[str, str] = field(default_factory=dict)
