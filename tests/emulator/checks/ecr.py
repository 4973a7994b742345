"""ECR: repositories and images."""

from __future__ import annotations

import hashlib
import json

from tests.emulator.checks.base import Aws, check, code


@check("an image's digest is its manifest's")
def _(aws: Aws) -> bool:
    ecr = aws.client("ecr")
    ecr.create_repository(repositoryName="app")
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    manifests = [json.dumps({"schemaVersion": 2, "mediaType": kind, "layers": [], "n": n}) for n in range(2)]
    for number, manifest in enumerate(manifests):
        ecr.put_image(repositoryName="app", imageManifest=manifest, imageTag=str(number))
    found = {image["imageDigest"] for image in ecr.describe_images(repositoryName="app")["imageDetails"]}
    return found == {f"sha256:{hashlib.sha256(manifest.encode()).hexdigest()}" for manifest in manifests}


@check("a repository's key has to exist")
def _(aws: Aws) -> bool:
    encryption = {"encryptionType": "KMS", "kmsKey": "arn:aws:kms:us-east-1:123456789012:key/none"}
    create = aws.client("ecr").create_repository
    return code(create, repositoryName="app", encryptionConfiguration=encryption) == "KmsException"


@check("an image that loses its only tag to another stays, without one")
def _(aws: Aws) -> bool:
    ecr = aws.client("ecr")
    ecr.create_repository(repositoryName="app")
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    for number in range(2):
        manifest = json.dumps({"schemaVersion": 2, "mediaType": kind, "layers": [], "n": number})
        ecr.put_image(repositoryName="app", imageManifest=manifest, imageTag="1")
    found = ecr.describe_images(repositoryName="app")["imageDetails"]
    untagged = ecr.list_images(repositoryName="app", filter={"tagStatus": "UNTAGGED"})["imageIds"]
    return [one.get("imageTags") for one in found] == [None, ["1"]] and len(untagged) == 1
