"""Keys: kept to their owner, shown in three forms."""

import os
from pathlib import Path

import pytest

from virtuales.errors import ConfigurationError, InputError
from virtuales.trust import multibase
from virtuales.trust.keys import (
    PublicKey,
    SigningKey,
    did_document,
    did_web,
    did_web_document_url,
    verification_method,
)

W3C_MULTIKEY = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
RFC8037_PUBLIC = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
RFC8037_THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
RFC8032_SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")


@pytest.mark.parametrize(
    "text", ["", "z", "z6Mk", "6Mk", "z6Mk0OIl", W3C_MULTIKEY[:-1], W3C_MULTIKEY + "1", "z" + "1" * 300]
)
def test_refuses_text_that_is_no_ed25519_multikey(text: str) -> None:
    with pytest.raises(InputError):
        PublicKey.from_multikey(text)


def test_refuses_key_file_that_others_may_read(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    SigningKey.load_or_create(path)
    path.chmod(0o640)
    with pytest.raises(ConfigurationError, match="read by others"):
        SigningKey.load_or_create(path)


def test_refuses_key_file_that_holds_no_key(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    os.write(descriptor, b"not a key")
    os.close(descriptor)
    with pytest.raises(ConfigurationError, match="no readable private key"):
        SigningKey.load_or_create(path)


def test_refuses_to_make_a_key_in_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be made"):
        SigningKey.load_or_create(tmp_path / "nowhere" / "key.pem")


def test_refuses_document_url_of_another_did_method() -> None:
    with pytest.raises(InputError, match=r"no did:web"):
        did_web_document_url("did:key:z6Mk")


def test_key_file_is_for_its_owner_alone_and_gives_the_same_key_again(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    first = SigningKey.load_or_create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert SigningKey.load_or_create(path).public == first.public


def test_text_form_of_a_signing_key_shows_its_public_half_alone() -> None:
    key = SigningKey(RFC8032_SEED)
    assert repr(key) == f"SigningKey({key.public.multikey})"
    assert RFC8032_SEED.hex() not in repr(key)


def test_multikey_is_read_and_written_as_published() -> None:
    assert PublicKey.from_multikey(W3C_MULTIKEY).multikey == W3C_MULTIKEY


def test_jwk_and_thumbprint_are_those_of_rfc_8037() -> None:
    public = SigningKey(RFC8032_SEED).public
    assert public.jwk()["x"] == RFC8037_PUBLIC
    assert public.kid == RFC8037_THUMBPRINT


def test_signature_verifies_for_its_data_and_nothing_else() -> None:
    key = SigningKey(RFC8032_SEED)
    signature = key.sign(b"data")
    assert key.public.verifies(signature, b"data")
    assert not key.public.verifies(signature, b"date")
    assert not SigningKey.generate().public.verifies(signature, b"data")


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\0\1", bytes(range(64))])
def test_multibase_reads_what_it_writes(data: bytes) -> None:
    assert multibase.decode(multibase.encode(data)) == data


def test_did_document_lists_the_key_for_assertions() -> None:
    key = SigningKey.generate().public
    did = did_web("https://node.example")
    document = did_document(did, key)
    assert document["assertionMethod"] == [verification_method(did, key)]
    assert did_web_document_url(did) == "https://node.example/.well-known/did.json"
    assert did_web_document_url("did:web:127.0.0.1%3A8001:a", scheme="http") == "http://127.0.0.1:8001/a/did.json"
