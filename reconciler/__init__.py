"""GitOps for AWS without Kubernetes and without a state file."""

__version__ = "0.1.0"

API_VERSION = "reconciler/v1"
"""What every document and every report begins with."""
