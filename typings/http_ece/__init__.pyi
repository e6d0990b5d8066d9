from cryptography.hazmat.primitives.asymmetric import ec

def decrypt(
    content: bytes,
    *,
    private_key: ec.EllipticCurvePrivateKey | None = None,
    auth_secret: bytes | None = None,
    version: str = "aes128gcm",
) -> bytes: ...

class ECEException(Exception): ...
