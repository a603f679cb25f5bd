"""Closed namespaces: a name that the vocabulary does not define is an error where it is written, not an empty answer.

Only the terms this package itself speaks are listed; the facts about each vocabulary are in `ontology/`.
"""

from collections.abc import Iterator

from virtuales.rdf.terms import NamedNode


class Namespace:
    """A vocabulary's namespace with the names this package uses from it.

    >>> DCT = Namespace("http://purl.org/dc/terms/", "title description")
    >>> DCT.title
    <NamedNode value=http://purl.org/dc/terms/title>
    >>> DCT.titel
    Traceback (most recent call last):
        ...
    AttributeError: `titel` is not among the listed names of <http://purl.org/dc/terms/>
    """

    def __init__(self, iri: str, names: str) -> None:
        self._terms = {name: NamedNode(iri + name) for name in names.split()}
        self.__dict__ |= (
            self._terms
        )  # found without a call, since readers of large files ask for the same ones all along
        self.iri = iri

    def __getattr__(self, name: str) -> NamedNode:
        """Return the term of that name."""
        return self[name]

    def __getitem__(self, name: str) -> NamedNode:
        """Return the term of a name that Python cannot spell as an attribute."""
        try:
            return self._terms[name]
        except KeyError:
            raise AttributeError(f"`{name}` is not among the listed names of <{self.iri}>") from None

    def __contains__(self, node: NamedNode) -> bool:
        """Tell whether the term is one of the listed names."""
        return node in self._terms.values()

    def __iter__(self) -> Iterator[NamedNode]:
        """Give every listed term."""
        return iter(self._terms.values())


RDF = Namespace(
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "type value first rest nil Property Statement langString PlainLiteral",
)
RDFS = Namespace(
    "http://www.w3.org/2000/01/rdf-schema#",
    "label comment Class subClassOf subPropertyOf domain range Datatype isDefinedBy seeAlso Literal",
)
OWL = Namespace(
    "http://www.w3.org/2002/07/owl#",
    "Ontology Class ObjectProperty DatatypeProperty AnnotationProperty NamedIndividual imports inverseOf versionIRI "
    "versionInfo deprecated sameAs onDatatype oneOf unionOf Thing Nothing "
    "DeprecatedClass DeprecatedProperty DataRange Restriction AllDisjointClasses AllDisjointProperties AllDifferent "
    "FunctionalProperty InverseFunctionalProperty TransitiveProperty SymmetricProperty AsymmetricProperty "
    "IrreflexiveProperty ReflexiveProperty equivalentClass equivalentProperty disjointWith disjointUnionOf "
    "propertyDisjointWith propertyChainAxiom hasKey intersectionOf complementOf datatypeComplementOf onProperty "
    "onClass onDataRange someValuesFrom allValuesFrom hasValue hasSelf cardinality minCardinality maxCardinality "
    "qualifiedCardinality minQualifiedCardinality maxQualifiedCardinality withRestrictions members distinctMembers "
    "differentFrom real rational",
)
XSD = Namespace(
    "http://www.w3.org/2001/XMLSchema#",
    "string boolean integer decimal float double date dateTime gMonthDay anyURI hexBinary duration nonNegativeInteger "
    "time gYear language",
)
DCTERMS = Namespace(
    "http://purl.org/dc/terms/",
    "title description identifier issued modified created publisher creator license rights accessRights conformsTo "
    "LicenseDocument hasVersion isVersionOf format spatial temporal subject source type language provenance "
    "accrualPeriodicity bibliographicCitation requires replaces isReplacedBy valid relation hasPart isPartOf "
    "isReferencedBy rightsHolder",
)
DCAT = Namespace(
    "http://www.w3.org/ns/dcat#",
    "Catalog Dataset Distribution DataService Resource dataset distribution service record CatalogRecord version "
    "hasVersion isVersionOf hasCurrentVersion previousVersion keyword theme contactPoint landingPage downloadURL "
    "accessURL accessService endpointURL endpointDescription servesDataset mediaType byteSize packageFormat bbox "
    "startDate endDate compressFormat inSeries temporalResolution",
)
ODRL = Namespace(
    "http://www.w3.org/ns/odrl/2/",
    "includedIn "
    "Policy Offer Agreement Request Set permission prohibition obligation duty target assigner assignee action "
    "constraint leftOperand operator rightOperand use read distribute derive eq neq lt lteq gt gteq isA isAnyOf "
    "isAllOf isNoneOf isPartOf hasPart purpose dateTime recipient spatial count conflict perm prohibit invalid profile "
    "hasPolicy uid industry delayPeriod elapsedTime event prohibit and or xone andSequence attribute delete inform "
    "anonymize aggregate modify Permission Prohibition Duty Constraint LogicalConstraint "
    "Action Party LeftOperand AssetCollection PartyCollection refinement remedy consequence inheritFrom source partOf "
    "unit payAmount percentage resolution meteredTime language "
    "acceptTracking annotate archive compensate concurrentUse digitize display ensureExclusivity execute extract give "
    "grantUse include index install move nextPolicy obtainConsent play present print reproduce reviewPolicy sell "
    "stream synchronize textToSpeech transfer transform translate uninstall watermark write",
)
CC = Namespace(
    "http://creativecommons.org/ns#",
    "permits prohibits requires legalcode DerivativeWorks Distribution Reproduction Attribution Notice ShareAlike "
    "CommercialUse License",
)
PROV = Namespace(
    "http://www.w3.org/ns/prov#",
    "Activity Entity Agent SoftwareAgent "
    "wasGeneratedBy wasDerivedFrom wasAttributedTo wasAssociatedWith used generatedAtTime "
    "startedAtTime endedAtTime actedOnBehalfOf wasRevisionOf value atTime invalidatedAtTime "
    "wasInfluencedBy Plan Derivation qualifiedDerivation entity",
)
FOAF = Namespace("http://xmlns.com/foaf/0.1/", "name homepage mbox primaryTopic Organization Person Agent")
ORG = Namespace(
    "http://www.w3.org/ns/org#",
    "FormalOrganization Organization identifier classification hasMember memberOf role Role",
)
P_PLAN = Namespace("http://purl.org/net/p-plan#", "Step isStepOfPlan isPrecededBy")
OA = Namespace("http://www.w3.org/ns/oa#", "Annotation hasTarget bodyValue motivatedBy commenting")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#", "Kind fn hasEmail hasTelephone Organization Individual")
CNT = Namespace("http://www.w3.org/2011/content#", "characterEncoding")
SPDX = Namespace(
    "http://spdx.org/rdf/terms#",
    "Checksum checksum algorithm checksumValue checksumAlgorithm_sha256",
)
SH = Namespace(
    "http://www.w3.org/ns/shacl#",
    "NodeShape PropertyShape ValidationReport ValidationResult conforms result focusNode resultPath value "
    "sourceShape sourceConstraintComponent resultSeverity resultMessage Violation Warning Info shapesGraph declare "
    "prefix namespace targetClass property path minCount maxCount datatype nodeKind IRI BlankNodeOrIRI message "
    "severity name in targetSubjectsOf SPARQLSelectExecutable SPARQLAskExecutable SPARQLConstructExecutable select ask "
    "construct parameter Parameter description optional defaultValue",
)
DQV = Namespace(
    "http://www.w3.org/ns/dqv#",
    "QualityMeasurement QualityAnnotation hasQualityMeasurement hasQualityAnnotation isMeasurementOf computedOn value "
    "Metric Dimension inDimension",
)
SKOS = Namespace(
    "http://www.w3.org/2004/02/skos/core#",
    "Concept ConceptScheme Collection prefLabel altLabel definition notation inScheme topConceptOf hasTopConcept "
    "broader narrower exactMatch closeMatch broadMatch narrowMatch relatedMatch mappingRelation hiddenLabel changeNote",
)
DSPACE = Namespace(
    "https://w3id.org/dspace/2025/1/",
    "ContractNegotiation ContractRequestMessage ContractAgreementMessage ContractAgreementVerificationMessage "
    "ContractNegotiationEventMessage ContractNegotiationTerminationMessage providerPid consumerPid state REQUESTED "
    "OFFERED ACCEPTED AGREED VERIFIED FINALIZED TERMINATED offer agreement reason callbackAddress timestamp "
    "TransferProcess STARTED SUSPENDED COMPLETED dataAddress",
)
SEC = Namespace(
    "https://w3id.org/security#",
    "DataIntegrityProof Multikey cryptosuite proof proofPurpose proofValue verificationMethod assertionMethod "
    "publicKeyMultibase controller",
)
PROF = Namespace(
    "http://www.w3.org/ns/dx/prof/",
    "Profile ResourceDescriptor hasResource hasRole hasArtifact isProfileOf",
)
VANN = Namespace("http://purl.org/vocab/vann/", "preferredNamespacePrefix preferredNamespaceUri")
OBO = Namespace("http://purl.obolibrary.org/obo/", "IAO_0000115 IAO_0000118")
"""Of the Information Artifact Ontology: a definition, and another name."""
ADMS = Namespace("http://www.w3.org/ns/adms#", "Asset status")
LDP = Namespace("http://www.w3.org/ns/ldp#", "inbox")
MD = Namespace(
    "http://iec.ch/TC57/61970-552/ModelDescription/1#",
    "FullModel Model.created Model.scenarioTime Model.description Model.modelingAuthoritySet Model.profile "
    "Model.version Model.DependentOn Model.Supersedes",
)
RML = Namespace("http://w3id.org/rml/", "logicalSource defaultGraph MappingDirectory UTF-8 UTF-16")
DPV = Namespace("https://w3id.org/dpv#", "hasPersonalData PersonalData")
DCATAP = Namespace("http://data.europa.eu/r5r/", "applicableLegislation")
CSVW = Namespace(
    "http://www.w3.org/ns/csvw#",
    "TableGroup Table Row table row rownum describes url title",
)
DM = Namespace(
    "http://iec.ch/TC57/61970-552/DifferenceModel/1#",
    "DifferenceModel forwardDifferences reverseDifferences preconditions",
)
VOID = Namespace(
    "http://rdfs.org/ns/void#",
    "Dataset classPartition propertyPartition class property entities triples classes properties sparqlEndpoint",
)
QB = Namespace("http://purl.org/linked-data/cube#", "Observation measureType")
SD = Namespace(
    "http://www.w3.org/ns/sparql-service-description#",
    "Service endpoint supportedLanguage SPARQL11Query SPARQL11Update resultFormat inputFormat feature "
    "UnionDefaultGraph defaultDataset Dataset defaultGraph namedGraph NamedGraph name graph Graph",
)
FORMATS = Namespace(
    "http://www.w3.org/ns/formats/",
    "SPARQL_Results_JSON SPARQL_Results_XML SPARQL_Results_CSV SPARQL_Results_TSV Turtle N-Triples RDF_XML JSON-LD "
    "N-Quads TriG",
)
SSSOM = Namespace(
    "https://w3id.org/sssom/",
    "MappingSet ExtensionDefinition mappings mapping_set_id subject_source object_source extension_definitions "
    "slot_name property type_hint",
)
QUDT = Namespace(
    "http://qudt.org/schema/qudt/",
    "Unit QuantityKind symbol ucumCode conversionMultiplier conversionOffset currencyCode hasDimensionVector "
    "hasQuantityKind hasUnit",
)
VES = Namespace(
    "https://w3id.org/virtuales/ns#",
    "UseCase DataRequirement TermCoverage PainPoint Priority MustHave ShouldHave CouldHave WontHave "
    "MethodStep ModelReview StakeholderEngagement RequirementsRefinement Alignment GapAnalysis "
    "neededBy suppliedBy neededAt performedBy priority maximumAge coverage term inModel lacks proposedFor "
    "CoverageStatus coverageStatus Covered PartlyCovered NotCovered Conflicting "
    "Model Profile Occurrence Enumeration Compound Quantity extendsProfile inProfile concreteIn rootIn occurrence "
    "minimum maximum valueType unit multiplier associationUsed ShapesGraph file "
    "AskedSource askedSource sourceState "
    "appliedSequence node Participant OrganisationStatus Pending Approved Suspended Refused status legalName "
    "registrationNumber acceptedTerms verificationCheck VerificationCheck checkName checkOutcome checkNote checkedBy "
    "checkedAt decidedBy decidedAt decisionReason hostedAt roleSought role ClientCredential secretDigest clientOf "
    "scope sensitivityClass triage handlingReason modelGraph headerGraph validationReport conformanceVerdict Conforms "
    "NonConforming visibility Public Participants publishedBy contentDigest profile versionNumber objectCount "
    "tripleCount justification requestedPurpose negotiation signedBy revokedAt revocationReason Notification notifies "
    "about read receivedAt retainedIn agreementDocument Active Revoked acceptedHandling registeredAt publicKey "
    "termsVersion contactEmail contactName personStatus invitedAt "
    "Withdrawn cursor followedNode ApprovedParticipants certification clientId "
    "Purpose NetworkPlanning SystemOperation ConnectionStudy MarketAnalysis Research RegulatoryReporting "
    "requestedBy requestedFrom requestedAt negotiationState callbackAddress validFrom validUntil signedDocument "
    "openLicence TokenKey "
    "model judgedBy warningCount draft preparation Access accessDecision accessPath accessReason "
    "agreement "
    "Schema Draft Deprecated decision requiredFrom "
    "NotJudged personalData personalDataReason regulatoryCondition sheet Completeness ReferentialIntegrity "
    "ResultsPerThousandObjects AgeInDays UpdatedInTime MandatoryCompleteness MissingValues ofProperty "
    "Triage TriageOpen TriageShared TriageClosed "
    "CuratorTable LiftingMapping MappingRule SavedQuery SavedSearch searchedFor savedBy seenAnswer "
    "Contributed Checked Reviewed Published Rejected Replaced deed errorCount findingsDigest "
    "WordGroups sure compatibleLicence doesNotCover "
    "group PolicyProfile fulfilledDuty violatedRule"
    " NegotiationMove moveNumber moves move party Letter letterKind sender recipient path message"
    " TerminationNotice RevocationNotice statedBy Terminated endedAt endReason noticeDocument"
    " Evidence ofRule evidenceState noted"
    " connector UnstatedPurpose "
    "viewClass viewProperty viewObject viewArea viewQuery conditionProperty conditionValue technique techniqueProperty "
    "step precision pseudonymisesObjects groupSize dropsSmallGroups Suppression Generalisation Rounding "
    "Pseudonymisation Aggregation SumOfGroup MeanOfGroup viewOf statistic"
    " RegisteredProfile RegisteredPolicy registeredName registeredDocument AnnouncedEvent eventNamed RegisteredFact"
    " stated statedDocument"
    " Attestation attestation attestationEvidence attestedBy attests revokedBy"
    " TermsAcceptance TermsAndConditions acceptedAt acceptedBy termsAcceptance termsText"
    " Noise Clamping epsilon delta budget lowerBound upperBound noiseScale Disclosure NoisyRelease discloses",
)
