"""Registered mappings as nodes tell of them in JSON: written by the REST interface, read by its clients."""

from typing import Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from virtuales.alignment.registered.version import (
    MappingDeed,
    MappingKind,
    MappingStatus,
    MappingVersion,
    check_names,
    kind_of,
)
from virtuales.errors import InputError
from virtuales.exchange.mapping_contents import mapping_url
from virtuales.store.object_store import StoredObject


class DeedDocument(BaseModel):
    """One thing that was done with a version."""

    deed: str = Field(
        description="`contribute`, `check`, `review`, `approve`, `publish`, `reject`, `withdraw`, `replace`."
    )
    status: MappingStatus = Field(description="The status afterwards.")
    by: str = Field(description="The client, or the program itself.")
    organisation: str = Field(description="IRI of the organisation; empty for the program itself.")
    at: AwareDatetime
    comment: str
    errors: int | None = Field(description="How many errors a check found, where one was made.")
    warnings: int | None

    @classmethod
    def of(cls, deed: MappingDeed) -> "DeedDocument":
        """Describe a deed."""
        check = deed.check
        return cls(
            deed=deed.deed,
            status=deed.status,
            by=deed.by,
            organisation=deed.organisation,
            at=deed.at,
            comment=deed.comment,
            errors=check.errors if check else None,
            warnings=check.warnings if check else None,
        )


class MappingDocument(BaseModel):
    """A version of a mapping set, a rule or a lifting mapping."""

    iri: str
    kind: MappingKind
    identifier: str
    version: str
    title: str
    status: MappingStatus
    ships: bool = Field(description="Whether it comes with the program.")
    file: str = Field(description="The name of its file, whose ending says how it is written.")
    entry: str = Field(description="A set's `mapping_set_id`; of others the IRI they are listed under.")
    source_model: str = Field(description="What it maps from: a model's IRI for a set, a registered name for a rule.")
    target_model: str
    licence: str
    source: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="Digest of its file.")
    size: int = Field(ge=0)
    content: str = Field(description="Where its file is served.")
    errors: int | None = Field(description="How many errors the last check found; none is recorded of what ships.")
    warnings: int | None
    history: list[DeedDocument]

    @model_validator(mode="after")
    def _check(self) -> Self:
        """Refuse names that no registry gives: files are written under them."""
        try:
            check_names(self.identifier, self.version)
            if kind_of(self.file) is not self.kind:
                raise ValueError(f"the file {self.file} is no {self.kind}")
        except InputError as error:
            raise ValueError(str(error)) from error
        return self

    @classmethod
    def of(cls, version: MappingVersion, node: str) -> "MappingDocument":
        """Describe a version, whose file a node serves."""
        check = version.last_check
        return cls(
            iri=version.iri,
            kind=version.kind,
            identifier=version.identifier,
            version=version.version,
            title=version.title,
            status=version.status,
            ships=version.shipped is not None,
            file=version.file_name,
            entry=version.entry,
            source_model=version.source_model,
            target_model=version.target_model,
            licence=version.licence,
            source=version.source,
            sha256=version.content.digest,
            size=version.content.size,
            content=mapping_url(node, version.identifier, version.version, "content"),
            errors=check.errors if check else None,
            warnings=check.warnings if check else None,
            history=[DeedDocument.of(one) for one in version.deeds],
        )

    def to_version(self) -> MappingVersion:
        """Return the version that is described, without its history."""
        return MappingVersion(
            iri=self.iri,
            kind=self.kind,
            identifier=self.identifier,
            version=self.version,
            title=self.title,
            file_name=self.file,
            entry=self.entry,
            source_model=self.source_model,
            target_model=self.target_model,
            licence=self.licence,
            source=self.source,
            content=StoredObject(self.sha256, self.size),
            shipped=self.status,
        )
