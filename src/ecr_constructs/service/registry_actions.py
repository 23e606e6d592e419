"""The IAM actions that replication, pull through caches and creation templates need.

``UG`` is the Amazon ECR user guide below
https://docs.aws.amazon.com/AmazonECR/latest/userguide/.
"""

from __future__ import annotations

from typing import Final

from ecr_constructs.service import actions

#: What a registry that others replicate to must allow them.
#: UG registry-permissions-create-replication.html
REPLICATE: Final = frozenset({"ecr:CreateRepository", "ecr:ReplicateImage"})
#: What a first pull through a cache takes, beside pulling. UG pull-through-cache-iam.html
IMPORT: Final = frozenset({"ecr:BatchImportUpstreamImage", "ecr:CreateRepository"})
#: What creating a repository takes where its template sets tags.
#: UG repository-creation-templates.html
TAG: Final = "ecr:TagResource"
#: What creates repositories that a template governs, and so is no administration by itself.
CREATION: Final = frozenset({"ecr:CreateRepository", TAG})
#: One of these tells that ``CREATION`` is for what replication or a cache brings.
BRINGS: Final = frozenset({"ecr:BatchImportUpstreamImage", "ecr:ReplicateImage"})

#: What the role of a template may do, by what it acts on. UG repository-creation-templates-iam.html
TEMPLATE_ROLE: Final = frozenset({"ecr:CreateRepository", "ecr:ReplicateImage", TAG})
TEMPLATE_ROLE_KEY: Final = frozenset({"kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"})

#: What the role of a cache of another registry may do there. UG pull-through-cache-private.html
CACHE_ROLE_UPSTREAM: Final = frozenset(
    {
        "ecr:BatchGetImage",
        "ecr:BatchImportUpstreamImage",
        "ecr:GetDownloadUrlForLayer",
        "ecr:GetImageCopyStatus",
    }
)
#: And in its own registry.
CACHE_ROLE_DOWNSTREAM: Final = CACHE_ROLE_UPSTREAM | frozenset(
    {
        "ecr:CompleteLayerUpload",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
    }
)

#: What changes the settings of a registry, and so is never for another account.
ADMINISTER: Final = frozenset(
    action
    for action in actions.REGISTRY
    if not action.startswith(("ecr:Describe", "ecr:Get", "ecr:List", "ecr:Validate"))
)
