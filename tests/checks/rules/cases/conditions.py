"""Conditions of resource policies, and denies beside allows."""

from __future__ import annotations

from typing import Any

from tests.checks.deployments import ORGANIZATION, OTHER
from tests.checks.rules.cases.case import Case, allow, case, root, with_policy
from tests.checks.rules.cases.policies import DENY, SERVICE, one

OUTSIDE = {"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
NO_SERVICE = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
OWN = "111111111111"
INEFFECTIVE = "IneffectiveCondition"


def beside(rule: str, about: str, *found: str, principal: Any = "*", **deny: Any) -> Case:
    """Return a case of an allow to pull, and a deny beside it."""
    statements = (allow(principal), DENY | {"Action": "ecr:*"} | deny)
    return case(rule, about, {"Api": with_policy(*statements)}, *found)


def deny(rule: str, about: str, *found: str, **members: Any) -> Case:
    statement = {key: value for key, value in (DENY | members).items() if value is not None}
    return case(rule, about, {"Api": with_policy(statement)}, *found)


def allowed(about: str, condition: dict[str, Any], *found: str, **more: Any) -> Case:
    statement = allow(root(OTHER), Condition=condition)
    return case(INEFFECTIVE, about, {"Api": with_policy(statement, **more)}, *found)


CASES: tuple[Case, ...] = (
    beside("PublicPrincipal", "anybody, but no outsiders", Condition=OUTSIDE),
    beside(
        "PublicPrincipal", "anybody, but outsiders half", "fail Api", Condition=OUTSIDE, Action=[]
    ),
    beside(
        "PublicPrincipal",
        "anybody, but outsiders do not push",
        "fail Api",
        Condition=OUTSIDE,
        Action="ecr:PutImage",
    ),
    beside(
        "PublicPrincipal",
        "anybody, but no outsiders that are none of services",
        Condition=OUTSIDE | NO_SERVICE,
    ),
    beside(
        "ConfusedDeputy",
        "anybody, but no outsiders that are none of services",
        "fail Api",
        Condition=OUTSIDE | NO_SERVICE,
    ),
    beside(
        "ConfusedDeputy",
        "a service, but for no strangers",
        principal=SERVICE,
        Condition={"StringNotEquals": {"aws:SourceAccount": OWN}},
    ),
    one(
        "PublicPrincipal",
        "a key that is none",
        allow("*", Condition={"StringEquals": {"aws:PrincipleOrgID": ORGANIZATION}}),
        "unknown",
    ),
    case(
        "AdministrativeAccess",
        "everything, but other accounts administer nothing",
        {
            "Api": with_policy(
                allow(root(OTHER), "ecr:*"),
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "NotAction": ["ecr:BatchGet*", "ecr:*Layer*"],
                    "Condition": {"StringNotEquals": {"aws:PrincipalAccount": OWN}},
                },
            )
        },
    ),
    case(
        "OrganizationBoundary",
        "an account, and outsiders do not push",
        {"Api": with_policy(allow(root(OTHER)), DENY | {"Action": "ecr:PutImage"})},
        "fail Api",
    ),
    allowed("a key that is none", {"StringEquals": {"aws:PrincipleOrgID": "x"}}, "fail Api"),
    allowed("a key of another service", {"StringEquals": {"s3:prefix": "x"}}),
    allowed("other case", {"StringEqualsIgnoreCase": {"aws:PrincipalOrgID": ORGANIZATION.upper()}}),
    allowed("a network as text", {"StringEquals": {"aws:SourceIp": "192.0.2.0/24"}}, "fail Api"),
    allowed("no network", {"IpAddress": {"aws:SourceIp": "office"}}, "fail Api"),
    allowed("a network", {"IpAddress": {"aws:SourceIp": ["192.0.2.7", "2001:db8::/32"]}}),
    allowed(
        "a VPC for an endpoint", {"StringEquals": {"aws:SourceVpce": "vpc-12345678"}}, "fail Api"
    ),
    allowed(
        "a session",
        {"ArnLike": {"aws:PrincipalArn": f"arn:aws:sts::{OTHER}:assumed-role/Deploy/ci"}},
        "fail Api",
    ),
    allowed(
        "an organisation if there is one, and there is",
        {
            "StringEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION},
            "Null": {"aws:PrincipalOrgID": "false"},
        },
    ),
    case(
        INEFFECTIVE,
        "a variable in an old policy",
        {
            "Api": with_policy()
            | {
                "Properties": with_policy()["Properties"]
                | {
                    "RepositoryPolicyText": {
                        "Statement": allow(
                            "*",
                            Condition={
                                "StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}
                            },
                        )
                    }
                }
            }
        },
        "fail Api",
    ),
    allowed("nothing", {"StringEquals": {"aws:PrincipalOrgID": []}}, "fail Api"),
    one(
        "PolicyGrammar",
        "no operator",
        allow(root(OTHER), Condition={"StringMatches": {"aws:PrincipalOrgID": ORGANIZATION}}),
        "fail",
    ),
    one("PolicyPrincipal", "a service's short name", allow({"Service": "lambda"}), "fail"),
    one("PolicyPrincipal", "any service", allow({"Service": "*"}), "fail"),
    one("PolicyPrincipal", "a provider", allow({"Federated": "accounts.google.com"}), "fail"),
    one(
        "PolicyPrincipal",
        "another partition",
        allow({"AWS": f"arn:aws-cn:iam::{OTHER}:root"}),
        "fail",
    ),
    deny("DenyReachesServices", "outsiders delete", Condition=OUTSIDE, Action="ecr:Delete*"),
    deny(
        "DenyReachesServices",
        "outsiders over plain transport",
        Condition=OUTSIDE | {"Bool": {"aws:SecureTransport": "false"}},
    ),
    deny(
        "DenyReachesServices",
        "roles elsewhere",
        Condition={
            "StringNotEquals": {"aws:SourceVpce": "vpce-12345678"},
            "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/*"},
        },
    ),
    deny(
        "DenyReachesServices",
        "other accounts",
        "fail Api",
        Condition={"StringNotEquals": {"aws:PrincipalAccount": OWN}},
    ),
    deny(
        "DenyReachesServices",
        "everybody but one",
        "fail Api",
        Principal=None,
        NotPrincipal=root(OWN),
    ),
    deny(
        "DenyReachesServices",
        "everybody but one and a service",
        Principal=None,
        NotPrincipal=root(OWN) | SERVICE,
    ),
)
