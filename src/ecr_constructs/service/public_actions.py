"""The IAM actions of Amazon ECR Public, by what they act on.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_ecr-public.html
"""

from __future__ import annotations

from typing import Final

# https://docs.aws.amazon.com/AmazonECR/latest/public/public-repository-policy-examples.html
PUSH: Final = frozenset(
    {
        "ecr-public:BatchCheckLayerAvailability",
        "ecr-public:CompleteLayerUpload",
        "ecr-public:InitiateLayerUpload",
        "ecr-public:PutImage",
        "ecr-public:UploadLayerPart",
    }
)
#: What changes how a public repository is governed, and so is never for another account.
ADMINISTER: Final = frozenset(
    {
        "ecr-public:BatchDeleteImage",
        "ecr-public:CreateRepository",
        "ecr-public:DeleteRepository",
        "ecr-public:DeleteRepositoryPolicy",
        "ecr-public:PutRepositoryCatalogData",
        "ecr-public:SetRepositoryPolicy",
        "ecr-public:TagResource",
        "ecr-public:UntagResource",
    }
)
#: Every action that may stand in the policy of a public repository. Pulling is none of
#: them: everybody may.
REPOSITORY: Final = (
    PUSH
    | ADMINISTER
    | {
        "ecr-public:DescribeImageTags",
        "ecr-public:DescribeImages",
        "ecr-public:DescribeRepositories",
        "ecr-public:GetRepositoryCatalogData",
        "ecr-public:GetRepositoryPolicy",
        "ecr-public:ListTagsForResource",
    }
)

#: Actions without a repository; they can only come from an identity policy.
REGISTRY: Final = frozenset(
    {
        "ecr-public:DescribeRegistries",
        "ecr-public:GetAuthorizationToken",
        "ecr-public:GetRegistryCatalogData",
        "ecr-public:PutRegistryCatalogData",
    }
)
