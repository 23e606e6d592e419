"""Write AWS's own descriptions of ECR to files that the emulator reads.

The service model comes from the botocore that the tests' own client uses and the
CloudFormation schemas from cfn-lint, so that the emulator refuses what AWS would
refuse by the same descriptions that the library's tests are written against.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from botocore.loaders import Loader
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

SERVICE_MODEL: Final = "service-2.json"
SCHEMAS: Final = "schemas.json"

#: The Region whose schemas are taken; ECR's types are the same in all that have them.
_REGION: Final = "us-east-1"

RESOURCE_TYPES: Final = (
    "AWS::ECR::PublicRepository",
    "AWS::ECR::PullThroughCacheRule",
    "AWS::ECR::PullTimeUpdateExclusion",
    "AWS::ECR::RegistryPolicy",
    "AWS::ECR::RegistryScanningConfiguration",
    "AWS::ECR::ReplicationConfiguration",
    "AWS::ECR::Repository",
    "AWS::ECR::RepositoryCreationTemplate",
    "AWS::ECR::SigningConfiguration",
)


def write_models(directory: Path) -> Path:
    """Write the models to ``directory``, which is made, and return it."""
    directory.mkdir(parents=True, exist_ok=True)
    service = Loader().load_service_model("ecr", "service-2")
    (directory / SERVICE_MODEL).write_text(json.dumps(service))
    schemas = {
        name: PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, name).schema
        for name in RESOURCE_TYPES
    }
    (directory / SCHEMAS).write_text(json.dumps(schemas))
    return directory
