"""IAM roles and users, read from the resources of templates."""

from __future__ import annotations

from typing import Any

import pytest

from ecr_constructs.model.identity import Identity, IdentityKind, IdentityPolicy
from ecr_constructs.model.identity_cfn import IAM_TYPES, IamResource, identities_from_cfn
from ecr_constructs.model.policy import Policy
from ecr_constructs.model.problem import Malformed
from ecr_constructs.model.repository import Origin
from ecr_constructs.model.statement import Statement
from ecr_constructs.model.unresolved import Text, Unknown, Unresolved, join

ACCOUNT = "111111111111"
PULL = Policy.of(Statement(actions=("ecr:BatchGetImage",), resources=("*",)))
PUSH = Policy.of(Statement(actions=("ecr:PutImage",), resources=("*",)))


def origin(logical_id: str, stack: str = "Main") -> Origin:
    return Origin(stack, logical_id, f"{stack}.template.json", f"{stack}/{logical_id}")


def resource(
    kind: str,
    logical_id: str,
    properties: object = None,
    *,
    account: Text = ACCOUNT,
    stack: str = "Main",
) -> IamResource:
    """A resource as a reader of templates hands it over."""
    made_up = Unresolved.of(f"{stack}.{logical_id}")
    name_of = {"Role": "RoleName", "User": "UserName", "Group": "GroupName"}
    given = properties if isinstance(properties, dict) else {}
    named = given.get(name_of.get(kind, ""))
    ref: Text = named if isinstance(named, str) else made_up
    arn: Text | None = None
    if kind in name_of:
        word = f"{kind.lower()}{given.get('Path', '/')}"
        arn = _concat("arn:aws:iam::", account, ":", word, ref)
    if kind == "ManagedPolicy":
        ref = _concat("arn:aws:iam::", account, ":policy/", given.get("ManagedPolicyName", made_up))
    return IamResource(
        type=f"AWS::IAM::{kind}",
        properties=properties or {},
        ref=ref,
        arn=arn,
        account=account,
        partition="aws",
        origin=origin(logical_id, stack),
    )


def _concat(*texts: Text) -> Text:
    return join([p for text in texts for p in ([text] if isinstance(text, str) else text.parts)])


def inline(document: Policy, name: str = "Inline") -> dict[str, Any]:
    return {"PolicyName": name, "PolicyDocument": document.to_document()}


def read(*resources: IamResource) -> tuple[Identity, ...]:
    identities, problems = identities_from_cfn(resources)
    assert problems == ()
    return identities


def documents(identity: Identity) -> list[object]:
    return [policy.document for policy in identity.policies]


def test_reads_a_named_role() -> None:
    (role,) = read(
        resource(
            "Role",
            "Build",
            {
                "RoleName": "Build",
                "Path": "/ci/",
                "Policies": [inline(PULL)],
                "Tags": [{"Key": "team", "Value": "payments"}],
            },
        )
    )
    assert role == Identity(
        arn=f"arn:aws:iam::{ACCOUNT}:role/ci/Build",
        kind=IdentityKind.ROLE,
        account=ACCOUNT,
        name="Build",
        tags=(("team", "payments"),),
        policies=(IdentityPolicy(name="Inline", document=PULL),),
    )
    assert role.origin == origin("Build")
    assert role.policies[0].origin == origin("Build")


def test_a_role_without_a_name_is_known_up_to_it() -> None:
    (role,) = read(resource("Role", "Build"))
    assert role.arn == Unresolved((f"arn:aws:iam::{ACCOUNT}:role/", Unknown("Main.Build")))
    assert role.name == Unresolved.of("Main.Build")


def test_another_text_for_its_arn_is_an_alias() -> None:
    """A reader that does not know the form of the ARN gives an unknown attribute."""
    plain = resource("Role", "Build", {"RoleName": "Build"})
    opaque = Unresolved.of("Main.Build.Arn")
    (role,) = read(
        IamResource(
            type=plain.type,
            properties=plain.properties,
            ref=plain.ref,
            arn=opaque,
            account=plain.account,
            partition=plain.partition,
            origin=plain.origin,
        )
    )
    assert role.aliases == (opaque,)
    assert role.is_called(opaque)
    assert role.is_called(f"arn:aws:iam::{ACCOUNT}:role/Build")
    assert not role.is_called(f"arn:aws:iam::{ACCOUNT}:role/Other")


@pytest.mark.parametrize("kind", ["Policy", "ManagedPolicy"])
@pytest.mark.parametrize(
    ("holder", "property_"), [("Role", "Roles"), ("User", "Users"), ("Group", "Groups")]
)
def test_a_policy_is_attached_to_what_it_names(kind: str, holder: str, property_: str) -> None:
    target = resource(holder, "Target")
    user = resource("User", "Eva", {"Groups": [target.ref]})
    policy = resource(
        kind, "Attached", {"PolicyDocument": PULL.to_document(), property_: [target.ref]}
    )
    for order in ([target, user, policy], [policy, user, target]):
        found = {str(identity.name): identity for identity in read(*order)}
        name = "${Main.Eva}" if holder == "Group" else "${Main.Target}"
        assert documents(found[name]) == [PULL]
        assert (found[name].policies[0].group is not None) is (holder == "Group")


@pytest.mark.parametrize(
    ("kind", "property_", "holder"),
    [
        ("RolePolicy", "RoleName", "Role"),
        ("UserPolicy", "UserName", "User"),
    ],
)
def test_a_policy_of_its_own_type_is_attached(kind: str, property_: str, holder: str) -> None:
    target = resource(holder, "Target")
    properties = {property_: target.ref, **inline(PULL)}
    (identity,) = read(target, resource(kind, "Attached", properties))
    assert identity.policies == (IdentityPolicy(name="Inline", document=PULL),)


def test_the_policies_of_a_group_come_to_its_members_from_either_side() -> None:
    group = resource("Group", "Readers", {"GroupName": "Readers", "Policies": [inline(PULL)]})
    group_policy = resource("GroupPolicy", "More", {"GroupName": "Readers", **inline(PUSH, "More")})
    eva = resource("User", "Eva", {"Groups": ["Readers"]})
    leo = resource("User", "Leo")
    addition = resource(
        "UserToGroupAddition", "Addition", {"GroupName": group.ref, "Users": [leo.ref]}
    )
    identities = read(eva, leo, addition, group, group_policy)
    assert len(identities) == 2
    for identity in identities:
        assert documents(identity) == [PULL, PUSH]
        assert {policy.group for policy in identity.policies} == {"Readers"}


def test_a_managed_policy_of_the_assembly_is_read_where_it_is_named() -> None:
    managed = resource(
        "ManagedPolicy",
        "Pull",
        {"ManagedPolicyName": "Pull", "PolicyDocument": PULL.to_document()},
    )
    by_reference = resource("Role", "A", {"ManagedPolicyArns": [managed.ref]})
    by_arn = resource(
        "Role", "B", {"ManagedPolicyArns": [f"arn:aws:iam::{ACCOUNT}:policy/Pull"]}, stack="Other"
    )
    first, second = read(by_reference, managed, by_arn)
    assert documents(first) == documents(second) == [PULL]


def test_a_managed_policy_that_is_defined_elsewhere_has_no_document() -> None:
    arn = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"
    (role,) = read(resource("Role", "Build", {"ManagedPolicyArns": [arn]}))
    assert role.policies == (IdentityPolicy(name=arn, document=None),)


@pytest.mark.parametrize("is_here", [True, False])
def test_a_permissions_boundary_is_read_where_it_is_defined(is_here: object) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:policy/Boundary"
    role = resource("Role", "Build", {"PermissionsBoundary": arn})
    boundary = resource(
        "ManagedPolicy",
        "Boundary",
        {"ManagedPolicyName": "Boundary", "PolicyDocument": PULL.to_document()},
    )
    (identity,) = read(role, boundary) if is_here else read(role)
    assert identity.policies == ()
    assert identity.permissions_boundary is not None
    assert identity.permissions_boundary.document == (PULL if is_here else None)


def test_a_role_that_only_policies_name_is_partial() -> None:
    policy = resource(
        "Policy", "Grant", {"PolicyDocument": PULL.to_document(), "Roles": ["Existing"]}
    )
    (role,) = read(policy)
    assert role.partial
    assert role.arn == f"arn:aws:iam::{ACCOUNT}:role/Existing"
    assert documents(role) == [PULL]
    assert role.origin is None


def test_two_policies_for_one_role_that_is_not_here_meet() -> None:
    grants = [
        resource(
            "Policy",
            f"Grant{index}",
            {"PolicyDocument": document.to_document(), "Roles": ["Existing"]},
            stack=f"Stack{index}",
        )
        for index, document in enumerate((PULL, PUSH))
    ]
    (role,) = read(*grants)
    assert documents(role) == [PULL, PUSH]


def test_a_made_up_name_means_a_role_of_its_own_template() -> None:
    """Stacks of one class have the same logical ids."""
    roles = [resource("Role", "Build", stack=stack) for stack in ("Dev", "Prod")]
    policies = [
        resource(
            "Policy",
            "Grant",
            {"PolicyDocument": document.to_document(), "Roles": [role.ref]},
            stack=stack,
        )
        for document, role, stack in zip((PULL, PUSH), roles, ("Dev", "Prod"), strict=True)
    ]
    dev, prod = read(*roles, *policies)
    assert documents(dev) == [PULL]
    assert documents(prod) == [PUSH]


def test_a_name_means_the_role_of_the_same_account() -> None:
    here = resource("Role", "Build", {"RoleName": "Build"}, stack="Dev")
    there = resource("Role", "Build", {"RoleName": "Build"}, account="222222222222", stack="Prod")
    policy = resource(
        "Policy",
        "Grant",
        {"PolicyDocument": PULL.to_document(), "Roles": ["Build"]},
        account="222222222222",
        stack="Grants",
    )
    first, second = read(here, there, policy)
    assert documents(first) == []
    assert documents(second) == [PULL]


def test_a_name_in_another_case_or_kind_is_another() -> None:
    role = resource("Role", "Build", {"RoleName": "Build"})
    user = resource("User", "User", {"UserName": "Build"})
    policy = resource("Policy", "Grant", {"PolicyDocument": PULL.to_document(), "Users": ["Build"]})
    first, second = read(role, user, policy)
    assert documents(first) == []
    assert documents(second) == [PULL]


def test_what_is_no_policy_is_kept_as_such() -> None:
    properties = {"Policies": [{"PolicyName": "Broken", "PolicyDocument": {"Statement": 3}}]}
    (role,) = read(resource("Role", "Build", properties))
    assert isinstance(role.policies[0].document, Malformed)


def test_a_document_that_is_not_known_is_kept_as_such() -> None:
    unknown = Unresolved.of("Main.Parameter")
    properties = {"Policies": [{"PolicyName": "Given", "PolicyDocument": unknown}]}
    (role,) = read(resource("Role", "Build", properties))
    assert role.policies[0].document == unknown


@pytest.mark.parametrize(
    ("kind", "properties", "sentence"),
    [
        ("Role", {"RoleName": ["x"]}, "Properties.RoleName must be a string, got ['x']"),
        ("Role", {"Tags": {"a": "b"}}, "Properties.Tags must be a list, got {'a': 'b'}"),
        ("Role", "none", "Properties must be an object, got 'none'"),
        (
            "Role",
            {"ManagedPolicyArns": ["arn", 7]},
            "Properties.ManagedPolicyArns[1] must be a string, got 7",
        ),
        ("Policy", {"Roles": [{}]}, "Properties.Roles[0] must be a string, got {}"),
    ],
)
def test_notes_what_is_malformed_and_where(kind: str, properties: object, sentence: str) -> None:
    _, problems = identities_from_cfn([resource(kind, "Odd", properties)])
    ((where, problem),) = problems
    assert where == origin("Odd")
    assert problem.message == sentence


def test_other_types_are_passed_over() -> None:
    assert read(resource("InstanceProfile", "Profile", {"Roles": ["Existing"]})) == ()
    assert "AWS::IAM::InstanceProfile" not in IAM_TYPES


def test_a_policy_on_roles_that_are_not_known_is_nobodys() -> None:
    """``Roles`` may be a list that only a parameter tells."""
    policy = resource(
        "Policy", "Grant", {"PolicyDocument": PULL.to_document(), "Roles": Unresolved.of("Roles")}
    )
    (role,) = read(policy)
    assert role.partial
    assert role.name == Unresolved.of("Roles")


def test_many_roles_are_read_in_a_time_that_grows_with_their_number() -> None:
    """Attaching looks names up, it does not go through all roles."""
    count = 3000
    resources = []
    for index in range(count):
        role = resource("Role", f"Role{index}")
        resources += [
            role,
            resource("Policy", f"Policy{index}", {**inline(PULL), "Roles": [role.ref]}),
        ]
    identities = read(*resources)
    assert len(identities) == count
    assert all(documents(identity) == [PULL] for identity in identities)
