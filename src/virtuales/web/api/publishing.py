"""What is sent and answered when a prepared version is published: the offer, and where it contradicts earlier ones."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from virtuales.errors import InputError
from virtuales.policy.demands import parse_demand
from virtuales.policy.publication import Overlap
from virtuales.policy.purposes import find_purpose
from virtuales.policy.templates import Audience, OfferTerms, Template, terms_from
from virtuales.policy.written_offers import OfferChoice, WrittenOffer
from virtuales.rdf.terms import parse_iri
from virtuales.web.api.views import ViewIn
from virtuales.web.bodies import RequestBody


class OfferIn(RequestBody):
    """Under which conditions the data may be used."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"audience": "participants", "purposes": ["NetworkPlanning"]}},
    )

    template: Template | None = Field(
        None, description="A usual case: `open`, `sector`, `organisation`, `research`, `until` or `aggregate`."
    )
    audience: Audience | None = Field(
        None, description="Without a template: `open`, `participants` or `organisations`."
    )
    organisations: list[str] = Field([], description="IRIs of the organisations that may use the data.")
    purposes: list[str] = Field([], description="Purposes that are allowed; empty allows every purpose.")
    until: datetime | None = Field(None, description="The last instant of use, with a time zone.")
    attribution: bool = Field(True, description="Whether the source has to be named.")
    uses: int | None = Field(None, description="How often the data may be used under one agreement.", ge=1)
    view: ViewIn | None = Field(None, description="The part of the data that it is about; all of it without one.")

    demands: list[str] = Field(
        [],
        description="What has to be done: `delete`, `delete=2027-06-30`, `report=30d`; with `,closing` the data is "
        "closed from then on until it is done.",
    )
    passing_on: bool = Field(False, description="Whether the data may be passed on, within the same limits.")
    policy: dict[str, Any] | None = Field(
        None, description="The offer in ODRL, as compact JSON, in the place of all choices."
    )

    def to_terms(self) -> OfferChoice:
        """Return the offer, or its terms, as the steps use them."""
        if self.policy is not None:
            chosen = sorted(name for name, value in self.model_dump(exclude_defaults=True).items() if value is not None)
            if chosen != ["policy"]:
                what = "The offer is written, and there are choices beside it: " + ", ".join(chosen) + "."
                raise InputError(what, where="policy", remedy="Write all of it into the policy, or leave that out.")
            return WrittenOffer(self.policy)
        demands = tuple(parse_demand(text) for text in self.demands)
        return replace(self._chosen(), demands=demands, passing_on=self.passing_on)

    def _chosen(self) -> OfferTerms:
        organisations = tuple(parse_iri(iri, where="organisations") for iri in self.organisations)
        purposes = tuple(find_purpose(name) for name in self.purposes)
        if (self.template is None) is (self.audience is None):
            what = "The offer has both a template and an audience." if self.template else "The offer has no audience."
            raise InputError(what, where="template", remedy="Give either `template` or `audience`.")
        if self.template is not None:
            return terms_from(
                self.template,
                organisations=organisations,
                purposes=purposes,
                until=self.until,
                uses=self.uses,
                attribution=self.attribution,
            )
        return OfferTerms(
            audience=Audience(self.audience),
            organisations=organisations,
            purposes=purposes,
            until=self.until,
            attribution=self.attribution,
            uses=self.uses,
        )


class OverlapOut(BaseModel):
    """A permission and a prohibition, of two offers of one dataset, that can both speak of one use."""

    permission: str = Field(description="IRI of the permission.")
    prohibition: str = Field(description="IRI of the prohibition.")
    sure: bool = Field(description="Whether some use surely meets both.")
    message: str


class PublishedOut(BaseModel):
    """A version that entered the catalogue."""

    dataset: str
    version: str
    number: int
    offer: dict[str, object]
    overlaps: list[OverlapOut] = Field(
        description="What this offer permits and an earlier one prohibits, or vice versa."
    )


def overlaps_out(overlaps: Iterable[Overlap]) -> list[OverlapOut]:
    """Return overlaps as they are answered."""
    return [OverlapOut.model_validate(overlap.to_json()) for overlap in overlaps]
