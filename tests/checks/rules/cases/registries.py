"""What a registry has beside repositories, and what lies between registries."""

from __future__ import annotations

from typing import Any

from tests.checks.deployments import ACCOUNT, OTHER, REGION, repository
from tests.checks.rules.cases.case import (
    GIVEN,
    REPOSITORIES,
    UNKNOWN,
    Case,
    allow,
    case,
    policy,
    resource,
    root,
)

THIRD = "333333333333"
ORGANISATION = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
ELSEWHERE = "eu-central-1"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:ecr-pullthroughcache/docker-hub-Ab1234"
THERE = f"arn:aws:ecr:{ELSEWHERE}:{OTHER}:repository/"


def replication(*rules: tuple[Any, Any, list[Any]]) -> dict[str, Any]:
    """Return a replication configuration: account, Region and filters of each rule."""
    written = []
    for account, region, filters in rules:
        rule: dict[str, Any] = {"Destinations": [{"Region": region, "RegistryId": account}]}
        if filters:
            rule["RepositoryFilters"] = [
                {"Filter": each, "FilterType": "PREFIX_MATCH"} for each in filters
            ]
        written.append(rule)
    return {
        "Replication": resource(
            "ReplicationConfiguration", ReplicationConfiguration={"Rules": written}
        )
    }


def cache(prefix: Any = "docker-hub", **properties: Any) -> dict[str, Any]:
    members = {
        "EcrRepositoryPrefix": prefix,
        "UpstreamRegistryUrl": "registry-1.docker.io",
        "CredentialArn": SECRET,
        **properties,
    }
    given = {name: value for name, value in members.items() if value is not None}
    return {"Cache": resource("PullThroughCacheRule", **given)}


def secret(key: Any, name: str = "ecr-pullthroughcache/hub") -> dict[str, Any]:
    properties = {"Name": name, "KmsKeyId": key}
    return {"Hub": {"Type": "AWS::SecretsManager::Secret", "Properties": properties}}


def when(condition: str, resources: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a resource under another name and a condition."""
    (body,) = resources.values()
    return {name: body | {"Condition": condition}}


#: A condition that is known at deployment alone, and its opposite.
EITHER: dict[str, Any] = UNKNOWN | {
    "Conditions": {
        "Yes": {"Fn::Equals": [GIVEN, "yes"]},
        "No": {"Fn::Not": [{"Condition": "Yes"}]},
    }
}


def template(prefix: Any, *applied_for: Any, **properties: Any) -> dict[str, Any]:
    return {
        "T": resource(
            "RepositoryCreationTemplate",
            Prefix=prefix,
            AppliedFor=list(applied_for),
            **properties,
        )
    }


def signing(*filters: Any) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "SigningProfileArn": f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/Images"
    }
    if filters:
        rule["RepositoryFilters"] = [
            {"Filter": each, "FilterType": "WILDCARD_MATCH"} for each in filters
        ]
    return {"Signing": resource("SigningConfiguration", Rules=[rule])}


def scanning(kind: Any) -> dict[str, Any]:
    filters = [{"Filter": "*", "FilterType": "WILDCARD"}]
    rules = [{"ScanFrequency": "SCAN_ON_PUSH", "RepositoryFilters": filters}]
    return {"Scan": resource("RegistryScanningConfiguration", ScanType=kind, Rules=rules)}


def event(source: Any, *detail_types: Any) -> dict[str, Any]:
    pattern = {"source": [source], "detail-type": list(detail_types)}
    return {"Rule": {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": pattern}}}


SCAN = "ECR Image Scan"
INSPECTED = "Inspector2 Scan"


def setting(name: str = "BLOB_MOUNTING", value: str = "ENABLED") -> dict[str, Any]:
    properties = {"ServiceToken": "arn", "Name": name, "Value": value}
    return {"Setting": {"Type": "Custom::EcrAccountSetting", "Properties": properties}}


def scans(*detail_types: Any) -> dict[str, Any]:
    """Return a rule for events of both sources about repositories."""
    pattern = {
        "source": ["aws.ecr", "aws.inspector2"],
        "detail-type": list(detail_types),
        "resources": [{"prefix": THERE}],
    }
    return {"Rule": {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": pattern}}}


def registry_policy(
    account: str, *actions: str, on: str = f"{THERE}*", **more: Any
) -> dict[str, Any]:
    statement = allow(root(account), *actions, Resource=on, **more)
    return {"Policy": resource("RegistryPolicy", PolicyText=policy(statement))}


def apart(
    rule: str, about: str, source: dict[str, Any], target: dict[str, Any], *found: str
) -> Case:
    """Return a case of two registries: one of the tests' account, one of another."""
    return Case(
        rule=rule,
        name=about,
        stacks={"Main": {"Resources": source}, "There": {"Resources": target}},
        found=found,
        environments={"There": f"aws://{OTHER}/{ELSEWHERE}"},
    )


API = {"Api": repository()}
SENT = replication((OTHER, ELSEWHERE, ["payments/"]))
TAKEN = registry_policy(ACCOUNT, "ecr:ReplicateImage", "ecr:CreateRepository")
BRING = ("ecr:ReplicateImage", "ecr:CreateRepository")
AT = "Main/Replication"
HUB = {"Hub": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "hub"}}}
NAMED = {
    "Hub": {
        "Type": "AWS::SecretsManager::Secret",
        "Properties": {"Name": "ecr-pullthroughcache/hub"},
    }
}
TAGGED = {"ResourceTags": [{"Key": "team", "Value": "platform"}]}
ROLE = {"CustomRoleArn": f"arn:aws:iam::{ACCOUNT}:role/EcrTemplates"}

CASES: tuple[Case, ...] = (
    # ReplicationDestination
    case("ReplicationDestination", "another Region", replication((ACCOUNT, ELSEWHERE, []))),
    case(
        "ReplicationDestination", "itself", replication((ACCOUNT, REGION, [])), "fail Replication"
    ),
    case(
        "ReplicationDestination",
        "itself, by what the stack says",
        replication(({"Ref": "AWS::AccountId"}, {"Ref": "AWS::Region"}, [])),
        "fail Replication",
    ),
    Case(
        rule="ReplicationDestination",
        name="itself, wherever that is",
        stacks={
            "Main": {
                "Resources": replication(({"Ref": "AWS::AccountId"}, {"Ref": "AWS::Region"}, []))
            }
        },
        environments={"Main": "aws://unknown-account/unknown-region"},
        found=("fail Main/Replication",),
    ),
    case(
        "ReplicationDestination",
        "another partition",
        replication((OTHER, "cn-north-1", [])),
        "fail Replication",
    ),
    case(
        "ReplicationDestination",
        "no account",
        replication(("123", ELSEWHERE, [])),
        "fail Replication",
    ),
    case(
        "ReplicationDestination",
        "Region is a parameter",
        replication((ACCOUNT, GIVEN, [])),
        "unknown Replication",
        **UNKNOWN,
    ),
    case(
        "ReplicationDestination",
        "another account, and a Region that is a parameter",
        replication((OTHER, GIVEN, [])),
        **UNKNOWN,
    ),
    # ReplicationPrefix
    case("ReplicationPrefix", "a namespace", API | replication((OTHER, ELSEWHERE, ["payments/"]))),
    case(
        "ReplicationPrefix",
        "half a word",
        API | replication((OTHER, ELSEWHERE, ["pay"])),
        "fail Replication",
    ),
    case("ReplicationPrefix", "everything", API | replication((OTHER, ELSEWHERE, []))),
    # ReplicationChain
    Case(
        rule="ReplicationChain",
        name="to a third by a second",
        stacks={
            "Main": {"Resources": replication((OTHER, ELSEWHERE, []))},
            "There": {"Resources": replication((THIRD, "us-east-1", []))},
        },
        environments={"There": f"aws://{OTHER}/{ELSEWHERE}"},
        found=("fail Main/Replication",),
    ),
    Case(
        rule="ReplicationChain",
        name="to each other",
        stacks={
            "Main": {"Resources": replication((OTHER, ELSEWHERE, []))},
            "There": {"Resources": replication((ACCOUNT, REGION, []))},
        },
        environments={"There": f"aws://{OTHER}/{ELSEWHERE}"},
    ),
    case(
        "ReplicationChain",
        "two configurations that differ",
        replication((OTHER, ELSEWHERE, []))
        | {"Second": replication((THIRD, ELSEWHERE, []))["Replication"]},
        "unknown Replication",
        "unknown Second",
    ),
    # ReplicationPermission
    apart("ReplicationPermission", "allowed", API | SENT, TAKEN),
    apart(
        "ReplicationPermission",
        "no registry policy",
        API | SENT,
        {"Other": repository()},
        f"fail {AT}",
    ),
    apart(
        "ReplicationPermission",
        "another account is allowed",
        API | SENT,
        registry_policy(THIRD, *BRING),
        f"fail {AT}",
    ),
    apart(
        "ReplicationPermission",
        "creation is not allowed",
        API | SENT,
        registry_policy(ACCOUNT, "ecr:ReplicateImage"),
        f"fail {AT}",
    ),
    apart(
        "ReplicationPermission",
        "creation is not allowed, and not needed",
        API | SENT,
        registry_policy(ACCOUNT, "ecr:ReplicateImage") | {"Api": repository()},
    ),
    apart(
        "ReplicationPermission",
        "allowed for a namespace",
        API | SENT,
        registry_policy(ACCOUNT, *BRING, on=f"{THERE}payments/*"),
    ),
    apart(
        "ReplicationPermission",
        "allowed for another namespace",
        API | SENT,
        registry_policy(ACCOUNT, *BRING, on=f"{THERE}web/*"),
        f"fail {AT}",
    ),
    apart(
        "ReplicationPermission",
        "allowed for part of what is sent",
        API | SENT,
        registry_policy(ACCOUNT, *BRING, on=f"{THERE}payments/api*"),
        f"unknown {AT}",
    ),
    apart(
        "ReplicationPermission",
        "allowed under a condition",
        API | SENT,
        registry_policy(
            ACCOUNT, *BRING, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
        ),
        f"unknown {AT}",
    ),
    apart(
        "ReplicationPermission",
        "denied",
        API | SENT,
        {
            "Policy": resource(
                "RegistryPolicy",
                PolicyText=policy(
                    allow(root(ACCOUNT), *BRING, Resource="*"),
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "ecr:Replicate*",
                        "Resource": "*",
                    },
                ),
            )
        },
        f"fail {AT}",
    ),
    *(
        apart(
            "ReplicationPermission",
            about,
            API | SENT,
            {"Policy": resource("RegistryPolicy", PolicyText=policy(*statements))},
            *found,
        )
        for about, statements, found in (
            (
                "a role of the account",
                [allow({"AWS": f"arn:aws:iam::{ACCOUNT}:role/x"}, *BRING, Resource="*")],
                [f"unknown {AT}"],
            ),
            ("the account by its id", [allow({"AWS": ACCOUNT}, *BRING, Resource="*")], []),
            ("anybody", [allow("*", *BRING, Resource="*")], []),
            (
                "anybody of an organisation",
                [allow("*", *BRING, Resource="*", Condition=ORGANISATION)],
                [f"unknown {AT}"],
            ),
            (
                "everybody but one",
                [
                    {
                        "Effect": "Allow",
                        "NotPrincipal": root(THIRD),
                        "Action": [*BRING],
                        "Resource": "*",
                    }
                ],
                [f"unknown {AT}"],
            ),
            (
                "every action but one",
                [
                    {
                        "Effect": "Allow",
                        "Principal": root(ACCOUNT),
                        "NotAction": ["ecr:PutImage"],
                        "Resource": "*",
                    }
                ],
                [],
            ),
            (
                "every action but these",
                [
                    {
                        "Effect": "Allow",
                        "Principal": root(ACCOUNT),
                        "NotAction": [*BRING],
                        "Resource": "*",
                    }
                ],
                [f"fail {AT}"],
            ),
            ("no resource", [allow(root(ACCOUNT), *BRING)], [f"unknown {AT}"]),
            (
                "every resource but one",
                [
                    {
                        "Effect": "Allow",
                        "Principal": root(ACCOUNT),
                        "Action": [*BRING],
                        "NotResource": f"{THERE}web/*",
                    }
                ],
                [f"unknown {AT}"],
            ),
            (
                "denied under a condition",
                [
                    allow(root(ACCOUNT), *BRING, Resource="*"),
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "ecr:*",
                        "Resource": "*",
                        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
                    },
                ],
                [f"unknown {AT}"],
            ),
            (
                "denied for others",
                [
                    allow(root(ACCOUNT), *BRING, Resource="*"),
                    {
                        "Effect": "Deny",
                        "Principal": root(THIRD),
                        "Action": "ecr:*",
                        "Resource": "*",
                    },
                ],
                [],
            ),
        )
    ),
    Case(
        rule="ReplicationPermission",
        name="action and resource are parameters",
        stacks={
            "Main": {"Resources": API | SENT},
            "There": {
                "Resources": {
                    "Policy": resource(
                        "RegistryPolicy",
                        PolicyText=policy(allow(root(ACCOUNT), GIVEN, Resource=[GIVEN])),
                    )
                },
                **UNKNOWN,
            },
        },
        environments={"There": f"aws://{OTHER}/{ELSEWHERE}"},
        found=(f"unknown {AT}",),
    ),
    case(
        "ReplicationDestination",
        "two configurations that differ",
        replication((OTHER, ELSEWHERE, []))
        | {"Second": replication((THIRD, ELSEWHERE, []))["Replication"]},
        "unknown Replication",
        "unknown Second",
    ),
    case(
        "SigningOfCache",
        "two configurations that differ",
        cache() | signing("web/*") | {"Second": signing("api/*")["Signing"]},
        "unknown Signing",
        "unknown Second",
    ),
    apart(
        "ReplicationPermission",
        "policy is broken JSON",
        API | SENT,
        {"Policy": resource("RegistryPolicy", PolicyText="{")},
        f"unknown {AT}",
    ),
    case("ReplicationPermission", "the other side is not here", API | SENT, "unknown Replication"),
    case(
        "ReplicationPermission", "another Region alone", API | replication((ACCOUNT, ELSEWHERE, []))
    ),
    # ReplicationTemplate
    apart("ReplicationTemplate", "no template", API | SENT, TAKEN, f"fail {AT}"),
    apart(
        "ReplicationTemplate", "template", API | SENT, TAKEN | template("payments", "REPLICATION")
    ),
    apart(
        "ReplicationTemplate",
        "template for all",
        API | SENT,
        TAKEN | template("ROOT", "REPLICATION"),
    ),
    apart(
        "ReplicationTemplate",
        "template for something else",
        API | SENT,
        TAKEN | template("payments", "CREATE_ON_PUSH"),
        f"fail {AT}",
    ),
    apart(
        "ReplicationTemplate",
        "template of another namespace",
        API | SENT,
        TAKEN | template("pay", "REPLICATION"),
        f"fail {AT}",
    ),
    apart("ReplicationTemplate", "the repository is there", API | SENT, TAKEN | API),
    apart(
        "ReplicationTemplate",
        "everything, and a template for what there is",
        API | replication((OTHER, ELSEWHERE, [])),
        TAKEN | template("payments", "REPLICATION"),
    ),
    Case(
        rule="ReplicationTemplate",
        name="prefix of the template is a parameter",
        stacks={
            "Main": {"Resources": API | SENT},
            "There": {"Resources": TAKEN | template(GIVEN, "REPLICATION"), **UNKNOWN},
        },
        environments={"There": f"aws://{OTHER}/{ELSEWHERE}"},
        found=(f"unknown {AT}",),
    ),
    case("ReplicationTemplate", "the other side is not here", API | SENT, "unknown Replication"),
    # CacheCredential
    case("CacheCredential", "given", cache()),
    case("CacheCredential", "none", cache(CredentialArn=None), "fail Cache"),
    case(
        "CacheCredential",
        "none is needed",
        cache("quay", UpstreamRegistryUrl="quay.io", CredentialArn=None),
    ),
    case(
        "CacheCredential",
        "name that Amazon ECR may not read",
        cache(CredentialArn=f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:docker-hub-Ab1234"),
        "fail Cache",
    ),
    case(
        "CacheCredential",
        "another Region",
        cache(CredentialArn=SECRET.replace(REGION, ELSEWHERE)),
        "fail Cache",
    ),
    case("CacheCredential", "secret of the template", cache(CredentialArn={"Ref": "Hub"}) | NAMED),
    case(
        "CacheCredential",
        "secret of the template with another name",
        cache(CredentialArn={"Ref": "Hub"}) | HUB,
        "fail Cache",
    ),
    case("CacheCredential", "secret with a key of one's own", secret("alias/mine"), "fail Hub"),
    case("CacheCredential", "secret with the key of AWS", secret("alias/aws/secretsmanager")),
    case("CacheCredential", "secret with a parameter", secret(GIVEN), "unknown Hub", **UNKNOWN),
    case(
        "CacheCredential",
        "another secret with a key of one's own",
        secret("alias/mine", "database"),
    ),
    case("CacheCredential", "parameter", cache(CredentialArn=GIVEN), "unknown Cache", **UNKNOWN),
    case(
        "CacheCredential",
        "upstream is a parameter",
        cache(UpstreamRegistryUrl=GIVEN, CredentialArn=None),
        "unknown Cache",
        **UNKNOWN,
    ),
    # CacheTags
    case("CacheTags", "mutable", cache() | template("docker-hub", "PULL_THROUGH_CACHE")),
    case(
        "CacheTags",
        "immutable",
        template("docker-hub", "PULL_THROUGH_CACHE", ImageTagMutability="IMMUTABLE"),
        "fail T",
    ),
    case(
        "CacheTags",
        "immutable for something else",
        template("payments", "REPLICATION", ImageTagMutability="IMMUTABLE"),
    ),
    case(
        "CacheTags",
        "repository of a cache",
        cache() | {"Api": repository(RepositoryName="docker-hub/library/nginx")},
        "fail Api",
    ),
    case(
        "CacheTags",
        "mutable repository of a cache",
        cache()
        | {"Api": repository(RepositoryName="docker-hub/nginx", ImageTagMutability="MUTABLE")},
    ),
    case("CacheTags", "repository beside a cache", cache() | API),
    case("CacheTags", "repository that a cache for all could hold", cache("ROOT") | API),
    case(
        "CacheTags",
        "parameter",
        template("docker-hub", "PULL_THROUGH_CACHE", ImageTagMutability=GIVEN),
        "unknown T",
        **UNKNOWN,
    ),
    # CacheTemplate
    case(
        "CacheTemplate", "the same prefix", cache() | template("docker-hub", "PULL_THROUGH_CACHE")
    ),
    case("CacheTemplate", "for all", cache() | template("ROOT", "PULL_THROUGH_CACHE")),
    case("CacheTemplate", "none", cache(), "fail Cache"),
    case(
        "CacheTemplate",
        "for something else",
        cache() | template("docker-hub", "REPLICATION"),
        "fail Cache",
    ),
    case(
        "CacheTemplate",
        "another prefix",
        cache() | template("docker", "PULL_THROUGH_CACHE"),
        "fail Cache",
    ),
    case(
        "CacheTemplate",
        "prefix is a parameter",
        cache() | template(GIVEN, "PULL_THROUGH_CACHE"),
        "unknown Cache",
        **UNKNOWN,
    ),
    case(
        "CacheTemplate",
        "a cache for all, and a template for some",
        cache("ROOT") | template("docker-hub", "PULL_THROUGH_CACHE"),
        "fail Cache",
    ),
    case(
        "CacheTemplate",
        "a cache and a template for all",
        cache("ROOT") | template("ROOT", "PULL_THROUGH_CACHE"),
    ),
    case(
        "CacheTemplate",
        "a cache for all, and a template of which nothing is known",
        cache("ROOT") | template(GIVEN, "PULL_THROUGH_CACHE"),
        "unknown Cache",
        **UNKNOWN,
    ),
    case(
        "CacheTemplate",
        "a cache of which nothing is known, and a template for all",
        cache(GIVEN) | template("ROOT", "PULL_THROUGH_CACHE"),
        **UNKNOWN,
    ),
    case(
        "CacheTemplate",
        "a cache of which nothing is known, and a template for some",
        cache(GIVEN) | template("docker-hub", "PULL_THROUGH_CACHE"),
        "unknown Cache",
        **UNKNOWN,
    ),
    case(
        "CacheTemplate", "a cache of which nothing is known", cache(GIVEN), "fail Cache", **UNKNOWN
    ),
    case(
        "CacheTemplate",
        "what it is for is a parameter",
        cache() | template("docker-hub", GIVEN),
        "unknown Cache",
        **UNKNOWN,
    ),
    case(
        "CacheTemplate",
        "what else it is for is a parameter",
        cache() | template("docker-hub", "PULL_THROUGH_CACHE", GIVEN),
        **UNKNOWN,
    ),
    case(
        "CacheTemplate",
        "one that is known to govern beside one that may",
        cache()
        | template("docker-hub", "PULL_THROUGH_CACHE")
        | {"Other": template(GIVEN, "PULL_THROUGH_CACHE")["T"]},
        **UNKNOWN,
    ),
    # TemplateRole
    case("TemplateRole", "nothing needs one", template("ci", "REPLICATION")),
    case("TemplateRole", "tags without", template("ci", "REPLICATION", **TAGGED), "fail T"),
    case("TemplateRole", "tags with", template("ci", "REPLICATION", **TAGGED, **ROLE)),
    case(
        "TemplateRole",
        "KMS without",
        template("ci", "REPLICATION", EncryptionConfiguration={"EncryptionType": "KMS"}),
        "fail T",
    ),
    case(
        "TemplateRole",
        "encryption is a parameter",
        template("ci", "REPLICATION", EncryptionConfiguration={"EncryptionType": GIVEN}),
        "unknown T",
        **UNKNOWN,
    ),
    # SigningOfCache
    case("SigningOfCache", "no cache", signing()),
    case("SigningOfCache", "everything, a cache too", cache() | signing(), "fail Signing"),
    case("SigningOfCache", "one's own images", cache() | signing("payments/*")),
    case(
        "SigningOfCache",
        "filter is a parameter",
        cache() | signing(GIVEN),
        "unknown Signing",
        **UNKNOWN,
    ),
    # EventNeverFires
    case("EventNeverFires", "basic", scanning("BASIC") | event("aws.ecr", "ECR Image Scan")),
    case(
        "EventNeverFires",
        "enhanced",
        scanning("ENHANCED") | event("aws.ecr", "ECR Image Scan"),
        "fail Rule",
    ),
    case(
        "EventNeverFires",
        "enhanced, its own event",
        scanning("ENHANCED") | event("aws.inspector2", "Inspector2 Scan"),
    ),
    case(
        "EventNeverFires",
        "enhanced event of basic scanning",
        scanning("BASIC") | event("aws.ecr", "ECR Scan Resource Change"),
        "fail Rule",
    ),
    case("EventNeverFires", "pushes", scanning("ENHANCED") | event("aws.ecr", "ECR Image Action")),
    case("EventNeverFires", "nothing says how is scanned", event("aws.ecr", "ECR Image Scan")),
    case(
        "EventNeverFires",
        "kind of scanning is a parameter",
        scanning(GIVEN) | event("aws.ecr", "ECR Image Scan"),
        "unknown Rule",
        **UNKNOWN,
    ),
    case(
        "EventNeverFires",
        "enhanced, with a rule for both",
        scanning("ENHANCED") | scans(SCAN, INSPECTED),
    ),
    case(
        "EventNeverFires", "basic, with a rule for both", scanning("BASIC") | scans(SCAN, INSPECTED)
    ),
    case(
        "EventNeverFires",
        "enhanced, with a rule for both that names no repository",
        scanning("ENHANCED")
        | {
            "Rule": {
                "Type": "AWS::Events::Rule",
                "Properties": {
                    "EventPattern": {
                        "source": ["aws.ecr", "aws.inspector2"],
                        "detail-type": ["ECR Image Scan", "Inspector2 Scan"],
                    }
                },
            }
        },
    ),
    case(
        "EventNeverFires",
        "kind of scanning is a parameter, with a rule for both",
        scanning(GIVEN) | scans(SCAN, INSPECTED),
        **UNKNOWN,
    ),
    case(
        "EventNeverFires",
        "basic, with a rule for findings in images",
        scanning("BASIC") | scans(INSPECTED, "Inspector2 Finding"),
        "fail Rule",
        "fail Rule",
    ),
    case(
        "EventNeverFires",
        "basic, with a rule for scans of anything",
        scanning("BASIC") | event("aws.inspector2", INSPECTED),
    ),
    case(
        "EventNeverFires",
        "the source is another",
        scanning("ENHANCED") | event("aws.inspector2", SCAN),
    ),
    # Deployable
    case("Deployable", "account setting", setting()),
    case(
        "Deployable",
        "account setting that ECR takes no more",
        setting("REGISTRY_POLICY_SCOPE", "V1"),
        "fail Setting",
    ),
    case("Deployable", "account setting that is none", setting("BLOBS"), "fail Setting"),
    # SingleOwner
    case("SingleOwner", "one", scanning("BASIC")),
    case(
        "SingleOwner",
        "two in a stack",
        scanning("BASIC") | {"Second": scanning("BASIC")["Scan"]},
        "fail Second",
    ),
    Case(
        rule="SingleOwner",
        name="two in two stacks of one account and Region",
        stacks={"Main": {"Resources": signing()}, "Other": {"Resources": signing()}},
        found=("fail Other/Signing",),
    ),
    Case(
        rule="SingleOwner",
        name="two in two Regions",
        stacks={"Main": {"Resources": signing()}, "Other": {"Resources": signing()}},
        environments={"Other": f"aws://{ACCOUNT}/{ELSEWHERE}"},
    ),
    case(
        "SingleOwner",
        "two account settings of one name",
        setting() | {"Second": setting(value="DISABLED")["Setting"]},
        "fail Second",
    ),
    case(
        "SingleOwner",
        "two account settings",
        setting() | {"Second": setting("REGISTRY_POLICY_SCOPE", "V2")["Setting"]},
    ),
    # UniqueName
    case(
        "SingleOwner",
        "one or the other",
        when("Yes", scanning("BASIC"), "One") | when("No", scanning("BASIC"), "Other"),
        "unknown Other",
        **EITHER,
    ),
    case(
        "SingleOwner",
        "both or none",
        when("Yes", scanning("BASIC"), "One") | when("Yes", scanning("BASIC"), "Other"),
        "fail Other",
        **EITHER,
    ),
    case(
        "UniqueName",
        "one or the other",
        when("Yes", API, "One") | when("No", API, "Other"),
        "unknown Other",
        **EITHER,
    ),
    case("UniqueName", "one", API),
    case("UniqueName", "two in a stack", API | {"Second": repository()}, "fail Second"),
    Case(
        rule="UniqueName",
        name="two in two stacks of one account and Region",
        stacks={"Main": {"Resources": API}, "Other": {"Resources": API}},
        found=("fail Other/Api",),
    ),
    Case(
        rule="UniqueName",
        name="two in two Regions",
        stacks={"Main": {"Resources": API}, "Other": {"Resources": API}},
        environments={"Other": f"aws://{ACCOUNT}/{ELSEWHERE}"},
    ),
    Case(
        rule="UniqueName",
        name="two in stacks of which nobody knows the account",
        stacks={"Main": {"Resources": API}, "Other": {"Resources": API}},
        environments=dict.fromkeys(("Main", "Other"), "aws://unknown-account/unknown-region"),
    ),
    case(
        "UniqueName",
        "a cache twice",
        cache() | {"Second": cache("docker-hub/")["Cache"]},
        "fail Second",
    ),
    case(
        "UniqueName",
        "a template twice",
        template("ci", "REPLICATION") | {"U": template("ci", "CREATE_ON_PUSH")["T"]},
        "fail U",
    ),
    case(
        "UniqueName",
        "one exclusion twice",
        {
            n: resource("PullTimeUpdateExclusion", PrincipalArn=f"arn:aws:iam::{ACCOUNT}:role/Scan")
            for n in ("E", "F")
        },
        "fail F",
    ),
    case(
        "UniqueName",
        "one parameter twice",
        {n: repository(RepositoryName=GIVEN) for n in ("Api", "Web")},
        "fail Web",
        **UNKNOWN,
    ),
    case(
        "UniqueName", "made-up names", {n: repository(RepositoryName=None) for n in ("Api", "Web")}
    ),
    case(
        "UniqueName",
        "a public repository of the same name as a private one",
        API | {"P": resource("PublicRepository", RepositoryName="payments/api")},
    ),
    case(
        "UniqueName",
        "registry policy",
        {
            "Policy": resource(
                "RegistryPolicy", PolicyText=policy(allow(root(OTHER), Resource=REPOSITORIES))
            )
        },
    ),
)
