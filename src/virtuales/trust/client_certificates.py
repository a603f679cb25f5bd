"""Client certificates as a proxy tells of them: the header of RFC 9440, and the thumbprint that tokens are bound to.

See RFC 8705: a token names the certificate by its SHA-256 (`cnf`, `x5t#S256`). The proxy ends TLS, has verified that
the client holds the certificate's key, and replaces any header of that name that the client sent itself.
"""

import base64
import hashlib
import re

from cryptography import x509

from virtuales.errors import Unauthenticated

HEADER = "client-cert"
_LONGEST = 16_384
_BYTES = re.compile(r":([A-Za-z0-9+/=]*):")
"""A sequence of bytes as structured fields write it (RFC 8941, section 3.3.5)."""


def certificate_thumbprint(header: str) -> str:
    """Return the thumbprint of the certificate in a `Client-Cert` header.

    Raises:
        Unauthenticated: the header holds no certificate.
    """
    text = header.strip()
    found = _BYTES.fullmatch(text) if len(text) <= _LONGEST else None
    try:
        der = base64.b64decode(found[1], validate=True) if found else b""
        x509.load_der_x509_certificate(der)
    except ValueError as error:
        raise Unauthenticated(
            "The header holds no client certificate.",
            where="Client-Cert",
            remedy="The proxy has to send it as RFC 9440 says: the certificate's DER in Base64, between colons.",
        ) from error
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()
