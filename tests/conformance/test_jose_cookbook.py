"""The cookbook of JOSE (RFC 7520, RFC 8037, RFC 7797), as far as it speaks of signatures and of our keys.

Our tokens are compact JWTs signed with Ed25519 and nothing else. So the Ed25519 example is to be reproduced byte for
byte; the other signatures are to verify with the library that we use, and to be refused at our door. Encryption (the
cookbook's section 5) is spoken nowhere.
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import JWKRegistry
from tests.shared_data import SHARED

from virtuales.errors import Unauthenticated
from virtuales.trust.keys import PublicKey, SigningKey
from virtuales.trust.signed_jwt import check_header, decode_claims, parse_unverified

SUITE = SHARED / "suites" / "jose"
SIGNATURES, NO_COMPACT_FORM = 9, 3
NOT_OURS = {
    "rfc7797": "the payload is not encoded (`b64`: false), a critical extension that is refused as such",
    "jwe": "encryption is not spoken",
    "curve25519/ecdh-es.json": "encryption is not spoken",
}
"""What of the cookbook does not apply, with the reason."""
ALGORITHMS = ["RS256", "PS384", "ES512", "HS256", "EdDSA"]


def loaded(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def cases() -> Iterator[Any]:
    """Give each example of a signature."""
    for path in [*sorted((SUITE / "jws").glob("*.json")), SUITE / "curve25519" / "jws.json"]:
        if path.exists():
            yield pytest.param(loaded(path), id=path.stem)


CASES = list(cases())
without = pytest.mark.skipif(not CASES, reason="needs the shared data `suites/jose`, which is not beside this checkout")
old_name = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # RFC 9864 calls it Ed25519, as our tokens do


@without
def test_every_example_of_a_signature_is_here() -> None:
    outputs = [case.values[0]["output"] for case in CASES]
    assert len(outputs) == SIGNATURES
    assert sum("compact" not in each for each in outputs) == NO_COMPACT_FORM
    named = {path.relative_to(SUITE).as_posix() for path in SUITE.rglob("*.json")}
    left_out = {name for name in named if any(name.startswith(one) for one in NOT_OURS)}
    assert len(named - left_out) == SIGNATURES + len(list((SUITE / "jwk").glob("*.json")))


@old_name
@without
@pytest.mark.parametrize("case", CASES)
def test_the_library_verifies_the_example(case: dict[str, Any]) -> None:
    payload, given = case["input"]["payload"].encode(), case["input"]["key"]
    keys = [JWKRegistry.import_key(each) for each in (given if isinstance(given, list) else [given])]
    for place, form in enumerate([case["output"].get("json_flat"), case["output"].get("json")]):
        if form is None:
            continue
        whole: Any = {**form, "payload": form.get("payload") or encoded(payload)}
        single = keys[0] if len(keys) == 1 else _all_of(keys, whole)
        found = jws.deserialize_json(whole, single, algorithms=ALGORITHMS)
        assert found.payload == payload, place


def _all_of(keys: list[Any], whole: dict[str, Any]) -> Any:  # noqa: ANN401 - the library's own
    """Return how the library finds the key of each of several signatures: in their order."""
    awaiting = iter(keys[: len(whole["signatures"])])
    return lambda _: next(awaiting)


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@without
@pytest.mark.parametrize("case", CASES)
def test_our_door_takes_none_of_them_for_a_token(case: dict[str, Any]) -> None:
    output = case["output"]
    token = output.get("compact") or json.dumps(output.get("json_flat") or output["json"])
    with pytest.raises(Unauthenticated):
        check_header(parse_unverified(token).header, types=frozenset({"at+jwt"}))
    with pytest.raises(Unauthenticated):
        decode_claims(token, SigningKey(b"\1" * 32).public.jose())


@without
def test_the_ed25519_example_is_reproduced_byte_for_byte() -> None:
    case = loaded(SUITE / "curve25519" / "jws.json")
    seed = base64.urlsafe_b64decode(case["input"]["key"]["d"] + "=")
    key = SigningKey(seed)
    assert key.public.jwk()["x"] == case["input"]["key"]["x"]
    signature = key.sign(case["signing"]["sig-input"].encode())
    assert encoded(signature) == case["signing"]["sig"]
    protected, payload, _ = case["output"]["compact"].split(".")
    assert f"{protected}.{payload}.{encoded(signature)}" == case["output"]["compact"]
    assert PublicKey(key.public.raw).verifies(signature, case["signing"]["sig-input"].encode())
