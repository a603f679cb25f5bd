"""How a view of a dataset version is written in a request: the part that an offer is about."""

from typing import Literal

from pydantic import Field

from virtuales.policy.reading import Json
from virtuales.web.bodies import RequestBody

_NAMED = "by IRI, or by the last part of the IRI"


class ConditionIn(RequestBody):
    """What a value of the objects has to be like."""

    property: str = Field(description=f"A property, {_NAMED}.")
    operator: Literal["eq", "neq", "lt", "lteq", "gt", "gteq"] = "eq"
    value: str | bool | int | float | list[str | int | float] = Field(
        description="A text, a number, an IRI, a day or an instant; a list with `eq` for any of them."
    )


class PeriodIn(RequestBody):
    """When: from the beginning, included, until the end, excluded."""

    property: str = Field(description=f"The property that says when, {_NAMED}.")
    from_: str | None = Field(None, alias="from", description="A day or an instant, as the data has it.")
    until: str | None = Field(None, description="A day or an instant, as the data has it.")


class GeneralisationIn(RequestBody):
    """Values that lose detail."""

    properties: list[str]
    to: str = Field(description="`year`, `month` or `day`, or the number of characters that are left, such as `4`.")


class RoundingIn(RequestBody):
    """Numbers that become the nearest multiple of a step."""

    properties: list[str]
    step: float = Field(gt=0)


class PseudonymsIn(RequestBody):
    """Names that are replaced, for each agreement by others."""

    properties: list[str] = Field([], description="Properties whose values are replaced.")
    objects: bool = Field(False, description="Whether the objects' own IRIs and mRIDs are replaced.")


class NoiseIn(RequestBody):
    """Noise on all numbers, that hides whether any one object is there (differential privacy)."""

    epsilon: float = Field(gt=0, description="The privacy loss of all numbers together, such as 1.")
    delta: float = Field(gt=0, description="The chance that a group tells of its only object, such as 0.000001.")
    bounds: dict[str, tuple[float, float]] = Field(
        {}, description="For each property of `sums` and `means`, the least and the greatest value that counts."
    )
    budget: float | None = Field(
        None, description="The privacy loss that one organisation may be shown of the version; by default `epsilon`."
    )


class AggregateIn(RequestBody):
    """Groups in the place of objects."""

    by: list[str] = Field(description="The properties whose values tell the groups apart.")
    at_least: int = Field(description="How many objects a group has at least.", ge=2)
    sums: list[str] = Field([], description="Properties whose values are added up.")
    means: list[str] = Field([], description="Properties whose values are averaged.")
    small_groups: Literal["refuse", "leave out"] = Field(
        "refuse", description="What becomes of smaller groups; with `noise` they are left out."
    )
    noise: NoiseIn | None = None


class ViewIn(RequestBody):
    """The part of the data that an offer is about; who gets access sees this part and nothing else."""

    classes: list[str] = Field([], description=f"The only classes whose objects are seen, {_NAMED}.")
    properties: list[str] = Field([], description="The only properties, or columns, that are seen.")
    objects: list[str] = Field([], description="The only objects that are seen, by mRID or IRI.")
    where: list[ConditionIn] = Field([], description="What the objects' values have to be like, all of them.")
    area: list[float] | None = Field(
        None, description="Where the objects lie: west, south, east, north in degrees.", min_length=4, max_length=4
    )
    period: PeriodIn | None = None
    construct_: str | None = Field(
        None, alias="construct", description="A CONSTRUCT query that makes the view, in the place of the above."
    )
    suppress: list[str] = Field([], description="Properties that are left out.")
    generalise: list[GeneralisationIn] = Field([], description="Values that lose detail.")
    round: list[RoundingIn] = Field([], description="Numbers that are rounded.")
    pseudonyms: PseudonymsIn | None = None
    aggregate: AggregateIn | None = None

    def to_json(self) -> Json:
        """Return what was said, as the steps read it."""
        said: Json = self.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return said
