"""Changes by what they mean: at least three pairs for each class, apart from access."""

from __future__ import annotations

import json
from typing import Any

from tests.review.resources import (
    KEY,
    KMS,
    MUTABLE,
    NOT_ON_PUSH,
    PROFILE,
    cache,
    excluding,
    exempt,
    one,
    replication,
    scanning,
    signing,
    template,
)
from tests.review.templates import ACCOUNT, OTHER, expiring, repository, rule

#: Class -> what changes -> before, after, the beginning of the sentence.
PAIRS: dict[str, dict[str, tuple[Any, Any, str]]] = {
    "lost": {
        "a new name": (
            one(),
            one("payments/core"),
            (
                "payments/api is replaced by an empty repository, to which its images do not move;"
                " the old one stays with them, outside of its stack"
            ),
        ),
        "a new name, and the old one goes with its images": (
            one(None, EmptyOnDelete=True, replacement="Delete"),
            one("payments/core", EmptyOnDelete=True, replacement="Delete"),
            (
                "Main/Api is replaced by an empty repository, to which its images do not move, and"
                " which are deleted with the old one"
            ),
        ),
        "new encryption": (
            one(),
            one(EncryptionConfiguration=KMS),
            (
                "payments/api would be replaced by an empty repository, to which its images do not"
                " move; CloudFormation cannot make a second repository of that name"
            ),
        ),
        "a new key, without a name": (
            one(None, EncryptionConfiguration=KMS),
            one(None, EncryptionConfiguration=KMS | {"KmsKey": f"{KEY}-2"}),
            "Main/Api is replaced by an empty repository",
        ),
        "a default that is written out": (
            one(EncryptionConfiguration=None),
            one(),
            "payments/api would be replaced by an empty repository",
        ),
        "a default that is no longer written out": (
            one(None),
            one(None, EncryptionConfiguration={"Ref": "AWS::NoValue"}),
            "Main/Api is replaced by an empty repository",
        ),
        "removed with its images": (
            one(deletion="Delete", EmptyOnDelete=True),
            {},
            "payments/api is deleted with all its images",
        ),
        "removed without retain": (
            one(deletion="Delete"),
            {},
            "payments/api is deleted if it holds no image",
        ),
        "fewer are kept": (
            expiring(rule(1, count=50, tags=["v*"])),
            expiring(rule(1, count=10, tags=["v*"])),
            "images of payments/api that stay today expire",
        ),
        "they go earlier": (
            expiring(rule(1, count=30, days=True)),
            expiring(rule(1, count=14, days=True)),
            "images of payments/api that stay today expire",
        ),
        "a first policy": (
            expiring(),
            expiring(rule(1, count=30, days=True)),
            "images of payments/api that stay today expire",
        ),
        "a protection that comes last": (
            expiring(rule(1, count=999999, tags=["prod"]), rule(2, count=7, days=True)),
            expiring(rule(2, count=7, days=True)),
            "images of payments/api that stay today expire",
        ),
    },
    "weakened": {
        "tags move": (
            one(),
            one(**MUTABLE),
            "every tag of payments/api can be overwritten, where before no tag could",
        ),
        "another tag moves": (
            one(**excluding("IMMUTABLE_WITH_EXCLUSION", "latest")),
            one(**excluding("IMMUTABLE_WITH_EXCLUSION", "latest", "dev-*")),
            (
                "the tags dev-* and latest of payments/api can be overwritten, where before the tag"
                " latest could"
            ),
        ),
        "it goes with its stack": (
            one(),
            one(deletion="Delete"),
            (
                "payments/api is deleted if it holds no image when it leaves its stack, where"
                " before it stayed with its images"
            ),
        ),
        "it goes when it is replaced": (
            one(),
            one(replacement="Delete", EmptyOnDelete=True),
            "payments/api is deleted with its images when it is replaced",
        ),
        "an exemption": (
            one(),
            exempt("nightly"),
            "payments/api is now exempt from tag-immutability",
        ),
        "an exemption for longer": (
            exempt("nightly", expires="2026-12-31"),
            exempt("nightly"),
            "the exemption from tag-immutability of payments/api holds longer",
        ),
        "nobody governs it": (
            one(),
            {},
            "payments/api leaves its stack and stays with its images, governed by nobody",
        ),
        "no longer signed": (
            signing("payments/*"),
            signing("web/*"),
            (
                "images pushed to payments/api and repositories named payments/* are signed no"
                f" longer with {PROFILE}"
            ),
        ),
        "a template is gone": (
            template(),
            {},
            "repositories that are created below hub follow no creation template any more",
        ),
        "tags of what is created": (
            template(ImageTagMutability="IMMUTABLE"),
            template(),
            "every tag of repositories that are created below hub can be overwritten",
        ),
    },
    "strengthened": {
        "tags are kept": (
            one(**MUTABLE),
            one(),
            "no tag of payments/api can be overwritten, where before every tag could",
        ),
        "it is kept": (
            one(deletion="Delete", EmptyOnDelete=True),
            one(EmptyOnDelete=True),
            (
                "payments/api stays with its images when it leaves its stack, where before it was"
                " deleted with its images"
            ),
        ),
        "more are kept": (
            expiring(rule(1, count=10, tags=["v*"])),
            expiring(rule(1, count=50, tags=["v*"])),
            "images of payments/api stay that expire or are archived today",
        ),
        "no longer exempt": (
            exempt("nightly"),
            one(),
            "payments/api is no longer exempt from tag-immutability",
        ),
        "an exemption that ends": (
            exempt("nightly"),
            exempt("nightly", expires="2026-12-31"),
            "the exemption from tag-immutability of payments/api ends earlier",
        ),
        "signed": (
            signing("web/*"),
            signing("web/*", "payments/*"),
            (
                "images pushed to payments/api and repositories named payments/* are signed with"
                f" {PROFILE}"
            ),
        ),
    },
    "stopped": {
        "a prefix": (
            replication(("eu-central-1", ACCOUNT, ["payments/", "checkout/"])),
            replication(("eu-central-1", ACCOUNT, ["payments/"])),
            (
                f"the registry of account {ACCOUNT} in eu-central-1 no longer receives checkout/;"
                " the images that are there stay"
            ),
        ),
        "a destination": (
            replication(("eu-central-1", ACCOUNT, []), ("eu-west-2", OTHER, [])),
            replication(("eu-central-1", ACCOUNT, [])),
            (
                f"the registry of account {OTHER} in eu-west-2 no longer receives images (1"
                " repository of this app)"
            ),
        ),
        "all of it": (
            replication(("eu-central-1", ACCOUNT, ["payments/"])),
            replication(),
            (
                f"the registry of account {ACCOUNT} in eu-central-1 no longer receives payments/ (1"
                " repository of this app)"
            ),
        ),
        "a cache": (cache(), {}, "images of Quay (quay.io) can no longer be pulled through 'quay'"),
    },
    "started": {
        "replication": (
            replication(),
            replication(("eu-central-1", OTHER, ["payments/"])),
            (
                f"the registry of account {OTHER} in eu-central-1 receives payments/ (1 repository"
                " of this app) from now on; images that were pushed before are not copied"
            ),
        ),
        "a wider prefix": (
            replication(("eu-central-1", ACCOUNT, ["payments/api"])),
            replication(("eu-central-1", ACCOUNT, ["pay"])),
            f"the registry of account {ACCOUNT} in eu-central-1 receives pay*",
        ),
        "a cache": ({}, cache(), "images of Quay (quay.io) can be pulled through 'quay'"),
        "a cache with a login": (
            {},
            cache(CredentialArn="arn:aws:secretsmanager:eu-west-1:1:secret:ecr-pullthroughcache/a"),
            (
                "images of Quay (quay.io) can be pulled through 'quay' once its secret holds the"
                " credential"
            ),
        ),
    },
    "unscanned": {
        "its own flag": (
            one(),
            one(**NOT_ON_PUSH),
            (
                "payments/api is scanned only when somebody asks for it, where before it was"
                " scanned on push"
            ),
        ),
        "a filter": (
            scanning("BASIC", ("SCAN_ON_PUSH", ["payments/*"]), **NOT_ON_PUSH),
            scanning("BASIC", ("SCAN_ON_PUSH", ["web/*"]), **NOT_ON_PUSH),
            "payments/api is scanned only when somebody asks for it",
        ),
        "not by Inspector": (
            scanning("ENHANCED", ("CONTINUOUS_SCAN", ["*"])),
            scanning("ENHANCED", ("CONTINUOUS_SCAN", ["web/*"])),
            (
                "payments/api and repositories that nothing here names are not scanned, where"
                " before they were scanned on push and again whenever a vulnerability is known by"
                " Amazon Inspector"
            ),
        ),
        "basic for enhanced": (
            scanning("ENHANCED", ("SCAN_ON_PUSH", ["*"])),
            scanning("BASIC", ("SCAN_ON_PUSH", ["*"])),
            (
                "payments/api and repositories that are not in this app are scanned on push, where"
                " before they were scanned on push by Amazon Inspector"
            ),
        ),
    },
    "scanned": {
        "its own flag": (one(**NOT_ON_PUSH), one(), "payments/api is scanned on push"),
        "the registry": (
            one(**NOT_ON_PUSH),
            scanning("BASIC", ("SCAN_ON_PUSH", ["*"]), **NOT_ON_PUSH),
            "payments/api is scanned on push",
        ),
        "continuously": (
            scanning("ENHANCED", ("SCAN_ON_PUSH", ["*"])),
            scanning("ENHANCED", ("CONTINUOUS_SCAN", ["*"])),
            (
                "payments/api and repositories that are not in this app are scanned on push and"
                " again whenever a vulnerability is known"
            ),
        ),
    },
    "replaced": {
        "another secret": (
            cache(CredentialArn="arn:aws:secretsmanager:eu-west-1:1:secret:ecr-pullthroughcache/a"),
            cache(CredentialArn="arn:aws:secretsmanager:eu-west-1:1:secret:ecr-pullthroughcache/b"),
            "the pull through cache rule 'quay' is replaced",
        ),
        "another upstream": (
            cache(),
            cache(UpstreamRegistryUrl="registry.k8s.io"),
            "the pull through cache rule 'quay' is replaced",
        ),
        "another prefix at the upstream": (
            cache(),
            cache(UpstreamRepositoryPrefix="org"),
            "the pull through cache rule 'quay' is replaced",
        ),
        "another spelling of its prefix": (
            cache(),
            cache(EcrRepositoryPrefix="quay/"),
            "the pull through cache rule 'quay' is replaced",
        ),
        "another logical id": (
            one(),
            {"Other": repository()},
            "payments/api is declared under another logical id",
        ),
    },
    "harmless": {
        "a new repository": (
            one(),
            one() | {"Web": repository("web/shop")},
            "web/shop is new",
        ),
        "resource tags": (
            one(),
            one(Tags=[{"Key": "team", "Value": "payments"}]),
            "the resource tags of payments/api change",
        ),
        "the words of an exemption": (
            exempt("nightly"),
            exempt("rebuilt every night"),
            "the exemption from tag-immutability of payments/api is written otherwise",
        ),
        "prefixes for patterns": (
            expiring(rule(1, count=5, tags=["v*"])),
            {
                "Api": repository(
                    LifecyclePolicy={
                        "LifecyclePolicyText": json.dumps(
                            {
                                "rules": [
                                    {
                                        "rulePriority": 1,
                                        "selection": {
                                            "tagStatus": "tagged",
                                            "tagPrefixList": ["v"],
                                            "countType": "imageCountMoreThan",
                                            "countNumber": 5,
                                        },
                                        "action": {"type": "expire"},
                                    }
                                ]
                            }
                        )
                    }
                )
            },
            "the lifecycle policy of payments/api is written otherwise, to the same effect",
        ),
    },
}
