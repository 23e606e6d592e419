"""Pull through caches: the rule, its credential, its template, its repositories, who may pull."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import aws_cdk as cdk
import pytest
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from tests.synthesis import (
    ACCOUNT,
    ORGANIZATION,
    OTHER_ACCOUNT,
    OTHER_ENVIRONMENT,
    REGION,
    new_app,
    new_stack,
    synthesise,
    template_of,
    warnings_of,
)

from ecr_constructs import Baseline, ConfigurationError, Principals
from ecr_constructs.constructs.cache_secret import PullThroughCacheSecret
from ecr_constructs.constructs.cached_repository import CachedRepository
from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.lifecycle import presets
from ecr_constructs.model.creation_template import AppliedFor
from ecr_constructs.model.upstream import Upstream
from ecr_constructs.service.upstreams import UPSTREAMS

REPOSITORY: Final = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/"
SECRET: Final = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:ecr-pullthroughcache/hub-a1B2c3"
PULL: Final = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:BatchImportUpstreamImage",
    "ecr:CreateRepository",
    "ecr:GetDownloadUrlForLayer",
]
ELSEWHERE: Final = cdk.Environment(account=ACCOUNT, region="eu-central-1")


def resources(template: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {k: v for k, v in template["Resources"].items() if v["Type"] == f"AWS::{kind}"}


def properties(template: Mapping[str, Any], kind: str) -> dict[str, Any]:
    (found,) = resources(template, kind).values()
    found_properties: dict[str, Any] = found["Properties"]
    return found_properties


def statements(template: Mapping[str, Any], kind: str = "IAM::Policy") -> list[dict[str, Any]]:
    found = properties(template, kind)
    document = found.get("PolicyDocument") or found["PolicyText"]
    listed: list[dict[str, Any]] = document["Statement"]
    return listed


def secret_in(stack: cdk.Stack, arn: str = SECRET) -> secretsmanager.ISecret:
    return secretsmanager.Secret.from_secret_complete_arn(stack, "Secret", arn)


@pytest.fixture(name="registry")
def _registry(stack: cdk.Stack) -> GovernedRegistry:
    return GovernedRegistry(stack, "Registry")


# The rule

UPSTREAM: Final = {
    "ecr-public": Upstream.ecr_public(),
    "k8s": Upstream.kubernetes(),
    "quay": Upstream.quay(),
    "docker-hub": Upstream.docker_hub(),
    "github-container-registry": Upstream.github(),
    "gitlab-container-registry": Upstream.gitlab(),
    "azure-container-registry": Upstream.azure("team"),
    "chainguard": Upstream.chainguard(),
    "ecr": Upstream.ecr(OTHER_ACCOUNT, REGION),
}
NEED_A_SECRET: Final = [name for name, each in UPSTREAMS.items() if each.credential is not None]


def test_all_nine_upstreams_are_here() -> None:
    assert set(UPSTREAM) == set(UPSTREAMS)
    assert len(NEED_A_SECRET) == 5


@pytest.mark.parametrize("name", UPSTREAM)
def test_each_upstream_has_its_rule_and_its_template(name: str) -> None:
    app = new_app()
    stack = new_stack(app)
    cdk.Annotations.of(stack).acknowledge_warning("ecr-constructs:hand-over", "done")
    registry = GovernedRegistry(stack, "Registry")
    secret = secret_in(stack) if name in NEED_A_SECRET else None
    cache = registry.add_pull_through_cache(UPSTREAM[name], credential=secret)
    template = template_of(stack)
    rule = properties(template, "ECR::PullThroughCacheRule")
    prefix = UPSTREAMS[name].default_prefix
    assert (rule["EcrRepositoryPrefix"], rule["UpstreamRegistry"]) == (prefix, name)
    assert rule["UpstreamRegistryUrl"] == UPSTREAM[name].url
    assert rule.get("CredentialArn") == (SECRET if secret is not None else None)
    assert ("CustomRoleArn" in rule) == (name == "ecr")
    made = properties(template, "ECR::RepositoryCreationTemplate")
    assert (made["Prefix"], made["AppliedFor"]) == (prefix, ["PULL_THROUGH_CACHE"])
    assert made["ImageTagMutability"] == "MUTABLE"
    assert '"tagStatus":"untagged"' in made["LifecyclePolicy"]
    assert (cache.upstream, cache.ecr_repository_prefix) == (UPSTREAM[name], prefix)
    # A first pull before the template is there makes a repository that none ever governs.
    (resource,) = resources(template, "ECR::PullThroughCacheRule").values()
    assert resource["DependsOn"] == list(resources(template, "ECR::RepositoryCreationTemplate"))


def test_the_template_takes_what_the_cache_is_given(
    stack: cdk.Stack, registry: GovernedRegistry
) -> None:
    policy = presets.pull_through_cache(days=14)
    registry.add_pull_through_cache(
        Upstream.quay(),
        ecr_repository_prefix="mirror/quay",
        lifecycle_policy=policy,
        resource_tags={"from": "quay"},
    )
    template = template_of(stack)
    made = properties(template, "ECR::RepositoryCreationTemplate")
    assert made["Prefix"] == "mirror/quay"
    assert made["ResourceTags"] == [{"Key": "from", "Value": "quay"}]
    assert "CustomRoleArn" in made
    assert made["LifecyclePolicy"] == policy.normalise().to_json()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"ecr_repository_prefix": "a"}, "ecr_repository_prefix must be 2 to 30 .* got 'a'"),
        ({"ecr_repository_prefix": "a" * 31}, "ecr_repository_prefix must be 2 to 30"),
        (
            {"ecr_repository_prefix": cdk.Aws.STACK_NAME},
            "ecr_repository_prefix must be known at synthesis, got a token; write it out",
        ),
        (
            {"upstream": Upstream.ecr(ACCOUNT, REGION)},
            "upstream must be another registry, got the registry's own",
        ),
        (
            {"upstream": Upstream.ecr(OTHER_ACCOUNT, "cn-north-1")},
            "upstream must be in the partition 'aws' of the registry",
        ),
        ({"upstream": "quay.io"}, "upstream must be an Upstream, got 'quay.io'; write for example"),
        (
            {"upstream": Upstream(None, "registry.acme.com")},
            "upstream must be a registry that Amazon ECR can cache, got 'registry.acme.com'",
        ),
        ({"resource_tags": ["a"]}, "resource_tags must be a mapping"),
    ],
)
def test_refuses_a_rule_that_ecr_refuses(options: dict[str, Any], said: str) -> None:
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    given = {"upstream": Upstream.quay(), **options}
    with pytest.raises(ConfigurationError, match=rf"(?s){said}.*\[Stack/Registry\]"):
        registry.add_pull_through_cache(**given)
    assert registry.node.try_find_child("PullThroughCaches") is None


def test_refuses_a_fifty_first_rule() -> None:
    registry = GovernedRegistry(new_stack(new_app(validate=False)), "Registry")
    for number in range(50):
        registry.add_pull_through_cache(Upstream.quay(), ecr_repository_prefix=f"q{number}x")
    with pytest.raises(ConfigurationError, match="at most 50 pull through cache rules, got 51"):
        registry.add_pull_through_cache(Upstream.quay())


def test_the_same_cache_may_be_asked_for_twice() -> None:
    app = new_app(validate=False)
    stack = new_stack(app)
    GovernedRegistry(stack, "Registry")
    for name in ("One", "Two"):
        service = GovernedRegistry.of(new_stack(app, name))
        cache = service.add_pull_through_cache(Upstream.ecr(OTHER_ACCOUNT, REGION))
        assert cache.repository("a/b").node.path.startswith(f"{name}/")
    assert len(resources(synthesise(app, lint=False)["Stack"], "ECR::PullThroughCacheRule")) == 1


@pytest.mark.parametrize(
    "other", [{"upstream": Upstream.kubernetes()}, {"construct_id": "Another"}]
)
def test_refuses_a_second_rule_for_a_prefix_and_names_both(other: dict[str, Any]) -> None:
    app = new_app(validate=False)
    GovernedRegistry(new_stack(app), "Registry")
    one, two = (GovernedRegistry.of(new_stack(app, name)) for name in ("One", "Two"))
    one.add_pull_through_cache(Upstream.quay())
    with pytest.raises(
        ConfigurationError,
        match=r"a pull through cache must be defined once, got 'quay' a second time, with other"
        r" settings: One defines it; choose another ecr_repository_prefix, or give the same"
        r" settings \[Two\]",
    ):
        two.add_pull_through_cache(
            **{"upstream": Upstream.quay(), "ecr_repository_prefix": "quay", **other}
        )


# The credential


@pytest.mark.parametrize("name", NEED_A_SECRET)
def test_refuses_an_upstream_without_the_credential_it_needs(name: str) -> None:
    registry = GovernedRegistry(new_stack(new_app(validate=False)), "Registry")
    with pytest.raises(
        ConfigurationError,
        match=rf"credential must be given for {UPSTREAMS[name].title}, which asks for a user name"
        rf" and {UPSTREAMS[name].credential}, got none; write PullThroughCacheSecret\(stack,"
        rf" 'Credential', name='{UPSTREAMS[name].default_prefix}'\) \[Stack/Registry\]",
    ):
        registry.add_pull_through_cache(UPSTREAM[name])


def test_a_secret_is_made_under_the_mandatory_name_in_the_mandatory_shape(
    stack: cdk.Stack, registry: GovernedRegistry
) -> None:
    """With placeholders: a template is no place for a token."""
    secret = PullThroughCacheSecret(stack, "Hub", name="docker-hub")
    registry.add_pull_through_cache(Upstream.docker_hub(), credential=secret)
    template = template_of(stack)
    ((logical_id, made),) = resources(template, "SecretsManager::Secret").items()
    assert made["Properties"] == {
        "Name": "ecr-pullthroughcache/docker-hub",
        "Description": made["Properties"]["Description"],
        "GenerateSecretString": {
            "SecretStringTemplate": '{"username": "to-be-filled"}',
            "GenerateStringKey": "accessToken",
        },
    }
    assert (made["DeletionPolicy"], made["UpdateReplacePolicy"]) == ("Retain", "Retain")
    rule = properties(template, "ECR::PullThroughCacheRule")
    assert rule["CredentialArn"] == {"Ref": logical_id}


def test_the_whole_name_of_a_secret_is_taken_too() -> None:
    stack = new_stack()
    PullThroughCacheSecret(stack, "Hub", name="ecr-pullthroughcache/hub")
    made = properties(template_of(stack), "SecretsManager::Secret")
    assert made["Name"] == "ecr-pullthroughcache/hub"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("docker hub", "got 'ecr-pullthroughcache/docker hub'"),
        ("", "got 'ecr-pullthroughcache/'"),
        ("a" * 512, "at most 512 characters"),
        (cdk.Aws.STACK_NAME, "name must be known at synthesis, got a token"),
    ],
)
def test_refuses_a_name_that_no_secret_can_have(refusing: cdk.Stack, name: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"{said}.*\[Stack/Hub\]"):
        PullThroughCacheSecret(refusing, "Hub", name=name)


def defined(stack: cdk.Stack, **options: Any) -> secretsmanager.ISecret:
    return secretsmanager.Secret(stack, "Secret", **options)


def generated(template: str, key: str) -> secretsmanager.SecretStringGenerator:
    return secretsmanager.SecretStringGenerator(
        secret_string_template=template, generate_string_key=key
    )


NAME: Final = "ecr-pullthroughcache/hub"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"secret_name": "docker-hub"}, r"secret_name must be .*got 'docker-hub'; write"),
        (
            {},
            "credential must have a name that begins with 'ecr-pullthroughcache/'.*without a name",
        ),
        (
            {"secret_name": NAME, "generate_secret_string": generated('{"user": "x"}', "token")},
            "must have the members 'username' and 'accessToken', got 'token', 'user'",
        ),
        (
            {
                "secret_name": NAME,
                "secret_object_value": {
                    "password": cdk.SecretValue.unsafe_plain_text("dummy-never-shown")
                },
            },
            "must have the members 'username' and 'accessToken', got 'password'",
        ),
    ],
)
def test_refuses_a_secret_of_another_name_or_shape(options: dict[str, Any], said: str) -> None:
    app = new_app(validate=False)
    stack = new_stack(app)
    registry = GovernedRegistry(stack, "Registry")
    with pytest.raises(ConfigurationError, match=rf"{said}.*\[Stack/Registry\]") as error:
        registry.add_pull_through_cache(Upstream.docker_hub(), credential=defined(stack, **options))
    assert "dummy-never-shown" not in str(error.value)


@pytest.mark.parametrize(
    "options",
    [
        {"generate_secret_string": generated('{"username": "x"}', "accessToken")},
        {
            "secret_object_value": {
                key: cdk.SecretValue.unsafe_plain_text("x") for key in ("username", "accessToken")
            }
        },
        {"secret_string_value": cdk.SecretValue.ssm_secure("/hub")},
        {"secret_string_value": cdk.SecretValue.unsafe_plain_text("no JSON")},
    ],
)
def test_takes_a_secret_of_the_right_shape_or_one_that_cannot_be_told(
    options: dict[str, Any],
) -> None:
    stack = new_stack(new_app(validate=False))
    registry = GovernedRegistry(stack, "Registry")
    secret = defined(stack, secret_name=NAME, **options)
    registry.add_pull_through_cache(Upstream.docker_hub(), credential=secret)


def test_refuses_a_secret_with_a_customer_managed_key() -> None:
    stack = new_stack(new_app(validate=False))
    registry = GovernedRegistry(stack, "Registry")
    secret = defined(stack, secret_name=NAME, encryption_key=kms.Key(stack, "Key"))
    with pytest.raises(
        ConfigurationError,
        match="credential must be encrypted with aws/secretsmanager, as Amazon ECR can use no"
        " customer managed key for it, got one with a key; leave encryption_key out",
    ):
        registry.add_pull_through_cache(Upstream.docker_hub(), credential=secret)


def test_takes_a_secret_with_the_key_that_aws_manages() -> None:
    stack = new_stack(new_app(validate=False))
    key = kms.Alias.from_alias_name(stack, "Key", "alias/aws/secretsmanager")
    secret = defined(stack, secret_name=NAME, encryption_key=key)
    GovernedRegistry(stack, "Registry").add_pull_through_cache(
        Upstream.docker_hub(), credential=secret
    )


@pytest.mark.parametrize(
    ("arn", "said"),
    [
        (SECRET.replace("ecr-pullthroughcache/hub", "hub"), "must be .*got 'hub'"),
        (
            SECRET.replace(REGION, "eu-central-1"),
            (
                "credential must be a secret of the registry's Region 'eu-west-1', got one of"
                " 'eu-central-1'; define it in 'eu-west-1'"
            ),
        ),
        (
            SECRET.replace(ACCOUNT, OTHER_ACCOUNT),
            f"credential must be a secret of the registry's account '{ACCOUNT}'",
        ),
    ],
)
def test_refuses_a_secret_that_is_imported_from_elsewhere(arn: str, said: str) -> None:
    stack = new_stack(new_app(validate=False))
    registry = GovernedRegistry(stack, "Registry")
    with pytest.raises(ConfigurationError, match=said):
        registry.add_pull_through_cache(Upstream.docker_hub(), credential=secret_in(stack, arn))


def test_refuses_a_secret_of_a_stack_in_another_region() -> None:
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    secret = PullThroughCacheSecret(new_stack(app, "Elsewhere", env=ELSEWHERE), "Hub", name="hub")
    with pytest.raises(ConfigurationError, match="the registry's Region 'eu-west-1'"):
        registry.add_pull_through_cache(Upstream.docker_hub(), credential=secret)


def test_refuses_an_arn_in_place_of_a_secret() -> None:
    registry = GovernedRegistry(new_stack(new_app(validate=False)), "Registry")
    with pytest.raises(
        ConfigurationError, match="credential must be a secret, got a str; write PullThroughCache"
    ):
        registry.add_pull_through_cache(
            Upstream.docker_hub(),
            credential=SECRET,  # type: ignore[arg-type]
        )


def test_warns_of_a_secret_that_is_known_by_a_part_of_its_arn() -> None:
    app = new_app(validate=False)
    stack = new_stack(app)
    secret = secretsmanager.Secret.from_secret_name_v2(stack, "Secret", NAME)
    GovernedRegistry(stack, "Registry").add_pull_through_cache(
        Upstream.docker_hub(), credential=secret
    )
    (warning,) = warnings_of(app)["Stack/Registry"]
    assert "credential should be known by its whole ARN" in warning
    assert f"got {NAME!r}; write Secret.from_secret_complete_arn" in warning


# A registry of Amazon ECR as the upstream


def test_another_account_takes_a_role_here_and_a_statement_there() -> None:
    app = new_app()
    stack, theirs = new_stack(app), new_stack(app, "Theirs", env=OTHER_ENVIRONMENT)
    GovernedRegistry(theirs, "Registry")
    GovernedRegistry(stack, "Registry").add_pull_through_cache(
        Upstream.ecr(OTHER_ACCOUNT, REGION),
        ecr_repository_prefix="theirs",
        upstream_repository_prefix="apps",
    )
    templates = synthesise(app)
    (role,) = resources(templates["Stack"], "IAM::Role").values()
    trust = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust[0]["Principal"] == {"Service": "pullthroughcache.ecr.amazonaws.com"}
    (policy,) = role["Properties"]["Policies"]
    read = [
        "ecr:BatchGetImage",
        "ecr:BatchImportUpstreamImage",
        "ecr:GetDownloadUrlForLayer",
        "ecr:GetImageCopyStatus",
    ]
    write = [
        "ecr:CompleteLayerUpload",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
    ]
    upstream = f"arn:aws:ecr:{REGION}:{OTHER_ACCOUNT}:repository/apps/*"
    assert [
        (each["Sid"], each["Action"], each["Resource"])
        for each in policy["PolicyDocument"]["Statement"]
    ] == [
        ("LogIn", "ecr:GetAuthorizationToken", "*"),
        ("ReadUpstream", read, upstream),
        ("WriteCache", sorted(read + write), f"{REPOSITORY}theirs/*"),
    ]
    assert statements(templates["Theirs"], "ECR::RegistryPolicy") == [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": read,
            "Resource": upstream,
        }
    ]


def test_what_another_app_must_allow_is_handed_over() -> None:
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    registry.add_pull_through_cache(Upstream.ecr(OTHER_ACCOUNT, REGION))
    (hand_over,) = registry.hand_overs
    assert (hand_over.account, hand_over.region) == (OTHER_ACCOUNT, REGION)
    assert hand_over.creation_templates == ()
    (statement,) = hand_over.policy.statements
    assert statement.resources == (f"arn:aws:ecr:{REGION}:{OTHER_ACCOUNT}:repository/*",)


def test_another_region_of_the_same_account_takes_a_role_and_no_statement() -> None:
    """The guide says both that it takes a role and that it does not: with one it works."""
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry")
    registry.add_pull_through_cache(Upstream.ecr(ACCOUNT, "eu-central-1"))
    assert registry.hand_overs == ()
    template = synthesise(app, lint=False)["Stack"]
    assert "CustomRoleArn" in properties(template, "ECR::PullThroughCacheRule")


def test_a_role_that_is_given_is_taken() -> None:
    app = new_app(validate=False)
    stack = new_stack(app)
    arn = f"arn:aws:iam::{ACCOUNT}:role/Cache"
    GovernedRegistry(stack, "Registry").add_pull_through_cache(
        Upstream.ecr(OTHER_ACCOUNT, REGION), custom_role=iam.Role.from_role_arn(stack, "R", arn)
    )
    template = synthesise(app, lint=False)["Stack"]
    assert properties(template, "ECR::PullThroughCacheRule")["CustomRoleArn"] == arn
    assert resources(template, "IAM::Role") == {}


# Its repositories


def task_role(stack: cdk.Stack, **options: Any) -> iam.Role:
    return iam.Role(
        stack, "Role", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"), **options
    )


def test_a_cached_repository_has_the_name_the_arn_and_the_uri_of_the_cache(
    stack: cdk.Stack, registry: GovernedRegistry
) -> None:
    nginx = registry.add_pull_through_cache(Upstream.ecr_public()).repository("nginx/nginx")
    assert isinstance(nginx, CachedRepository)
    assert nginx.repository_name == "ecr-public/nginx/nginx"
    assert nginx.repository_arn == f"{REPOSITORY}ecr-public/nginx/nginx"
    assert stack.resolve(nginx.repository_uri_for_tag("1.29")) == {
        "Fn::Join": [
            "",
            [
                f"{ACCOUNT}.dkr.ecr.{REGION}.",
                {"Ref": "AWS::URLSuffix"},
                "/ecr-public/nginx/nginx:1.29",
            ],
        ]
    }
    assert (nginx.env.account, nginx.env.region) == (ACCOUNT, REGION)


def test_one_image_is_one_object() -> None:
    cache = GovernedRegistry(new_stack(), "Registry").add_pull_through_cache(Upstream.quay())
    assert cache.repository("org/app") is cache.repository("org/app")
    assert cache.repository("org/app") is not cache.repository("org/web")


def test_a_cache_of_the_root_has_the_names_of_the_upstream() -> None:
    registry = GovernedRegistry(new_stack(new_app(validate=False)), "Registry")
    cache = registry.add_pull_through_cache(
        Upstream.ecr(OTHER_ACCOUNT, REGION), ecr_repository_prefix="ROOT"
    )
    assert cache.repository("my-app/image").repository_name == "my-app/image"


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("nginx", "image must be '<namespace>/<repository>' at Docker Hub.*write 'library/nginx'"),
        ("library/nginx:1.29", "without host, tag or digest, got .*; write 'library/nginx'"),
        ("docker.io/library/nginx", "without host, tag or digest.*write 'library/nginx'"),
        ("Library/Nginx", "image must be lower-case.*write 'library/nginx'"),
    ],
)
def test_refuses_an_image_that_the_upstream_cannot_have(image: str, said: str) -> None:
    stack = new_stack(new_app(validate=False))
    secret = secret_in(stack)
    cache = GovernedRegistry(stack, "Registry").add_pull_through_cache(
        Upstream.docker_hub(), credential=secret
    )
    with pytest.raises(ConfigurationError, match=rf"{said}.*\[Stack/Registry\]"):
        cache.repository(image)


# Who may pull


def test_a_grant_includes_importing_and_creating(
    stack: cdk.Stack, registry: GovernedRegistry
) -> None:
    cache = registry.add_pull_through_cache(Upstream.quay())
    grant = cache.repository("org/app").grant_pull(task_role(stack))
    assert grant.success
    template = template_of(stack)
    assert statements(template) == [
        {"Effect": "Allow", "Action": PULL, "Resource": f"{REPOSITORY}quay/org/app"},
        {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
    ]
    assert resources(template, "ECR::RegistryPolicy") == {}


def test_a_grant_for_the_cache_is_for_every_image(
    stack: cdk.Stack, registry: GovernedRegistry
) -> None:
    registry.add_pull_through_cache(Upstream.quay()).grant_pull_through(task_role(stack))
    assert statements(template_of(stack))[0] == {
        "Effect": "Allow",
        "Action": PULL,
        "Resource": f"{REPOSITORY}quay/*",
    }


def test_a_grant_to_read_adds_no_pulling(stack: cdk.Stack, registry: GovernedRegistry) -> None:
    cache = registry.add_pull_through_cache(Upstream.quay())
    cache.repository("org/app").grant_read(task_role(stack))
    assert statements(template_of(stack))[0]["Action"] == [
        "ecr:DescribeImages",
        "ecr:DescribeRepositories",
    ]


def test_cdks_own_constructs_get_it_too(stack: cdk.Stack, registry: GovernedRegistry) -> None:
    image = registry.add_pull_through_cache(Upstream.quay()).repository("org/app")
    task = ecs.FargateTaskDefinition(stack, "Task")
    task.add_container("web", image=ecs.ContainerImage.from_ecr_repository(image, "v1"))
    codebuild.Project(
        stack,
        "Build",
        build_spec=codebuild.BuildSpec.from_object({"version": "0.2"}),
        environment=codebuild.BuildEnvironment(
            build_image=codebuild.LinuxBuildImage.from_ecr_repository(image, "v1")
        ),
    )
    template = template_of(stack)
    granted = [
        each
        for policy in resources(template, "IAM::Policy").values()
        for each in policy["Properties"]["PolicyDocument"]["Statement"]
        if each["Resource"] == f"{REPOSITORY}quay/org/app"
    ]
    assert len(granted) == 2
    assert all(set(each["Action"]) == set(PULL) for each in granted)


@pytest.mark.parametrize("tags_first", [False, True])
def test_who_creates_must_tag_where_the_template_sets_tags(*, tags_first: bool) -> None:
    app = new_app(validate=False)
    stack = new_stack(app)
    registry = GovernedRegistry(stack, "Registry")
    cache = registry.add_pull_through_cache(Upstream.quay())

    def tag() -> None:
        registry.add_creation_template(
            "quay", applied_for=[AppliedFor.PULL_THROUGH_CACHE], resource_tags={"from": "quay"}
        )

    if tags_first:
        tag()
    cache.repository("org/app").grant_pull(task_role(stack))
    cache.allow_pull_through(Principals.account(OTHER_ACCOUNT))
    if not tags_first:
        tag()
    template = synthesise(app, lint=False)["Stack"]
    assert {
        "Effect": "Allow",
        "Action": "ecr:TagResource",
        "Resource": f"{REPOSITORY}quay/org/app",
    } in statements(template)
    (allowed,) = statements(template, "ECR::RegistryPolicy")
    assert allowed["Action"] == [*PULL, "ecr:TagResource"]


def test_an_identity_of_another_account_gets_both_sides(flags: Mapping[str, Any]) -> None:
    """Its own policy, and its account in the registry's, by strings alone."""
    app = new_app(flags)
    stack, theirs = new_stack(app), new_stack(app, "Theirs", env=OTHER_ENVIRONMENT)
    cache = GovernedRegistry(stack, "Registry").add_pull_through_cache(Upstream.quay())
    cache.repository("org/app").grant_pull(task_role(theirs))
    templates = synthesise(app)
    assert statements(templates["Theirs"])[0] == {
        "Effect": "Allow",
        "Action": PULL,
        "Resource": f"{REPOSITORY}quay/org/app",
    }
    assert statements(templates["Stack"], "ECR::RegistryPolicy") == [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"},
            "Action": PULL,
            "Resource": f"{REPOSITORY}quay/org/app",
        }
    ]
    assert list(stack.dependencies) == list(theirs.dependencies) == []


@pytest.mark.parametrize(
    ("grantee", "principal", "condition"),
    [
        (
            iam.AccountPrincipal(OTHER_ACCOUNT),
            {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"},
            None,
        ),
        (
            iam.OrganizationPrincipal(ORGANIZATION),
            "*",
            {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}},
        ),
        (
            iam.ArnPrincipal(f"arn:aws:iam::{OTHER_ACCOUNT}:role/Deploy"),
            {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:role/Deploy"},
            None,
        ),
    ],
)
def test_who_has_no_policy_here_is_named_in_the_registrys(
    stack: cdk.Stack,
    registry: GovernedRegistry,
    grantee: iam.IPrincipal,
    principal: Any,
    condition: Any,
) -> None:
    cache = registry.add_pull_through_cache(Upstream.quay())
    assert cache.grant_pull_through(grantee).success
    (found,) = statements(template_of(stack), "ECR::RegistryPolicy")
    assert (found["Principal"], found.get("Condition")) == (principal, condition)
    assert (found["Action"], found["Resource"]) == (PULL, f"{REPOSITORY}quay/*")


def test_other_accounts_can_be_allowed_every_image(
    stack: cdk.Stack, registry: GovernedRegistry
) -> None:
    registry.add_pull_through_cache(Upstream.quay()).allow_pull_through(
        Principals.account(OTHER_ACCOUNT), Principals.organization(ORGANIZATION)
    )
    found = statements(template_of(stack), "ECR::RegistryPolicy")
    assert [(each["Action"], each["Resource"]) for each in found] == [
        (PULL, f"{REPOSITORY}quay/*")
    ] * 2


def test_refuses_anybody() -> None:
    cache = GovernedRegistry(new_stack(new_app(validate=False)), "Registry").add_pull_through_cache(
        Upstream.quay()
    )
    with pytest.raises((ConfigurationError, RuntimeError), match="must not open the registry to"):
        cache.grant_pull_through(iam.AnyPrincipal())


def test_refuses_pushing() -> None:
    stack = new_stack(new_app(validate=False))
    cache = GovernedRegistry(stack, "Registry").add_pull_through_cache(Upstream.quay())
    for grant in ("grant_push", "grant_pull_push"):
        with pytest.raises(
            RuntimeError,
            match="a repository of a pull through cache must not be pushed to, got 'quay/org/app';"
            " push to a repository of your own",
        ):
            getattr(cache.repository("org/app"), grant)(task_role(new_stack()))


LAMBDA: Final = (
    r"a Lambda function must not take its image from a pull through cache, got 'quay/(org/app|\*)',"
    " as Lambda cannot pull from one; copy the image into a repository of your own and use that"
)


def test_refuses_a_lambda_functions_image() -> None:
    """CDK asks the repository for a grant to Lambda's service, and finds the sentence."""
    stack = new_stack(new_app(validate=False))
    cache = GovernedRegistry(stack, "Registry").add_pull_through_cache(Upstream.quay())
    with pytest.raises(RuntimeError, match=LAMBDA):
        lambda_.DockerImageFunction(
            stack,
            "Function",
            code=lambda_.DockerImageCode.from_ecr(cache.repository("org/app"), tag_or_digest="v1"),
        )


def test_refuses_lambda_functions_by_name() -> None:
    cache = GovernedRegistry(new_stack(new_app(validate=False)), "Registry").add_pull_through_cache(
        Upstream.quay()
    )
    for named in (
        Principals.lambda_functions(),
        Principals.lambda_functions(account=OTHER_ACCOUNT),
        Principals.service("lambda.amazonaws.com"),
    ):
        with pytest.raises(ConfigurationError, match=LAMBDA):
            cache.allow_pull_through(named)


def test_a_cache_works_before_its_registry_has_an_owner() -> None:
    app = new_app()
    service, main = new_stack(app, "Service"), new_stack(app, "Main")
    cache = GovernedRegistry.of(service).add_pull_through_cache(
        Upstream.quay(), resource_tags={"from": "quay"}
    )
    cache.repository("org/app").grant_pull(task_role(service))
    cache.allow_pull_through(Principals.account(OTHER_ACCOUNT))
    GovernedRegistry(main, "Registry", baseline=Baseline())
    templates = synthesise(app)
    assert [each["Action"] for each in statements(templates["Service"])] == [
        PULL,
        "ecr:GetAuthorizationToken",
        "ecr:TagResource",
    ]
    assert len(resources(templates["Main"], "ECR::PullThroughCacheRule")) == 1
    (allowed,) = statements(templates["Main"], "ECR::RegistryPolicy")
    assert "ecr:TagResource" in allowed["Action"]


def test_the_id_of_a_cache_can_be_chosen() -> None:
    stack = new_stack(new_app(validate=False))
    registry = GovernedRegistry(stack, "Registry")
    registry.add_pull_through_cache(Upstream.quay(), construct_id="Mirror")
    assert registry.node.find_child("PullThroughCaches").node.find_child("Mirror") is not None
