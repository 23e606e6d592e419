"""Resource policies: of repositories, registries, templates and public repositories."""

from __future__ import annotations

import json
from typing import Any

from tests.checks.deployments import ORGANIZATION, OTHER, repository
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
    with_policy,
)

ORGANISATION = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
UNIT = {
    "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/r-ab12/ou-ab12-12345678/*"}
}
SERVICE = {"Service": "lambda.amazonaws.com"}
PUBLIC = "PublicPrincipal"


def one(rule: str, about: str, statement: dict[str, Any], status: str = "", **more: Any) -> Case:
    """Return a case of a repository policy with one statement."""
    found = [f"{status} Api"] if status else []
    sections = UNKNOWN if "Given" in json.dumps(statement) else {}
    return case(rule, about, {"Api": with_policy(statement, **more)}, *found, **sections)


def registry(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Policy": resource("RegistryPolicy", PolicyText=policy(*statements))}


def template(*statements: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(policy(*statements))
    return {
        "T": resource(
            "RepositoryCreationTemplate",
            Prefix="ci",
            AppliedFor=["CREATE_ON_PUSH"],
            RepositoryPolicy=text,
        )
    }


def public(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"P": resource("PublicRepository", RepositoryPolicyText=policy(*statements))}


def unreadable(rule: str, *, malformed: str = "unknown Api") -> tuple[Case, ...]:
    """Return the cases of policies of which nothing can be told."""
    cases = [
        case(
            rule,
            "policy is a parameter",
            {"Api": repository(RepositoryPolicyText=GIVEN)},
            "unknown Api",
            **UNKNOWN,
        ),
        case(
            rule,
            "policy is broken JSON",
            {"Api": repository(RepositoryPolicyText="{")},
            *([malformed] if malformed else []),
        ),
        case(rule, "no policy", {"Api": repository()}),
    ]
    return tuple(cases)


DENY = {"Effect": "Deny", "Principal": "*", "Action": ["ecr:BatchGetImage"]}

PUSH = "PublicRepositoryPush"
EXEMPT = {"EcrConstructs": {"exemptions": [{"control": "public-access", "reason": "it is given"}]}}

CASES: tuple[Case, ...] = (
    case(PUSH, "an account", public(allow(root(OTHER), "ecr-public:PutImage"))),
    case(PUSH, "an organisation", public(allow("*", "ecr-public:*", Condition=ORGANISATION))),
    case(PUSH, "anybody reads", public(allow("*", "ecr-public:DescribeImages"))),
    case(PUSH, "a private one", {"Api": repository(RepositoryPolicyText=policy(allow("*")))}),
    case(
        PUSH,
        "nobody",
        public({"Effect": "Deny", "Principal": "*", "Action": ["ecr-public:PutImage"]}),
    ),
    case(PUSH, "anybody", public(allow("*", "ecr-public:PutImage")), "fail P"),
    case(PUSH, "anybody deletes", public(allow("*", "ecr-public:BatchDelete*")), "fail P"),
    case(
        PUSH,
        "anybody, for a reason to be public",
        {"P": public(allow("*", "ecr-public:PutImage"))["P"] | {"Metadata": EXEMPT}},
        "fail P",
    ),
    case(
        PUSH,
        "everything but reading",
        public({"Effect": "Allow", "Principal": "*", "NotAction": ["ecr-public:Describe*"]}),
        "fail P",
    ),
    case(PUSH, "a private one that is not known", {"Api": repository(RepositoryPolicyText="{")}),
    case(
        PUSH,
        "one that is not known",
        {"P": resource("PublicRepository", RepositoryPolicyText=GIVEN)},
        "unknown P",
        **UNKNOWN,
    ),
    case(
        PUSH,
        "a parameter",
        public(allow({"AWS": GIVEN}, "ecr-public:PutImage")),
        "unknown P",
        **UNKNOWN,
    ),
    *unreadable(PUBLIC),
    one(PUBLIC, "another account", allow(root(OTHER))),
    one(PUBLIC, "anybody", allow("*"), "fail"),
    one(PUBLIC, "anybody of AWS", allow({"AWS": "*"}), "fail"),
    one(PUBLIC, "anybody among others", allow({"AWS": [OTHER, "*"]}), "fail"),
    one(
        PUBLIC,
        "everybody but one",
        {"Effect": "Allow", "NotPrincipal": root(OTHER), "Action": ["ecr:BatchGetImage"]},
        "fail",
    ),
    one(PUBLIC, "an organisation", allow("*", Condition=ORGANISATION)),
    one(PUBLIC, "a unit of an organisation", allow("*", Condition=UNIT)),
    one(
        PUBLIC,
        "an endpoint",
        allow("*", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}),
    ),
    one(
        PUBLIC,
        "a condition that also holds without its key",
        allow("*", Condition={"StringEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION}}),
        "fail",
    ),
    one(
        PUBLIC,
        "a condition for all values",
        allow("*", Condition={"ForAllValues:StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}),
        "fail",
    ),
    one(
        PUBLIC,
        "any organisation",
        allow("*", Condition={"StringLike": {"aws:PrincipalOrgID": "o-*"}}),
        "fail",
    ),
    one(
        PUBLIC,
        "every address",
        allow("*", Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}),
        "fail",
    ),
    one(
        PUBLIC,
        "transport alone",
        allow("*", Condition={"Bool": {"aws:SecureTransport": "true"}}),
        "fail",
    ),
    one(
        PUBLIC,
        "not one account",
        allow("*", Condition={"StringNotEquals": {"aws:PrincipalAccount": OTHER}}),
        "fail",
    ),
    one(PUBLIC, "principal is a parameter", allow({"AWS": GIVEN}), "unknown"),
    one(
        PUBLIC,
        "organisation is a parameter",
        allow("*", Condition={"StringEquals": {"aws:PrincipalOrgID": GIVEN}}),
    ),
    one(PUBLIC, "deny of anybody", DENY),
    case(
        PUBLIC,
        "registry policy",
        registry(allow("*", "ecr:*", Resource=REPOSITORIES)),
        "fail Policy",
    ),
    case(
        PUBLIC,
        "registry policy of an organisation",
        registry(allow("*", "ecr:BatchGetImage", Resource=REPOSITORIES, Condition=ORGANISATION)),
    ),
    case(PUBLIC, "template", template(allow("*", "ecr:*")), "fail T"),
    case(
        PUBLIC,
        "public repository that anybody pushes to",
        public(allow("*", "ecr-public:PutImage")),
        "fail P",
    ),
    case(
        PUBLIC,
        "string of a policy",
        {"Api": repository(RepositoryPolicyText=json.dumps(policy(allow("*"))))},
        "fail Api",
    ),
    # AdministrativeAccess
    *unreadable("AdministrativeAccess"),
    one("AdministrativeAccess", "pull", allow(root(OTHER))),
    one("AdministrativeAccess", "one's own account", allow(root("111111111111"), "ecr:*")),
    one("AdministrativeAccess", "everything", allow(root(OTHER), "ecr:*"), "fail"),
    one(
        "AdministrativeAccess",
        "the policy itself",
        allow(root(OTHER), "ecr:SetRepositoryPolicy"),
        "fail",
    ),
    one(
        "AdministrativeAccess",
        "deleting images",
        allow(OTHER and {"AWS": OTHER}, "ecr:BatchDeleteImage"),
        "fail",
    ),
    one(
        "AdministrativeAccess",
        "all but some",
        {"Effect": "Allow", "Principal": root(OTHER), "NotAction": ["ecr:PutImage"]},
        "fail",
    ),
    one(
        "AdministrativeAccess",
        "an organisation",
        allow("*", "ecr:*", Condition=ORGANISATION),
        "fail",
    ),
    one(
        "AdministrativeAccess",
        "one's own account by a condition",
        allow("*", "ecr:*", Condition={"StringEquals": {"aws:PrincipalAccount": "111111111111"}}),
    ),
    one(
        "AdministrativeAccess",
        "principal is a parameter",
        allow({"AWS": GIVEN}, "ecr:*"),
        "unknown",
    ),
    one("AdministrativeAccess", "action is a parameter", allow(root(OTHER), GIVEN), "unknown"),
    one(
        "AdministrativeAccess",
        "deny",
        {"Effect": "Deny", "Principal": root(OTHER), "Action": "ecr:*"},
    ),
    case(
        "AdministrativeAccess",
        "replication",
        registry(
            allow(root(OTHER), "ecr:ReplicateImage", "ecr:CreateRepository", Resource=REPOSITORIES)
        ),
    ),
    case(
        "AdministrativeAccess",
        "registry policy",
        registry(allow(root(OTHER), "ecr:*", Resource=REPOSITORIES)),
        "fail Policy",
    ),
    case(
        "AdministrativeAccess",
        "template",
        template(allow(root(OTHER), "ecr:DeleteRepository")),
        "fail T",
    ),
    case(
        "AdministrativeAccess",
        "public repository",
        public(allow(root(OTHER), "ecr-public:*")),
        "fail P",
    ),
    case(
        "AdministrativeAccess",
        "pushing to a public repository",
        public(allow(root(OTHER), "ecr-public:PutImage", "ecr-public:UploadLayerPart")),
    ),
    # ConfusedDeputy
    *unreadable("ConfusedDeputy"),
    one("ConfusedDeputy", "a service without its source", allow(SERVICE), "fail"),
    one(
        "ConfusedDeputy",
        "a service for an account",
        allow(SERVICE, Condition={"StringEquals": {"aws:SourceAccount": OTHER}}),
    ),
    one(
        "ConfusedDeputy",
        "a service for functions of an account",
        allow(
            SERVICE,
            Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:lambda:*:{OTHER}:function:*"}},
        ),
    ),
    one(
        "ConfusedDeputy",
        "a source that is anything",
        allow(SERVICE, Condition={"ArnLike": {"aws:SourceArn": "*"}}),
        "fail",
    ),
    one(
        "ConfusedDeputy",
        "a source of any account",
        allow(SERVICE, Condition={"ArnLike": {"aws:SourceArn": "arn:aws:lambda:*:*:function:*"}}),
        "fail",
    ),
    one(
        "ConfusedDeputy",
        "source is a parameter",
        allow(SERVICE, Condition={"ArnLike": {"aws:SourceArn": GIVEN}}),
        "unknown",
    ),
    one("ConfusedDeputy", "deny", {"Effect": "Deny", "Principal": SERVICE, "Action": "ecr:*"}),
    # OrganizationBoundary
    *unreadable("OrganizationBoundary"),
    one("OrganizationBoundary", "an organisation", allow("*", Condition=ORGANISATION)),
    one("OrganizationBoundary", "an account", allow(root(OTHER)), "fail"),
    one("OrganizationBoundary", "one's own account", allow(root("111111111111"))),
    one("OrganizationBoundary", "account is a parameter", allow({"AWS": GIVEN}), "unknown"),
    case(
        "OrganizationBoundary",
        "an account, and a deny for outsiders",
        {
            "Api": with_policy(
                allow(root(OTHER)),
                DENY
                | {
                    "Action": "ecr:*",
                    "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION}},
                },
            )
        },
    ),
    # IneffectiveCondition
    *unreadable("IneffectiveCondition"),
    one("IneffectiveCondition", "an organisation", allow("*", Condition=ORGANISATION)),
    one("IneffectiveCondition", "a unit", allow("*", Condition=UNIT)),
    one(
        "IneffectiveCondition",
        "star in StringEquals",
        allow(
            root(OTHER),
            Condition={"StringEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/ci-*"}},
        ),
        "fail",
    ),
    one(
        "IneffectiveCondition",
        "star in StringLike",
        allow(
            root(OTHER),
            Condition={"StringLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/ci-*"}},
        ),
    ),
    one(
        "IneffectiveCondition",
        "no organisation",
        allow("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "r-ab12"}}),
        "fail",
    ),
    one(
        "IneffectiveCondition",
        "an organisation's service",
        allow(SERVICE, Condition=ORGANISATION),
        "fail",
    ),
    one(
        "IneffectiveCondition",
        "all but an organisation's services",
        allow(SERVICE, Condition={"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION}}),
    ),
    one(
        "IneffectiveCondition",
        "paths without ForAnyValue",
        allow("*", Condition={"StringLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/*"}}),
        "fail",
    ),
    one(
        "IneffectiveCondition",
        "an account if there is an organisation",
        allow(
            root(OTHER), Condition={"StringEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION}}
        ),
        "fail",
    ),
    one(
        "IneffectiveCondition",
        "parameter",
        allow("*", Condition={"StringEquals": {"aws:PrincipalOrgID": GIVEN}}),
    ),
    # DenyReachesServices
    *unreadable("DenyReachesServices"),
    one(
        "DenyReachesServices",
        "outsiders",
        DENY | {"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION}}},
        "fail",
    ),
    one(
        "DenyReachesServices",
        "other networks",
        DENY | {"Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}},
        "fail",
    ),
    one(
        "DenyReachesServices",
        "outsiders, and no service",
        DENY
        | {
            "Condition": {
                "StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            }
        },
    ),
    one(
        "DenyReachesServices",
        "one account",
        {
            "Effect": "Deny",
            "Principal": root(OTHER),
            "Action": "ecr:*",
            "Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
        },
    ),
    one(
        "DenyReachesServices",
        "plain transport",
        DENY | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
    ),
    one("DenyReachesServices", "an allow", allow("*", Condition=ORGANISATION)),
    # PolicyGrammar
    *unreadable("PolicyGrammar", malformed="fail Api"),
    one("PolicyGrammar", "understood", allow(root(OTHER))),
    one("PolicyGrammar", "a member that is none", allow(root(OTHER), Conditions={}), "fail"),
    one(
        "PolicyGrammar", "an effect that is none", {**allow(root(OTHER)), "Effect": "allow"}, "fail"
    ),
    case(
        "PolicyGrammar",
        "a Sid twice",
        {
            "Api": with_policy(
                allow(root(OTHER), sid="Pull"), allow(root("333333333333"), sid="Pull")
            )
        },
        "fail Api",
    ),
    case(
        "PolicyGrammar",
        "in a template",
        {
            "T": resource(
                "RepositoryCreationTemplate",
                Prefix="ci",
                AppliedFor=["REPLICATION"],
                RepositoryPolicy="[]",
            )
        },
        "fail T",
    ),
    # PolicyAction
    *unreadable("PolicyAction"),
    one("PolicyAction", "pull", allow(root(OTHER))),
    one("PolicyAction", "no such action", allow(root(OTHER), "ecr:PullImage"), "fail"),
    one("PolicyAction", "of another service", allow(root(OTHER), "s3:GetObject"), "fail"),
    one("PolicyAction", "the token", allow(root(OTHER), "ecr:GetAuthorizationToken"), "fail"),
    one("PolicyAction", "in other case", allow(root(OTHER), "ECR:batchgetimage")),
    case(
        "PolicyAction",
        "the token in a registry policy",
        registry(allow(root(OTHER), "ecr:GetAuthorizationToken", Resource=REPOSITORIES)),
    ),
    case(
        "PolicyAction",
        "private action in public",
        public(allow(root(OTHER), "ecr:PutImage")),
        "fail P",
    ),
    # WildcardAction
    *unreadable("WildcardAction"),
    one("WildcardAction", "named", allow(root(OTHER))),
    one("WildcardAction", "all", allow(root("111111111111"), "ecr:*"), "fail"),
    case(
        "WildcardAction",
        "two of them",
        {"Api": with_policy(allow(root(OTHER), "ecr:Put*", "ecr:Get?*"))},
        "fail Api",
        "fail Api",
    ),
    one(
        "WildcardAction",
        "all but one",
        {"Effect": "Allow", "Principal": root(OTHER), "NotAction": ["ecr:PutImage"]},
        "fail",
    ),
    one("WildcardAction", "action is a parameter", allow(root(OTHER), GIVEN), "unknown"),
    one("WildcardAction", "deny", {"Effect": "Deny", "Principal": root(OTHER), "Action": "ecr:*"}),
    # PolicyPrincipal
    *unreadable("PolicyPrincipal"),
    one("PolicyPrincipal", "an account", allow({"AWS": OTHER})),
    one(
        "PolicyPrincipal", "part of an ARN", allow({"AWS": f"arn:aws:iam::{OTHER}:role/*"}), "fail"
    ),
    one("PolicyPrincipal", "no ARN", allow({"AWS": "Deploy"}), "fail"),
    one("PolicyPrincipal", "nobody", {"Effect": "Allow", "Action": "ecr:BatchGetImage"}, "fail"),
    # PolicyResource
    *unreadable("PolicyResource"),
    one("PolicyResource", "none in a repository", allow(root(OTHER))),
    one("PolicyResource", "one in a repository", allow(root(OTHER), Resource="*"), "fail"),
    case(
        "PolicyResource",
        "one in a registry",
        registry(allow(root(OTHER), "ecr:ReplicateImage", Resource=REPOSITORIES)),
    ),
    case(
        "PolicyResource",
        "none in a registry",
        registry(allow(root(OTHER), "ecr:ReplicateImage")),
        "fail Policy",
    ),
    case(
        "PolicyResource",
        "of another registry",
        registry(
            allow(
                root(OTHER),
                "ecr:ReplicateImage",
                Resource=f"arn:aws:ecr:us-east-1:{OTHER}:repository/*",
            )
        ),
        "fail Policy",
    ),
    # PolicySize
    *unreadable("PolicySize"),
    one("PolicySize", "small", allow(root(OTHER))),
    one(
        "PolicySize",
        "an account for each customer",
        allow({"AWS": [f"arn:aws:iam::{n:012}:root" for n in range(400)]}),
        "fail",
    ),
)
