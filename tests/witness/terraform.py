"""Asks Terraform's AWS provider, which others wrote, what there is: it reads, and changes nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as data
from pathlib import Path
from typing import Any

SOURCE = "registry.terraform.io/hashicorp/aws"
IMPLIED = ("/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins")
"""Where Terraform itself looks for providers before it asks the network."""


def mirror() -> str:
    """Return the folder that has the AWS provider, as the environment or Terraform's own configuration says."""
    said = os.environ.get("RECONCILER_TERRAFORM_MIRROR", "")
    config = Path(os.environ.get("TF_CLI_CONFIG_FILE") or Path.home() / ".terraformrc")
    told = re.findall(r'\bpath\s*=\s*"([^"]+)"', config.read_text()) if config.is_file() else []
    return next((place for place in (said, *told, *IMPLIED) if place and (Path(place) / SOURCE).is_dir()), "")


def missing() -> str:
    """Return what is not installed; empty if everything is."""
    if not shutil.which("terraform"):
        return "no terraform on the PATH"
    return "" if mirror() else "no mirror of Terraform's AWS provider: set RECONCILER_TERRAFORM_MIRROR to its folder"


@dataclass(frozen=True)
class Named:
    """One resource that Terraform is asked for: its type, its name here, and what identifies it."""

    type: str
    name: str
    identity: Mapping[str, Any]


@dataclass
class Terraform:
    """A folder of its own with the provider pointed at one endpoint on the loopback interface."""

    folder: Path
    url: str
    region: str
    _schema: dict[str, Any] = data(default_factory=dict)

    def prepare(self) -> None:
        """Install the provider from the mirror, and learn its types."""
        self._write({"terraform": {"required_providers": {"aws": {"source": SOURCE}}}})
        self._run("init", f"-plugin-dir={mirror()}", "-input=false")
        self._schema = json.loads(self._run("providers", "schema", "-json"))["provider_schemas"][SOURCE]
        services = self._schema["provider"]["block"]["block_types"]["endpoints"]["block"]["attributes"]
        provider = {
            "region": self.region, "access_key": "test", "secret_key": "test", "max_retries": 1,
            "s3_use_path_style": True, "skip_credentials_validation": True, "skip_metadata_api_check": True,
            "skip_region_validation": True, "endpoints": [dict.fromkeys(services, self.url)],
        }  # fmt: skip
        self._write({"terraform": {"required_providers": {"aws": {"source": SOURCE}}}, "provider": {"aws": provider}})

    def look(self, wanted: Iterable[Named]) -> dict[str, dict[str, Any]]:
        """Return what the provider reads of these, by name; what does not exist is left out."""
        resources = [
            {
                "mode": "managed", "type": one.type, "name": one.name, "provider": f'provider["{SOURCE}"]',
                "instances": [{
                    "schema_version": self._of(one)["version"], "attributes": {**self._blank(one), **one.identity}
                }],
            }
            for one in wanted
        ]  # fmt: skip
        state = {"version": 4, "serial": 1, "lineage": "witness", "outputs": {}, "resources": resources}
        (self.folder / "terraform.tfstate").write_text(json.dumps(state))
        self._run("apply", "-refresh-only", "-auto-approve", "-input=false", "-parallelism=4")
        shown = json.loads(self._run("show", "-json")).get("values", {}).get("root_module", {}).get("resources", ())
        return {one["name"]: one["values"] for one in shown}

    def _of(self, one: Named) -> dict[str, Any]:
        found: dict[str, Any] = self._schema["resource_schemas"][one.type]
        return found

    def _blank(self, one: Named) -> dict[str, None]:
        """Say nothing of what the provider insists on: it has to read it."""
        return {name: None for name, told in self._of(one)["block"]["attributes"].items() if told.get("required")}

    def _write(self, config: Mapping[str, Any]) -> None:
        (self.folder / "main.tf.json").write_text(json.dumps(config))

    def _run(self, *arguments: str) -> str:
        env = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "TF_CLI_CONFIG_FILE": os.devnull,
            "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "127.0.0.1",
        }  # fmt: skip
        color = [] if arguments[0] in ("show", "providers") else ["-no-color"]
        done = subprocess.run(
            ["terraform", *arguments, *color],
            cwd=self.folder, env=env, capture_output=True, text=True, check=False, timeout=150,
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(f"terraform {arguments[0]}: {done.stderr or done.stdout}")
        return done.stdout
