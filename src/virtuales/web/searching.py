"""The parameters of a search: the same by REST and in the addresses of the portal, so that both can be passed on."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from virtuales.catalogue.index.fields import FACETS
from virtuales.catalogue.index.question import Access, SearchQuestion, Sort, parse_box

_SEVERAL = " Given several times, any of them will do."


def _values(description: str, alias: str | None = None) -> Any:  # noqa: ANN401 - a field, as pydantic has it
    return Field(default_factory=list, alias=alias, description=description + _SEVERAL)


class SearchParameters(BaseModel):
    """What is looked for. What is empty counts as not given, as a form sends it."""

    model_config = ConfigDict(populate_by_name=True)

    q: str = Field(
        "",
        description="Words that an entry has, itself or by their meaning; a phrase in double quotes.",
        examples=["132 kV", '"grid supply point" capacity'],
    )
    publisher: list[str] = _values("IRI of the publishing organisation.")
    licence: list[str] = _values("IRI of the licence.")
    sensitivity: list[str] = _values("Sensitivity class, such as `O`.")
    schema_: list[str] = _values("IRI of a registered schema that judged the data.", "schema")
    profile: list[str] = _values("IRI of a profile that the data conforms to.")
    verdict: list[str] = _values("`Conforms`, `NonConforming` or `NotJudged`.")
    format: list[str] = _values("Media type of a file, such as `text/csv`.")
    frequency: list[str] = _values("IRI of how often the data is updated.")
    class_: list[str] = _values("IRI of a class that the data uses.", "class")
    property_: list[str] = _values("IRI of a property that the data uses.", "property")
    keyword: list[str] = _values("A keyword, as it is written.")
    access: list[Access] = Field(
        default_factory=list,
        description="How you stand to the data: `now` you may use it, `ask` you may ask for it, `known` you may only "
        "know of it." + _SEVERAL,
    )
    begin: str = Field("", alias="from", description="The data covers this day or a later one, as an ISO date.")
    end: str = Field("", alias="to", description="The data covers this day or an earlier one, as an ISO date.")
    area: str = Field(
        "",
        description="The data covers some of this box: west, south, east, north in degrees.",
        examples=["-3.2,53.1,-1.9,53.6"],
    )
    sort: Sort | None = Field(
        None,
        description="By relevance, freshness, use (how much was derived of it) or title; by default by relevance "
        "where there are words, else the freshest first.",
    )

    @field_validator("publisher", "licence", "sensitivity", "schema_", "profile", "verdict", "format", "frequency",
                     "class_", "property_", "keyword", "access", mode="before")  # fmt: skip
    @classmethod
    def _given(cls, values: object) -> object:
        return [value for value in values if value != ""] if isinstance(values, list) else values

    @field_validator("sort", mode="before")
    @classmethod
    def _chosen(cls, value: object) -> object:
        return None if value == "" else value

    @property
    def chosen(self) -> dict[str, tuple[str, ...]]:
        """What was chosen of each facet that something was chosen of."""
        given = {name: tuple(getattr(self, _FIELD.get(name, name))) for name in FACETS}
        return {name: values for name, values in given.items() if values}

    def question(self, *, limit: int, offset: int = 0) -> SearchQuestion:
        """Return the question that is asked.

        Raises:
            InputError: a value is none of its kind.
        """
        return SearchQuestion(
            text=self.q,
            chosen=self.chosen,
            access=tuple(self.access),
            period=(self.begin or None, self.end or None),
            area=parse_box(self.area) if self.area.strip() else None,
            sort=self.sort,
            limit=limit,
            offset=offset,
        )

    def pairs(self) -> list[tuple[str, str]]:
        """Return what is given as pairs for an address."""
        single = (("q", self.q), ("from", self.begin), ("to", self.end), ("area", self.area), ("sort", self.sort or ""))
        chosen = [(name, value) for name, values in self.chosen.items() for value in values]
        return [(name, value) for name, value in single if value] + chosen + [("access", one) for one in self.access]


_FIELD = {"schema": "schema_", "class": "class_", "property": "property_"}
