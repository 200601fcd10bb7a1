"""An authenticator in a few lines: it makes passkeys and signs with them, as a phone does."""

import base64
import hashlib
import json
import secrets

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ORIGIN = "http://testserver"
PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Authenticator:
    """One passkey at most; what it says can be bent by `origin`, `flags` and `count`."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.count = 0

    def make(self, options: str, *, origin: str = ORIGIN, flags: int = PRESENT | VERIFIED) -> str:
        """Answer `navigator.credentials.create`."""
        asked = json.loads(options)
        said = self._said("webauthn.create", asked["challenge"], origin)
        data = self._data(asked["rp"]["id"], flags | ATTESTED)
        data += bytes(16) + len(self.id).to_bytes(2, "big") + self.id + self._public()
        attestation = {"fmt": "none", "attStmt": {}, "authData": data}
        return self._answer(
            clientDataJSON=text(said),
            attestationObject=text(cbor2.dumps(attestation)),
            transports=["internal", "carrier pigeon"],
        )

    def use(self, options: str, *, origin: str = ORIGIN, flags: int = PRESENT | VERIFIED) -> str:
        """Answer `navigator.credentials.get`."""
        asked = json.loads(options)
        self.count += 1
        said = self._said("webauthn.get", asked["challenge"], origin)
        data = self._data(asked["rpId"], flags)
        signed = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=text(said), authenticatorData=text(data), signature=text(signed)
        )

    def _said(self, kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()

    def _data(self, host: str, flags: int) -> bytes:
        host_hash = hashlib.sha256(host.encode()).digest()
        return host_hash + bytes([flags]) + self.count.to_bytes(4, "big")

    def _public(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _answer(self, **response: object) -> str:
        credential = {"id": text(self.id), "rawId": text(self.id), "type": "public-key"}
        return json.dumps(credential | {"response": response})
