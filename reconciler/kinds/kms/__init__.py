"""KMS: tags travel in the create call, spelled TagKey and TagValue; no listing shows them."""

from __future__ import annotations

from ...kind import Program, Service, Tags, pairs, unpairs
from ...types import MapOf

SYMMETRIC = "SYMMETRIC_DEFAULT"
SPECS = (
    SYMMETRIC, "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521",
    "ECC_SECG_P256K1", "ECC_NIST_EDWARDS25519", "HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512", "SM2",
    "ML_DSA_44", "ML_DSA_65", "ML_DSA_87",
)  # fmt: skip
USES = ("ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT")


def ask_tags(arn: str) -> Program[Tags | None]:
    """Ask one key for its tags."""
    answer = yield KMS.call("ListResourceTags", keyId=arn, missing=("NotFoundException",))
    return unpairs((answer or {}).get("tags"), "tagKey", "tagValue")


KMS: Service = Service(
    "kms",
    tag=lambda live, tags: [KMS.call("TagResource", keyId=live.id, tags=pairs(tags, "tagKey", "tagValue"))],
    create_tags=lambda _kind, tags: {"tags": pairs(tags, "tagKey", "tagValue")},
    read_tags=lambda _raw: None,
    ask_tags=ask_tags,
)
TAGS = MapOf()
