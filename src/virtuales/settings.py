"""Settings of a node: few, frozen, read once and passed on.

Each can be given as an environment variable with the prefix `VIRTUALES_`, or to `virtuales serve` as an option. The
operator's guide describes every one; a test holds it to that.
"""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from virtuales.egress import LOOPBACK, Egress
from virtuales.errors import ConfigurationError

Role = Literal["participant", "orchestrator"]
_GIB = 1 << 30


class Settings(BaseSettings):
    """What a node needs to know before it starts."""

    model_config = SettingsConfigDict(env_prefix="VIRTUALES_", frozen=True, extra="forbid")

    role: Role = Field("participant", description="What the node is: one participant's door, or the orchestrator.")
    base_url: str = Field(
        "http://127.0.0.1:8400",
        description="The address under which others reach the node; every IRI the node mints starts with it.",
    )
    data_dir: Path = Field(Path(".virtuales"), description="Directory of the journal, the stores and the keys.")
    orchestrator_url: str | None = Field(
        None, description="The orchestrator's address; a participant needs it, the orchestrator is its own."
    )
    bind_host: str = Field("127.0.0.1", description="The network address to listen on.")
    bind_port: int = Field(8400, ge=1, le=65535, description="The port to listen on.")
    rdf_store_url: str | None = Field(
        None, description="Root URL of a SPARQL 1.1 server to use instead of the embedded store."
    )
    max_upload_bytes: int = Field(_GIB, gt=0, description="The largest upload that is accepted, in bytes.")
    max_unpacked_bytes: int = Field(
        4 * _GIB, gt=0, description="The most bytes that an uploaded package may unpack to."
    )
    kept_statements: int = Field(
        5_000_000,
        ge=0,
        description="How many statements of judged models are kept in memory, so that a new version is judged by what "
        "changed.",
    )
    query_seconds: float = Field(60.0, gt=0, description="How long a query may run, in seconds.")
    query_answer_bytes: int = Field(_GIB // 2, gt=0, description="The largest answer to a query, in bytes.")
    query_answer_rows: int = Field(
        10_000_000, gt=0, description="The most rows, or statements, that an answer to a query may have."
    )
    query_memory_bytes: int = Field(2 * _GIB, gt=0, description="The most memory that a query may hold, in bytes.")
    query_workers: int = Field(2, gt=0, description="How many queries are answered at a time; others wait.")
    query_waiting: int = Field(8, gt=0, description="How many queries of one asker may wait; more are refused.")
    service_endpoints: tuple[str, ...] = Field(
        (), description="Addresses of the SPARQL endpoints that queries may name with SERVICE; no others are called."
    )
    reachable_networks: tuple[str, ...] = Field(
        (),
        description="Networks that the node may connect to beside public addresses, when others name an address there; "
        "a node whose own address is on loopback may also reach loopback.",
    )
    trusted_authorities: Path | None = Field(
        None, description="File with certificates of authorities, as PEM, that are trusted beside the known ones."
    )
    licence_files: tuple[Path, ...] = Field(
        (), description="Files with further licences and terms that datasets may name, as ODRL policies in RDF."
    )
    other_portals: dict[str, str] = Field(
        {
            "data.gov.uk": "https://www.data.gov.uk/search?q={q}",
            "Electricity North West": "https://electricitynorthwest.opendatasoft.com/explore/?q={q}",
            "National Grid Electricity Distribution": "https://connecteddata.nationalgrid.co.uk/dataset/?q={q}",
            "Northern Powergrid": "https://northernpowergrid.opendatasoft.com/explore/?q={q}",
            "SP Energy Networks": "https://spenergynetworks.opendatasoft.com/explore/?q={q}",
            "UK Power Networks": "https://ukpowernetworks.opendatasoft.com/explore/?q={q}",
        },
        description="Other catalogues that a search without an answer leads on to: addresses by name, with `{q}` "
        "where the words belong.",
    )
    token_seconds: int = Field(3600, gt=0, description="How long an access token is valid, in seconds.")
    certificate_proxies: tuple[str, ...] = Field(
        (),
        description="Addresses of proxies that are believed about clients' certificates (header `Client-Cert`).",
    )
    issuer_keys_seconds: int = Field(
        604_800,
        gt=0,
        description="How long the orchestrator's keys for tokens are used while it cannot be asked, in seconds.",
    )
    linked_domains: tuple[str, ...] = Field(
        (), description="The organisation's web domains, to which the node links its key in `did-configuration.json`."
    )
    applications: dict[str, tuple[str, ...]] = Field(
        {}, description="Applications that may ask people to act for them: redirect addresses by client identifier."
    )
    outside_issuer: str | None = Field(
        None,
        description="An OpenID Connect issuer outside the network whose access tokens are taken.",
    )
    outside_audience: str | None = Field(
        None, description="What the outside issuer's tokens have to be for; by default the node's address."
    )
    outside_organisations: dict[str, str] = Field(
        {},
        description="IRIs of the organisations that the outside issuer's tokens speak for, by the claim's values.",
    )
    outside_claim: str = Field(
        "organisation", description="The claim by which the outside issuer's tokens name an organisation."
    )
    outside_scopes: tuple[str, ...] = Field(
        ("catalogue:read", "data:read"), description="What the outside issuer's tokens may be used for."
    )
    outside_jwks_url: str | None = Field(
        None, description="Where the outside issuer's keys are, if that is not on its own host."
    )
    follow_seconds: float = Field(
        2.0, gt=0, description="How long to wait before asking an unreachable node again, in seconds."
    )
    accept_unsigned_agreements: bool = Field(
        default=False,
        description="Whether agreements are made with connectors that sign nothing (Dataspace Protocol alone).",
    )
    connectors_by_hand: bool = Field(
        default=False,
        description="Whether people, not the node by itself, take each step with such connectors.",
    )
    session_idle_seconds: int = Field(
        1800, gt=0, description="How long a session of the portal lasts without being used, in seconds."
    )
    session_seconds: int = Field(
        43_200, gt=0, description="How long a session of the portal lasts at most, in seconds."
    )
    smtp_host: str | None = Field(
        None, description="The mail server; without one, letters stay in `outbox` in the data directory."
    )
    smtp_port: int = Field(587, ge=1, le=65535, description="The mail server's port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection to the mail server is secured."
    )
    smtp_user: str | None = Field(None, description="The name to show to the mail server.")
    smtp_password: SecretStr | None = Field(None, description="The password to show to the mail server.")
    mail_from: str | None = Field(None, description="The address that letters come from; a mail server needs it.")
    operator_secret: SecretStr | None = Field(
        None,
        description="The secret of the orchestrator's first operator; without it one is made at the first start and "
        "written to `operator-secret` in the data directory.",
    )

    @model_validator(mode="after")
    def _check(self) -> "Settings":
        for name in ("base_url", "orchestrator_url", "rdf_store_url"):
            value = getattr(self, name)
            if value is not None and not _is_root_url(value):
                raise ValueError(f"{name} `{value}` is not an absolute http(s) URL without query, fragment or final /")
        for name, address in self.other_portals.items():
            if not address.startswith(("https://", "http://")) or "{q}" not in address:
                raise ValueError(f"other_portals: the address of `{name}` is no http(s) URL with {{q}} in it")
        if self.role == "participant" and self.orchestrator_url is None:
            raise ValueError("a participant needs orchestrator_url")
        if self.smtp_host is not None and self.mail_from is None:
            raise ValueError("a mail server needs mail_from")
        return self

    @property
    def egress(self) -> Egress:
        """What the node may connect to.

        Raises:
            ConfigurationError: a network is none.
        """
        own = LOOPBACK if urlsplit(self.base_url).hostname in {"127.0.0.1", "::1", "localhost"} else ()
        named = (self.orchestrator, *self.service_endpoints, *filter(None, [self.outside_jwks_url]))
        return Egress((*self.reachable_networks, *own), named, authorities=self.trusted_authorities)

    @property
    def orchestrator(self) -> str:
        """The orchestrator's address, which is its own if this node is the orchestrator."""
        return self.base_url if self.role == "orchestrator" else str(self.orchestrator_url)


def read_settings(**given: object) -> Settings:
    """Read settings from the environment and from what was given, which wins; None counts as not given.

    Raises:
        ConfigurationError: a setting is missing, unknown or wrong.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc']) or 'settings'}: {fault['msg']}" for fault in error.errors()
        )
        raise ConfigurationError(
            f"The settings cannot work: {faults}.", remedy="See the operator's guide for every setting."
        ) from error


def _is_root_url(value: str) -> bool:
    parts = urlsplit(value)
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.netloc)
        and not (parts.query or parts.fragment)
        and not value.endswith("/")
    )
