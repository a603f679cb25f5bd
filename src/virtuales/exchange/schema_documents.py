"""Versions of schemas as nodes tell each other of them in JSON: written by the REST interface, read by its clients."""

from typing import Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from virtuales.assurance.schema import Content, SchemaDecision, SchemaKind, SchemaStatus, SchemaVersion, check_names
from virtuales.errors import InputError
from virtuales.exchange.schema_contents import content_url


class DecisionDocument(BaseModel):
    """A decision about a version."""

    status: SchemaStatus
    by: str
    at: AwareDatetime
    reason: str


class SchemaDocument(BaseModel):
    """A version of a schema."""

    iri: str
    kind: SchemaKind
    identifier: str
    version: str
    title: str
    status: SchemaStatus
    profiles: list[str] = Field(description="IRIs of the profile versions that it judges, holds or is.")
    licence: str
    source: str
    registered_at: AwareDatetime
    replaces: list[str] = Field(description="IRIs of the versions it takes the place of.")
    required_from: AwareDatetime | None = Field(description="When those no longer do.")
    sha256: str | None = Field(
        pattern="^[0-9a-f]{64}$", description="Digest of its content; none for a profile, which its model holds."
    )
    size: int | None = Field(ge=0)
    content: str | None = Field(description="Where the orchestrator serves its content.")
    decisions: list[DecisionDocument]

    @model_validator(mode="after")
    def _check(self) -> Self:
        """Refuse a name that no registry gives, and a status that no decision gave."""
        try:
            check_names(self.identifier, self.version)
        except InputError as error:
            raise ValueError(str(error)) from error
        decided = self.decisions[-1].status if self.decisions else SchemaStatus.DRAFT
        if self.status is not decided:
            raise ValueError(f"the status of {self.iri} is {self.status}, and its last decision made it {decided}")
        return self

    @classmethod
    def of(cls, version: SchemaVersion, orchestrator: str) -> "SchemaDocument":
        """Describe a version, whose content an orchestrator serves."""
        held = version.content
        return cls(
            iri=version.iri,
            kind=version.kind,
            identifier=version.identifier,
            version=version.version,
            title=version.title,
            status=version.status,
            profiles=sorted(version.profiles),
            licence=version.licence,
            source=version.source,
            registered_at=version.registered_at,
            replaces=sorted(version.replaces),
            required_from=version.required_from,
            sha256=held.digest if held else None,
            size=held.size if held else None,
            content=content_url(orchestrator, version.identifier, version.version) if held else None,
            decisions=[
                DecisionDocument(status=one.status, by=one.by, at=one.at, reason=one.reason)
                for one in version.decisions
            ],
        )

    def to_version(self) -> SchemaVersion:
        """Return the version that is described; its status is that of the last decision."""
        held = None if self.sha256 is None else Content(self.sha256, self.size or 0)
        return SchemaVersion(
            iri=self.iri,
            kind=self.kind,
            identifier=self.identifier,
            version=self.version,
            title=self.title,
            profiles=frozenset(self.profiles),
            licence=self.licence,
            source=self.source,
            registered_at=self.registered_at,
            content=held,
            replaces=frozenset(self.replaces),
            required_from=self.required_from,
            decisions=tuple(SchemaDecision(one.status, one.by, one.at, one.reason) for one in self.decisions),
        )
