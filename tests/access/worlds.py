"""Generated requests with all policies around them, out of few names, so that much matches."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hypothesis import strategies as st
from tests.access.naive import Document, World, is_service

from ecr_constructs.model.identity import Identity, IdentityKind, IdentityPolicy
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.registry import Deployment, Registry
from ecr_constructs.model.repository import Repository

OWNER, OTHER = "111111111111", "222222222222"
REGION = "eu-west-1"
NAME = "payments/api"
ARN = f"arn:aws:ecr:{REGION}:{OWNER}:repository/{NAME}"
LAMBDA = "lambda.amazonaws.com"

ROLES = {
    f"arn:aws:iam::{OWNER}:role/Build": "Build",
    f"arn:aws:iam::{OWNER}:role/ci/Deploy": "Deploy",
    f"arn:aws:iam::{OTHER}:role/Build": "Build",
}
USERS = {f"arn:aws:iam::{OWNER}:user/Eva": "Eva", f"arn:aws:iam::{OTHER}:user/Eva": "Eva"}
SESSIONS = [
    f"arn:aws:sts::{OWNER}:assumed-role/Deploy/run-1",
    f"arn:aws:sts::{OTHER}:assumed-role/Build/run-1",
]
ROOTS = [f"arn:aws:iam::{OWNER}:root", f"arn:aws:iam::{OTHER}:root"]
CALLERS = [*ROLES, *USERS, *SESSIONS, *ROOTS, OTHER, LAMBDA]

#: What a request may carry beside what it implies, with what it may be there.
DOMAINS: dict[str, list[list[str]]] = {
    "aws:PrincipalOrgID": [["o-a1b2c3d4e5"], ["o-zzzzzzzzzz"], []],
    "aws:PrincipalOrgPaths": [["o-a1b2c3d4e5/r-ab12/ou-1/"], ["o-zzzzzzzzzz/r-ab12/"], []],
    "aws:SourceIp": [["203.0.113.7"], ["198.51.100.9"], ["2001:db8::1"], []],
    "aws:SecureTransport": [["true"], ["false"]],
    "aws:SourceVpce": [["vpce-1a2b3c4d"], ["vpce-5e6f7a8b"], []],
    "aws:MultiFactorAuthAge": [["30"], ["7200.5"], []],
    "aws:CurrentTime": [["2026-03-01T00:00:00Z"], ["2027-03-01T00:00:00Z"]],
    "aws:CalledVia": [["cloudformation.amazonaws.com", "athena.amazonaws.com"], []],
}
#: What the request of a service carries instead of an organisation.
SERVICE_DOMAINS: dict[str, list[list[str]]] = {
    "aws:SourceArn": [
        [f"arn:aws:lambda:{REGION}:{OWNER}:function:resize"],
        [f"arn:aws:lambda:{REGION}:{OTHER}:function:resize"],
        [],
    ],
    "aws:SourceAccount": [[OWNER], [OTHER], []],
}
TEAMS = [["payments"], ["web"], []]

STRING_KEYS = {
    "aws:PrincipalOrgID": ["o-a1b2c3d4e5", "o-*", "O-A1B2C3D4E5", "o-zzzzzzzzzz"],
    "aws:PrincipalAccount": [OWNER, OTHER, "1111*", "${aws:ResourceAccount}"],
    "aws:SourceAccount": [OWNER, OTHER],
    "aws:SourceVpce": ["vpce-1a2b3c4d", "vpce-????????", "vpce-5e6f7a8b"],
    "aws:PrincipalTag/team": ["payments", "p*", "${aws:ResourceTag/team}", "Payments"],
    "ecr:ResourceTag/team": ["payments", "${aws:PrincipalTag/team}"],
    "aws:ResourceTag/team": ["${aws:PrincipalTag/team, 'payments'}", "web"],
    "aws:username": ["Eva", "E?a"],
    "aws:PrincipalType": ["User", "AssumedRole"],
    "AWS:principaltag/TEAM": ["web", "payments"],
}
SET_KEYS = {
    "aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/*", "o-a1b2c3d4e5/r-ab12/ou-1/", "o-*/r-ab12/"],
    "aws:CalledVia": ["athena.amazonaws.com", "*.amazonaws.com", "kms.amazonaws.com"],
    "aws:PrincipalTag/team": ["payments", "web"],
}
ARN_KEYS = {
    "aws:PrincipalArn": [*ROLES, f"arn:aws:iam::{OWNER}:role/*", "arn:aws:iam::*:user/Eva"],
    "aws:SourceArn": [
        f"arn:aws:lambda:{REGION}:{OWNER}:function:*",
        "arn:aws:lambda:*:*:function:resize",
        "arn:*:*:*:*:*",
    ],
}


class Choose:
    """Makes choices: of hypothesis, which can shrink them, or of a seed, which is quick.

    Args:
        one: Returns one of a sequence.
    """

    def __init__(self, one: Callable[[Sequence[Any]], Any]) -> None:
        self.one = one

    def some(self, among: Sequence[Any], low: int, high: int) -> list[Any]:
        """Return between ``low`` and ``high`` of them, each once."""
        left = list(among)
        number = self.one(range(low, high + 1))
        return [left.pop(self.one(range(len(left)))) for _ in range(number)]


STRINGS = ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase"]
STRINGS += ["StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"]
SETS = [
    f"{quantifier}:{operator}"
    for quantifier in ("ForAnyValue", "ForAllValues")
    for operator in ("StringEquals", "StringLike", "StringNotLike", "StringNotEquals")
]
NETWORKS = ["203.0.113.0/24", "198.51.100.9", "2001:db8::/32", "0.0.0.0/0"]
BOOLEANS = {
    "aws:SecureTransport": ["true", "false"],
    "aws:PrincipalIsAWSService": ["true", "False"],
}
NUMBERS = ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals"]
#: Operators with the keys and values that they compare.
OPERATORS: list[tuple[list[str], dict[str, list[str]]]] = [
    (STRINGS, STRING_KEYS),
    (SETS, SET_KEYS),
    (["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"], ARN_KEYS),
    (["IpAddress", "NotIpAddress"], {"aws:SourceIp": NETWORKS}),
    (["Bool"], BOOLEANS),
    (NUMBERS, {"aws:MultiFactorAuthAge": ["30", "3600", "7200.5"]}),
    (["DateLessThan", "DateGreaterThan"], {"aws:CurrentTime": ["2026-12-31T23:59:59Z"]}),
]
NULLS = ["aws:PrincipalOrgID", "aws:SourceArn", "aws:PrincipalTag/team"]


def condition(choose: Choose) -> Document:
    """One condition block with one condition."""
    if choose.one(range(8)) == 0:
        return {"Null": {choose.one(NULLS): choose.one(["true", "false"])}}
    operators, keys = choose.one(OPERATORS)
    operator = choose.one(operators) + choose.one(["", "", "IfExists"])
    key = choose.one(sorted(keys))
    return {operator: {key: choose.some(keys[key], 1, min(2, len(keys[key])))}}


def _actions(choose: Choose) -> Document:
    names = ["ecr:BatchGetImage", "ecr:PutImage", "ecr:*", "ecr:Batch*", "ECR:batchgetimage", "*"]
    names += ["ecr:?atchGetImage", "s3:GetObject"]
    element = choose.one(["Action", "Action", "Action", "NotAction"])
    return {element: choose.some(names, 1, 2)}


def _resources(choose: Choose) -> Document:
    arns = ["*", ARN, f"arn:aws:ecr:*:{OWNER}:repository/payments/*", f"{ARN}-old"]
    arns += [f"arn:aws:ecr:{REGION}:{OWNER}:repository/${{aws:PrincipalTag/team}}/*"]
    arns += [f"arn:aws:ecr:{REGION}:{OWNER}:repository/????????/api", "arn:aws:s3:::*"]
    element = choose.one(["Resource", "Resource", "Resource", "NotResource"])
    return {element: choose.some(arns, 1, 2)}


def _principals(choose: Choose) -> Document:
    aws = {"AWS": choose.some([*ROLES, *USERS, *SESSIONS, *ROOTS, OWNER, OTHER], 1, 3)}
    service = {"Service": choose.one([LAMBDA, "codebuild.amazonaws.com"])}
    named = choose.one(["*", {"AWS": "*"}, aws, aws, service, aws | service])
    return {choose.one(["Principal", "Principal", "Principal", "NotPrincipal"]): named}


def _policy(choose: Choose, *members: Callable[[Choose], Document], size: int = 3) -> Document:
    statements = []
    for _ in range(choose.one(range(size + 1))):
        statement: Document = {"Effect": choose.one(["Allow", "Allow", "Deny"])}
        for member in members:
            statement |= member(choose)
        block: Document = {}
        for _ in range(choose.one([0, 0, 1, 1, 2])):
            for operator, keys in condition(choose).items():
                block.setdefault(operator, {}).update(keys)
        if block:
            statement["Condition"] = block
        statements.append(statement)
    return {"Version": "2012-10-17", "Statement": statements}


def repository_policy(choose: Choose) -> Document:
    """A policy of a repository."""
    return _policy(choose, _principals, _actions)


def registry_policy(choose: Choose) -> Document:
    """A policy of a registry."""
    return _policy(choose, _principals, _actions, _resources, size=2)


def identity_policy(choose: Choose) -> Document:
    """A policy of a role or user."""
    return _policy(choose, _actions, _resources)


class Case:
    """A world, and the same for the library."""

    def __init__(self, choose: Choose) -> None:
        self.principal = choose.one(CALLERS)
        self.action = choose.one(["ecr:BatchGetImage", "ecr:PutImage"])
        self.repository_policy = repository_policy(choose)
        self.registry_policy = registry_policy(choose) if choose.one([True, False]) else None
        self.identity_policies = [identity_policy(choose) for _ in range(choose.one(range(3)))]
        self.boundary = identity_policy(choose) if choose.one([True, False, False]) else None
        self.principal_team = choose.one(TEAMS)
        self.repository_team = choose.one(TEAMS)
        self.domains = DOMAINS
        if is_service(self.principal):
            of_principals = ("aws:PrincipalOrgID", "aws:PrincipalOrgPaths")
            own = {key: values for key, values in DOMAINS.items() if key not in of_principals}
            self.domains = own | SERVICE_DOMAINS
        self.given = {key: choose.one(values) for key, values in self.domains.items()}
        #: Keys that the library is not told.
        self.withheld = choose.some(sorted(self.domains), 0, 3)
        #: Statements to add, by where.
        self.where = choose.one(["repository", "registry", "identity"])
        added = {
            "repository": repository_policy,
            "registry": registry_policy,
            "identity": identity_policy,
        }
        self.added = added[self.where](choose)

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {value}" for name, value in vars(self).items())

    @property
    def is_identity(self) -> bool:
        """Whether it is a role or user of the assembly that asks, or a session of one."""
        return self.principal in ROLES or self.principal in USERS or self.principal in SESSIONS

    @property
    def names_sessions_of_the_role(self) -> bool:
        """Whether a role asks, and policies speak of some of its sessions."""
        return self.principal in ROLES and "assumed-role" in repr(
            (self.repository_policy, self.registry_policy)
        )

    @property
    def identity_arn(self) -> str:
        """The ARN of the role or user that asks."""
        if self.principal in SESSIONS:
            account, name = self.principal.split(":")[4], self.principal.split("/")[1]
            return next(a for a, n in ROLES.items() if n == name and a.split(":")[4] == account)
        return self.principal

    def deployment(self) -> Deployment:
        """The model of it."""
        tags = tuple(("team", value) for value in self.repository_team)
        repository = Repository(
            repository_name=NAME,
            repository_policy=Policy.from_document(self.repository_policy),
            tags=tags,
        )
        registry = Registry(
            account=OWNER,
            region=REGION,
            repositories=(repository,),
            registry_policy=None
            if self.registry_policy is None
            else Policy.from_document(self.registry_policy),
        )
        return Deployment(registries=(registry,), identities=tuple(self._identities()))

    def _identities(self) -> list[Identity]:
        if not self.is_identity:
            return []
        arn = self.identity_arn
        kind = IdentityKind.ROLE if arn in ROLES else IdentityKind.USER
        policies = [Policy.from_document(each) for each in self.identity_policies]
        return [
            Identity(
                arn=arn,
                kind=kind,
                account=arn.split(":")[4],
                name=(ROLES | USERS)[arn],
                tags=tuple(("team", value) for value in self.principal_team),
                policies=tuple(
                    IdentityPolicy(name=f"Policy{index}", document=policy)
                    for index, policy in enumerate(policies)
                ),
                permissions_boundary=None
                if self.boundary is None
                else IdentityPolicy(name="Boundary", document=Policy.from_document(self.boundary)),
            )
        ]

    def implied(self) -> dict[str, list[str]]:
        """What a request of this principal carries by itself."""
        keys = {
            "aws:ResourceAccount": [OWNER],
            "aws:RequestedRegion": [REGION],
            "aws:ResourceTag/team": self.repository_team,
            "ecr:ResourceTag/team": self.repository_team,
            "aws:PrincipalIsAWSService": ["true" if is_service(self.principal) else "false"],
        }
        if is_service(self.principal):
            return keys | {"aws:PrincipalServiceName": [self.principal]}
        account = self.principal if self.principal.isdigit() else self.principal.split(":")[4]
        keys["aws:PrincipalAccount"] = [account]
        if not self.is_identity:
            return keys
        is_user = self.principal in USERS
        keys["aws:PrincipalArn"] = [self.identity_arn]
        keys["aws:PrincipalType"] = ["User" if is_user else "AssumedRole"]
        keys["aws:PrincipalTag/team"] = self.principal_team
        keys["aws:username"] = [USERS[self.principal]] if is_user else []
        return keys

    def world(self, given: dict[str, list[str]] | None = None) -> World:
        """The same for the definition, with other values for some keys."""
        context = self.implied() | self.given | (given or {})
        policies = [self.repository_policy]
        if self.registry_policy is not None:
            policies.append(self.registry_policy)
        known = self.is_identity or is_service(self.principal)
        return World(
            principal=self.principal,
            action=self.action,
            resource=ARN,
            owner=OWNER,
            context={key.lower(): values for key, values in context.items() if values},
            repository_policies=policies,
            identity_policies=(self.identity_policies if self.is_identity else [])
            if known
            else None,
            boundary=self.boundary if self.is_identity else None,
        )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A request with all policies around it, which hypothesis can shrink."""
    return Case(Choose(lambda among: draw(st.sampled_from(among))))


def many_cases(seed: int, number: int = 100) -> Iterator[Case]:
    """Many of them, quickly."""
    for index in range(number):
        yield Case(Choose(random.Random(f"{seed} {index}").choice))  # noqa: S311 - no secret
