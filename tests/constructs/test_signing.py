"""Signing: what is written, who is allowed to sign, and what is refused and warned of."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any, Final

import aws_cdk as cdk
import pytest
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_signer as signer
from tests.synthesis import (
    ACCOUNT,
    ENVIRONMENT,
    OTHER_ACCOUNT,
    REGION,
    new_app,
    new_stack,
    synthesise,
    template_of,
    warnings_of,
)

from ecr_constructs import (
    ConfigurationError,
    Control,
    Exemption,
    GovernedRepository,
    PullThroughCacheSecret,
)
from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.model.upstream import Upstream
from ecr_constructs.service import limits

PROFILE: Final = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/Images"
THEIRS: Final = f"arn:aws:signer:{REGION}:{OTHER_ACCOUNT}:/signing-profiles/Shared"
#: The registry's own profile, as its stack writes it, and as whoever pushes names it.
OWN: Final = {"Fn::GetAtt": ["RegistrySigningProfile0E90DC12", "Arn"]}
NAME: Final = "Stack_Registry_SigningProfile_B34BA49E"
OWN_ARN: Final = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/{NAME}"


def rules_of(template: dict[str, Any]) -> list[tuple[Any, list[str] | None]]:
    """Return profile and filters of each rule."""
    (found,) = (
        each["Properties"]["Rules"]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::ECR::SigningConfiguration"
    )
    return [
        (
            rule["SigningProfileArn"],
            [each["Filter"] for each in rule["RepositoryFilters"]]
            if "RepositoryFilters" in rule
            else None,
        )
        for rule in found
    ]


def signs_with(template: dict[str, Any]) -> list[Any]:
    """Return the profiles that the policies in a template allow to sign with."""
    return [
        statement["Resource"]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::IAM::Policy"
        for statement in each["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == "signer:SignPayload"
    ]


def role_in(scope: cdk.Stack, construct_id: str = "Role") -> iam.Role:
    return iam.Role(scope, construct_id, assumed_by=iam.AccountRootPrincipal())


@pytest.fixture
def quick() -> cdk.Stack:
    """A stack whose app CDK does not validate."""
    return new_stack(new_app(validate=False))


# What is written


def test_a_profile_is_made_when_none_is_given(stack: cdk.Stack) -> None:
    """Once, for whoever asks; it outlives its stack, as what it signed does."""
    registry = GovernedRegistry(stack, "Registry")
    registry.sign_images(repository_filters=["web/*"])
    registry.sign_images(repository_filters=["api/*", "web/*"])
    template = template_of(stack)
    assert rules_of(template) == [(OWN, ["api/*", "web/*"])]
    profiles = {
        logical_id: each
        for logical_id, each in template["Resources"].items()
        if each["Type"] == "AWS::Signer::SigningProfile"
    }
    assert profiles == {
        "RegistrySigningProfile0E90DC12": {
            "Type": "AWS::Signer::SigningProfile",
            "Properties": {"PlatformId": "Notation-OCI-SHA384-ECDSA", "ProfileName": NAME},
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
        }
    }
    signing = template["Resources"]["RegistrySigning2384E489"]
    assert (signing["DeletionPolicy"], signing["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_without_filters_everything_is_signed(stack: cdk.Stack) -> None:
    registry = GovernedRegistry(stack, "Registry")
    registry.sign_images(repository_filters=["web/*"], signing_profile=PROFILE)
    assert registry.sign_images(signing_profile=PROFILE).repository_filters is None
    assert rules_of(template_of(stack)) == [(PROFILE, None)]


def test_each_profile_signs_by_itself_in_one_order(stack: cdk.Stack) -> None:
    """One filter alone, not in a list, is one filter."""
    registry = GovernedRegistry(stack, "Registry")
    profile = signer.SigningProfile(
        stack, "Profile", platform=signer.Platform.NOTATION_OCI_SHA384_ECDSA
    )
    registry.sign_images(repository_filters="web/*", signing_profile=THEIRS)
    registry.sign_images(repository_filters=["web/*"], signing_profile=PROFILE)
    registry.sign_images(repository_filters=iter(["b", "a", "b"]), signing_profile=profile)
    assert rules_of(template_of(stack)) == [
        (PROFILE, ["web/*"]),
        (THEIRS, ["web/*"]),
        ({"Fn::GetAtt": ["Profile6F32097C", "Arn"]}, ["a", "b"]),
    ]


def test_any_stack_of_the_registry_contributes_before_and_after_its_owner() -> None:
    written = []
    for order in itertools.permutations(range(3)):
        app = new_app(validate=False)
        home, service = new_stack(app), new_stack(app, "Service")
        role = role_in(service)
        repository = GovernedRepository(service, "Web", repository_name="web/store")
        steps: list[Callable[[], object]] = [
            lambda home=home: GovernedRegistry(home, "Registry"),
            lambda service=service: GovernedRegistry.of(service).sign_images(
                repository_filters=["web/*"]
            ),
            lambda repository=repository, role=role: repository.grant_push(role),
        ]
        for step in order:
            steps[step]()
        written.append(json.dumps(synthesise(app, lint=False), sort_keys=True))
        if order == (0, 1, 2):
            synthesise(app)
    assert len(set(written)) == 1
    assert '"signer:SignPayload"' in written[0]


def test_signing_that_finds_no_owner_is_an_error() -> None:
    stack = new_stack(new_app(validate=False))
    GovernedRegistry.of(stack).sign_images()
    with pytest.raises(RuntimeError, match=r"sign_images\(\.\.\.\) needs an owner .*\[Stack\]"):
        template_of(stack)


def test_an_owner_beside_another_one_tells_why() -> None:
    app = new_app(validate=False)
    GovernedRegistry(new_stack(app), "Registry")
    reason = Exemption(Control.SINGLE_OWNER, "moved from one stack to the other this week")
    second = GovernedRegistry(new_stack(app, "Second"), "Registry", exemptions=[reason])
    second.sign_images(signing_profile=PROFILE)
    (found,) = (
        each["Metadata"]["EcrConstructs"]["exemptions"]
        for each in synthesise(app, lint=False)["Second"]["Resources"].values()
        if each["Type"] == "AWS::ECR::SigningConfiguration"
    )
    assert found == [reason.to_metadata()]


# Who may sign


def test_whoever_is_granted_pushing_to_what_is_signed_may_sign(quick: cdk.Stack) -> None:
    """To what is not signed, and to who may only pull, nothing more is granted."""
    registry = GovernedRegistry(quick, "Registry")
    web = registry.add_repository("Web", repository_name="web/store")
    data = registry.add_repository("Data", repository_name="data/jobs")
    roles = {name: role_in(quick, name) for name in ("Push", "PullPush", "Pull", "Other")}
    web.grant_push(roles["Push"])
    registry.sign_images(repository_filters=["web/*"])
    web.grant_pull_push(roles["PullPush"])
    web.grant_pull(roles["Pull"])
    data.grant_pull_push(roles["Other"])
    template = template_of(quick)
    signing = [
        logical_id
        for logical_id, each in template["Resources"].items()
        if each["Type"] == "AWS::IAM::Policy" and "signer:SignPayload" in json.dumps(each)
    ]
    assert sorted(each.removesuffix("F")[:8] for each in signing) == ["PullPush", "PushDefa"]
    assert signs_with(template) == [OWN_ARN, OWN_ARN]
    assert permissions_of(template) == {}


def test_an_identity_is_allowed_once(quick: cdk.Stack) -> None:
    registry = GovernedRegistry(quick, "Registry")
    role = role_in(quick)
    signing = registry.sign_images()
    for number in range(3):
        registry.add_repository(f"R{number}", repository_name=f"team/r{number}").grant_push(role)
    signing.allow_signing(role)
    assert signs_with(template_of(quick)) == [OWN_ARN]


def test_allowing_once_costs_one_call(quick: cdk.Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many repositories an identity pushes to."""
    registry = GovernedRegistry(quick, "Registry")
    registry.sign_images(signing_profile=PROFILE)
    role, allowed = role_in(quick), list[Any]()
    real = iam.Grant.add_to_principal

    def counting(**options: Any) -> iam.Grant:
        allowed.append(options["actions"])
        return real(**options)

    monkeypatch.setattr(iam.Grant, "add_to_principal", counting)
    for number in range(3):
        registry.add_repository(f"R{number}", repository_name=f"team/r{number}").grant_push(role)
    assert allowed == [["signer:SignPayload"]]


def test_an_identity_signs_with_every_profile_that_takes_the_repository(quick: cdk.Stack) -> None:
    registry = GovernedRegistry(quick, "Registry")
    registry.sign_images(signing_profile=PROFILE)
    registry.sign_images(repository_filters=["web/*"], signing_profile=THEIRS)
    role = role_in(quick)
    registry.add_repository("Web", repository_name="web/store").grant_push(role)
    registry.add_repository("Api", repository_name="api").grant_push(role)
    assert signs_with(template_of(quick)) == [PROFILE, THEIRS]


def test_a_name_that_is_made_up_may_be_signed(quick: cdk.Stack) -> None:
    """A filter may take it: without the permission a push would stay unsigned in silence."""
    registry = GovernedRegistry(quick, "Registry")
    registry.sign_images(repository_filters=["web-*"], signing_profile=PROFILE)
    registry.add_repository("Web").grant_push(role_in(quick))
    assert signs_with(template_of(quick)) == [PROFILE]


def test_a_reference_to_a_repository_of_the_registry_counts(quick: cdk.Stack) -> None:
    """One of another registry does not."""
    registry = GovernedRegistry(quick, "Registry")
    registry.sign_images(signing_profile=PROFILE)
    role = role_in(quick)
    GovernedRepository.from_repository_arn(
        quick, "Away", f"arn:aws:ecr:eu-central-1:{ACCOUNT}:repository/web/store"
    ).grant_push(role)
    app = cdk.Stage.of(quick)
    assert app is not None
    assert signs_with(synthesise(app)["Stack"]) == []

    again = new_stack()
    GovernedRegistry(again, "Registry").sign_images(signing_profile=PROFILE)
    GovernedRepository.from_repository_name(again, "Theirs", "web/store").grant_push(role_in(again))
    assert signs_with(template_of(again)) == [PROFILE]


def test_what_has_a_role_signs_with_it(quick: cdk.Stack) -> None:
    """And so does one that was allowed to push by something else than this library."""
    registry = GovernedRegistry(quick, "Registry")
    signing = registry.sign_images()
    project = codebuild.PipelineProject(quick, "Build")
    ecr.Repository.from_repository_name(quick, "Bare", "web/bare").grant_push(project)
    signing.allow_signing(project)
    assert signs_with(template_of(quick)) == [OWN_ARN]


def test_who_has_no_policy_is_left_alone(quick: cdk.Stack) -> None:
    """An account or a service is named in the repository's policy, and signs by its own."""
    registry = GovernedRegistry(quick, "Registry")
    registry.sign_images()
    web = registry.add_repository("Web", repository_name="web/store")
    web.grant_push(iam.AccountPrincipal(OTHER_ACCOUNT))
    web.grant_push(iam.ServicePrincipal("codebuild.amazonaws.com"))
    web.grant_push(iam.ArnPrincipal(f"arn:aws:iam::{ACCOUNT}:role/Deploy"))
    assert signs_with(template_of(quick)) == []


def test_no_stack_waits_for_another_to_sign() -> None:
    """The owner may wait for a service, here for its secret, and the service sign all the same."""
    app = new_app()
    GovernedRegistry(new_stack(app), "Registry").sign_images()
    service = new_stack(app, "Service")
    secret = PullThroughCacheSecret(service, "Token", name="docker-hub")
    GovernedRegistry.of(service).add_pull_through_cache(Upstream.docker_hub(), credential=secret)
    repository = GovernedRepository(service, "Web", repository_name="web/store")
    repository.grant_push(role_in(service))
    templates = synthesise(app)
    assert signs_with(templates["Service"]) == [OWN_ARN]
    assert "Fn::ImportValue" in json.dumps(templates["Stack"])
    assert "Fn::ImportValue" not in json.dumps(templates["Service"])


def permissions_of(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the permissions of profiles by their logical ids."""
    return {
        logical_id: each
        for logical_id, each in template["Resources"].items()
        if each["Type"] == "AWS::Signer::ProfilePermission"
    }


def test_the_profile_allows_another_account_whose_role_pushes(stack: cdk.Stack) -> None:
    """Both sides, once for an account; and they go when nobody asks for them any more."""
    app = cdk.Stage.of(stack)
    assert isinstance(app, cdk.App)
    registry = GovernedRegistry(stack, "Registry")
    away = new_stack(app, "Away", env=cdk.Environment(account=OTHER_ACCOUNT, region="us-east-1"))
    for number in range(2):
        role = iam.Role(
            away, f"R{number}", assumed_by=iam.AccountRootPrincipal(), role_name=f"deploy{number}"
        )
        registry.add_repository(f"R{number}", repository_name=f"web/r{number}").grant_push(role)
    registry.sign_images()
    templates = synthesise(app)
    assert permissions_of(templates["Stack"]) == {
        "RegistrySigningPermissions22222222222296CFD82C": {
            "Type": "AWS::Signer::ProfilePermission",
            "Properties": {
                "Action": "signer:SignPayload",
                "Principal": OTHER_ACCOUNT,
                "ProfileName": {"Fn::GetAtt": ["RegistrySigningProfile0E90DC12", "ProfileName"]},
                "StatementId": f"SignFor{OTHER_ACCOUNT}",
            },
        }
    }
    assert signs_with(templates["Away"]) == [OWN_ARN, OWN_ARN]


def test_a_whole_account_is_allowed_by_the_profile(quick: cdk.Stack) -> None:
    """Its own half is its own to write."""
    registry = GovernedRegistry(quick, "Registry")
    signing = registry.sign_images(repository_filters=["web/*"])
    web = registry.add_repository("Web", repository_name="web/store")
    web.grant_push(iam.AccountPrincipal(OTHER_ACCOUNT))
    web.grant_push(iam.AccountRootPrincipal())
    registry.add_repository("Api", repository_name="api").grant_push(
        iam.AccountPrincipal("333333333333")
    )
    signing.allow_signing(iam.AccountPrincipal("444444444444"))
    found = permissions_of(template_of(quick)).values()
    assert [each["Properties"]["Principal"] for each in found] == [OTHER_ACCOUNT, "444444444444"]


def test_a_profile_that_was_given_allows_nobody_from_here() -> None:
    """It is defined elsewhere; the role's own half is written."""
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    registry.sign_images(signing_profile=PROFILE)
    away = new_stack(app, "Away", env=cdk.Environment(account=OTHER_ACCOUNT, region=REGION))
    role = iam.Role(away, "Role", assumed_by=iam.AccountRootPrincipal(), role_name="deploy")
    registry.add_repository("Web", repository_name="web/store").grant_push(role)
    assert warnings_of(app) == {}
    templates = synthesise(app)
    assert permissions_of(templates["Stack"]) == {}
    assert signs_with(templates["Away"]) == [PROFILE]


@pytest.mark.parametrize(
    "env",
    [
        cdk.Environment(account=ACCOUNT, region="us-east-1"),
        cdk.Environment(account=OTHER_ACCOUNT, region=REGION),
    ],
    ids=["Region", "account"],
)
def test_warns_of_a_role_where_the_arn_of_the_profile_is_not_known(env: cdk.Environment) -> None:
    """That is one of the stack's own that was given as it is."""
    app = new_app(validate=False)
    stack = new_stack(app)
    registry = GovernedRegistry(stack, "Registry")
    profile = signer.SigningProfile(
        stack, "Profile", platform=signer.Platform.NOTATION_OCI_SHA384_ECDSA
    )
    registry.sign_images(signing_profile=profile)
    web = registry.add_repository("Web", repository_name="web/store")
    away = new_stack(app, "Away", env=env)
    role = iam.Role(away, "Role", assumed_by=iam.AccountRootPrincipal(), role_name="deploy")
    web.grant_push(role)
    (warning,) = warnings_of(app)["Stack/Registry"]
    assert warning.startswith(
        "whoever pushes what is signed must be allowed 'signer:SignPayload' on its profile, got"
        " Away/Role in another account, Region or stage, where the ARN of the profile is not known;"
        " give the registry's stack a concrete account and Region and leave signing_profile out, or"
        " write its ARN out"
    )


def test_a_role_in_another_stage_signs() -> None:
    """Between stages there are no references; the name is none."""
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    stage = cdk.Stage(app, "Prod", env=ENVIRONMENT)
    service = new_stack(stage, "Service")
    GovernedRepository(service, "Web", repository_name="web/store").grant_push(role_in(service))
    registry.sign_images()
    found = [each for each in synthesise(app).values() if signs_with(each)]
    assert [signs_with(each) for each in found] == [[OWN_ARN]]


# What is refused


@pytest.mark.parametrize(
    ("given", "make"),
    [
        (None, lambda _: iam.ArnPrincipal(f"arn:aws:iam::{ACCOUNT}:role/Deploy")),
        (None, lambda _: iam.ServicePrincipal("codebuild.amazonaws.com")),
        (None, lambda _: iam.AccountRootPrincipal()),
        (PROFILE, lambda _: iam.AccountPrincipal(OTHER_ACCOUNT)),
        (None, lambda stack: iam.UnknownPrincipal(resource=stack)),
    ],
)
def test_refuses_to_allow_what_has_no_policy(
    quick: cdk.Stack, given: str | None, make: Callable[[cdk.Stack], iam.IGrantable]
) -> None:
    """It would not be allowed, and nobody would know."""
    grantee = make(quick)
    signing = GovernedRegistry(quick, "Registry").sign_images(signing_profile=given)
    with pytest.raises(
        ConfigurationError,
        match=r"allow_signing\(\.\.\.\) must be given identities of the app, .* got what has no"
        rf" policy to write into: {type(grantee).__name__}; allow 'signer:SignPayload' where it is"
        r" defined \[Stack/Registry\]",
    ):
        signing.allow_signing(grantee)


@pytest.mark.parametrize("region", sorted(limits.REGIONS_WITHOUT_SIGNING))
def test_refuses_a_region_that_cannot_sign(region: str) -> None:
    stack = new_stack(new_app(validate=False), env=cdk.Environment(account=ACCOUNT, region=region))
    registry = GovernedRegistry(stack, "Registry")
    with pytest.raises(
        ConfigurationError,
        match=rf"signing must be in a Region that has AWS::ECR::SigningConfiguration, got"
        rf" '{region}'; leave it out there, or sign before you push \[Stack/Registry\]",
    ):
        registry.sign_images()
    assert registry.node.children == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"signing_profile": PROFILE.replace(REGION, "eu-central-1")},
            r"in the registry's Region 'eu-west-1', got 'arn:aws:signer:eu-central-1:.*'; make a",
        ),
        (
            {"signing_profile": f"{PROFILE}/AbCdEfGhIj"},
            r"must be the ARN of a signing profile without a version, .*/AbCdEfGhIj'; write",
        ),
        (
            {"signing_profile": "Images"},
            r"must be the ARN of a signing profile .* got 'Images'; write for example 'arn:aws",
        ),
        (
            {"signing_profile": 7},
            r"signing_profile must be a signing profile or its ARN, got 7; leave it out",
        ),
        (
            {"repository_filters": []},
            r"repository_filters must be 1 to 100 filters, got none; leave the list out",
        ),
        (
            {"repository_filters": ["Web/*"]},
            r"repository_filters\[0\]: a signing filter must be .*got 'Web/\*'; write 'web/\*'",
        ),
        (
            {"repository_filters": [f"team{number}" for number in range(101)]},
            r"a rule must have at most 100 filters, got 101; fold some into one",
        ),
    ],
)
def test_refuses_what_ecr_would_refuse(quick: cdk.Stack, given: dict[str, Any], said: str) -> None:
    registry = GovernedRegistry(quick, "Registry")
    with pytest.raises(ConfigurationError, match=rf"{said}.*\[Stack/Registry\]"):
        registry.sign_images(**given)
    assert registry.node.children == []


def test_refuses_an_eleventh_rule_and_keeps_nothing_of_it() -> None:
    app = new_app(validate=False)
    stack = new_stack(app)
    registry = GovernedRegistry(stack, "Registry")
    for number in range(10):
        registry.sign_images(signing_profile=f"{PROFILE}{number}")
    with pytest.raises(
        ConfigurationError,
        match=r"a signing configuration must have at most 10 rules, got 11; unite the filters of"
        r" rules with the same profile \[Service\]",
    ):
        GovernedRegistry.of(new_stack(app, "Service")).sign_images()
    # More of a profile that is there is no rule more.
    registry.sign_images(repository_filters=["web/*"], signing_profile=f"{PROFILE}9")
    assert [arn for arn, _ in rules_of(synthesise(app, lint=False)["Stack"])] == [
        f"{PROFILE}{number}" for number in range(10)
    ]


def test_refuses_a_profile_that_another_stack_defines() -> None:
    app = new_app(validate=False)
    GovernedRegistry(new_stack(app), "Registry")
    service = new_stack(app, "Service")
    profile = signer.SigningProfile(
        service, "Profile", platform=signer.Platform.NOTATION_OCI_SHA384_ECDSA
    )
    with pytest.raises(
        ConfigurationError,
        match=r"signing_profile must not be a construct of another stack .* got Service/Profile;"
        r" write its ARN out, or leave it out: the registry makes a profile \[Service\]",
    ):
        GovernedRegistry.of(service).sign_images(signing_profile=profile)


def test_refuses_a_profile_of_another_region() -> None:
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    away = new_stack(app, "Away", env=cdk.Environment(account=ACCOUNT, region="us-east-1"))
    profile = signer.SigningProfile.from_signing_profile_attributes(
        away, "Profile", signing_profile_name="Images", signing_profile_version="AbCdEfGhIj"
    )
    with pytest.raises(
        ConfigurationError,
        match="must be a profile in the registry's Region 'eu-west-1', got one of 'us-east-1'",
    ):
        registry.sign_images(signing_profile=profile)


def test_a_profile_and_a_filter_that_are_known_at_deployment_are_kept(quick: cdk.Stack) -> None:
    parameter = cdk.CfnParameter(quick, "Given", default="web").value_as_string
    registry = GovernedRegistry(quick, "Registry")
    registry.sign_images(repository_filters=[parameter], signing_profile=PROFILE)
    registry.sign_images(signing_profile=parameter)
    reference = {"Ref": "Given"}
    assert rules_of(synthesise_of(quick)) == [(PROFILE, [reference]), (reference, None)]


def synthesise_of(stack: cdk.Stack) -> dict[str, Any]:
    """Synthesise without cfn-lint, for which a parameter's default is no ARN."""
    stage = cdk.Stage.of(stack)
    assert stage is not None
    found: dict[str, Any] = synthesise(stage, lint=False)[stack.artifact_id]
    return found


def test_an_agnostic_stack_signs() -> None:
    agnostic = new_stack(env=None)
    registry = GovernedRegistry(agnostic, "Registry")
    registry.sign_images()
    registry.add_repository("Web", repository_name="web/store").grant_push(role_in(agnostic))
    template = template_of(agnostic)
    assert rules_of(template) == [(OWN, None)]
    (arn,) = signs_with(template)
    assert arn["Fn::Join"][1][-1] == f":/signing-profiles/{NAME}"


# What is warned of


def test_warns_of_what_is_pulled_through_a_cache() -> None:
    """Also where the cache is defined later, by another stack."""
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    registry.sign_images(repository_filters=["*"])
    GovernedRegistry.of(new_stack(app, "Service")).add_pull_through_cache(Upstream.quay())
    (warning,) = warnings_of(app)["Stack/Registry"]
    assert warning.startswith(
        "rules[0].repository_filters: a signing rule signs what somebody pushes, which nobody does"
        " with an image that is pulled through a cache, got filters '*', which takes repositories"
        " of the cache 'quay'; write filters for the namespaces of your own images"
    )
