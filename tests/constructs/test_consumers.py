"""CDK's own constructs take a governed repository as it is, across accounts too."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import pipelines
from tests.synthesis import (
    ACCOUNT,
    OTHER_ACCOUNT,
    OTHER_ENVIRONMENT,
    new_app,
    new_stack,
    repositories_in,
    statements_of,
    synthesise,
    template_of,
)

from ecr_constructs import ConfigurationError, GovernedRepository, Principals
from ecr_constructs.service import actions

PULL = sorted(actions.PULL)
OWN_ARN = {"Fn::GetAtt": ["ApiF70053CD", "Arn"]}


def repository_in(stack: cdk.Stack) -> GovernedRepository:
    return GovernedRepository(stack, "Api", repository_name="payments/api")


def policies_in(template: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the statements of all identity policies of a template."""
    return [
        statement
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::IAM::Policy"
        for statement in resource["Properties"]["PolicyDocument"]["Statement"]
    ]


def pulls(template: dict[str, Any]) -> list[Any]:
    """Return what the identities of a template may pull."""
    return [
        statement["Resource"]
        for statement in policies_in(template)
        if set(PULL) <= set(statement["Action"])
    ]


# Within one account


def test_a_task_pulls_with_its_execution_role(stack: cdk.Stack) -> None:
    task = ecs.FargateTaskDefinition(stack, "Task")
    image = ecs.ContainerImage.from_ecr_repository(repository_in(stack), "v1.4.2")
    task.add_container("web", image=image)
    template = template_of(stack)
    assert pulls(template) == [OWN_ARN]
    assert statements_of(stack) == []
    (definition,) = [
        each["Properties"]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::ECS::TaskDefinition"
    ]
    image_uri = json.dumps(definition["ContainerDefinitions"][0]["Image"])
    assert '"Ref": "ApiF70053CD"' in image_uri
    assert ":v1.4.2" in image_uri


def test_lambda_is_allowed_to_pull_for_this_account_alone(stack: cdk.Stack) -> None:
    lambda_.DockerImageFunction(
        stack,
        "Function",
        code=lambda_.DockerImageCode.from_ecr(repository_in(stack), tag_or_digest="v3"),
    )
    # CDK grants a bare lambda.amazonaws.com, which acts for functions of every account.
    assert statements_of(stack) == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": PULL,
            "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        }
    ]


def test_lambda_is_bound_in_a_stack_without_an_account_too() -> None:
    stack = new_stack(env=None)
    lambda_.DockerImageFunction(
        stack, "Function", code=lambda_.DockerImageCode.from_ecr(repository_in(stack))
    )
    (statement,) = statements_of(stack)
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }


def test_a_build_project_pulls_with_its_role(stack: cdk.Stack) -> None:
    image = codebuild.LinuxBuildImage.from_ecr_repository(repository_in(stack), "v1")
    codebuild.Project(
        stack,
        "Project",
        build_spec=codebuild.BuildSpec.from_object({"version": "0.2"}),
        environment=codebuild.BuildEnvironment(build_image=image),
    )
    assert pulls(template_of(stack)) == [OWN_ARN]
    assert statements_of(stack) == []


def test_a_pipeline_authenticates_with_its_role(stack: cdk.Stack) -> None:
    repository = repository_in(stack)
    pipeline = pipelines.CodePipeline(
        stack,
        "Pipeline",
        synth=pipelines.ShellStep(
            "Synth",
            input=pipelines.CodePipelineSource.ecr(repository, image_tag="v1"),
            commands=["true"],
        ),
        docker_credentials=[pipelines.DockerCredential.ecr([repository])],
    )
    pipeline.build_pipeline()
    template = template_of(stack)
    assert OWN_ARN in pulls(template)
    assert statements_of(stack) == []


def test_events_of_the_repository_start_targets(stack: cdk.Stack) -> None:
    rule = repository_in(stack).on_cloud_trail_image_pushed("Pushed", image_tag="v1")
    pattern = template_of(stack)["Resources"][stack.get_logical_id(_cfn(rule.node.default_child))][
        "Properties"
    ]["EventPattern"]
    assert pattern["detail"]["requestParameters"] == {
        "repositoryName": [{"Ref": "ApiF70053CD"}],
        "imageTag": ["v1"],
    }


# From another account


def role(stack: cdk.Stack, repository: GovernedRepository) -> None:
    consumer = iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal())
    repository.grant_pull(consumer)


def task(stack: cdk.Stack, repository: GovernedRepository) -> None:
    definition = ecs.FargateTaskDefinition(stack, "Task")
    definition.add_container("web", image=ecs.ContainerImage.from_ecr_repository(repository, "v1"))


def service(stack: cdk.Stack, repository: GovernedRepository) -> None:
    network = ec2.Vpc(stack, "Network", availability_zones=["eu-west-1a"], nat_gateways=0)
    definition = ecs.FargateTaskDefinition(stack, "Task")
    definition.add_container("web", image=ecs.ContainerImage.from_ecr_repository(repository, "v1"))
    cluster = ecs.Cluster(stack, "Cluster", vpc=network)
    ecs.FargateService(
        stack,
        "Service",
        cluster=cluster,
        task_definition=definition,
        min_healthy_percent=50,
        circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True),
    )


def outputs(stack: cdk.Stack, repository: GovernedRepository) -> None:
    cdk.CfnResource(stack, "Handle", type="AWS::CloudFormation::WaitConditionHandle")
    cdk.CfnOutput(stack, "Uri", value=repository.repository_uri)
    cdk.CfnOutput(stack, "Arn", value=repository.repository_arn)
    cdk.CfnOutput(stack, "Name", value=repository.repository_name)


@pytest.mark.parametrize("consume", [role, task, service, outputs])
@pytest.mark.parametrize("reads_at_home", [False, True])
def test_another_account_gets_strings_and_adds_nothing_to_the_owner(
    app: cdk.App,
    consume: Callable[[cdk.Stack, GovernedRepository], None],
    *,
    reads_at_home: bool,
) -> None:
    owner = new_stack(app, "Owner")
    consumer = new_stack(app, "Consumer", env=OTHER_ENVIRONMENT)
    repository = repository_in(owner)
    if reads_at_home:
        cdk.CfnOutput(owner, "Home", value=repository.repository_arn)
    consume(consumer, repository)
    templates = synthesise(app)
    assert list(templates["Owner"]["Resources"]) == ["ApiF70053CD"]
    assert list(templates["Owner"].get("Outputs", {})) == ["Home"] * reads_at_home
    text = json.dumps(templates["Consumer"])
    for intrinsic in ("Fn::GetStackOutput", "Fn::ImportValue", "ApiF70053CD", "ExportsReader"):
        assert intrinsic not in text
    assert f":ecr:eu-west-1:{ACCOUNT}:repository/payments/api" in text


def test_a_role_of_another_account_may_pull_by_the_arn_that_is_written_out(app: cdk.App) -> None:
    owner, consumer = new_stack(app, "Owner"), new_stack(app, "Consumer", env=OTHER_ENVIRONMENT)
    role(consumer, repository_in(owner))
    (resource,) = pulls(synthesise(app)["Consumer"])
    parts = resource["Fn::Join"][1] if isinstance(resource, dict) else [resource]
    assert parts[-1].endswith(f":ecr:eu-west-1:{ACCOUNT}:repository/payments/api")


def test_another_region_of_the_account_gets_strings_too(app: cdk.App) -> None:
    owner = new_stack(app, "Owner")
    region = cdk.Environment(account=ACCOUNT, region="eu-central-1")
    consumer = new_stack(app, "Consumer", env=region)
    task(consumer, repository_in(owner))
    templates = synthesise(app)
    assert list(templates["Owner"]["Resources"]) == ["ApiF70053CD"]
    assert "Outputs" not in templates["Owner"]
    assert "Fn::GetStackOutput" not in json.dumps(templates["Consumer"])


def test_another_stack_of_the_environment_refers_to_the_resource(app: cdk.App) -> None:
    owner, consumer = new_stack(app, "Owner"), new_stack(app, "Consumer")
    task(consumer, repository_in(owner))
    templates = synthesise(app)
    (resource,) = pulls(templates["Consumer"])
    outputs = templates["Owner"]["Outputs"]
    if "Fn::ImportValue" in resource:  # without flags
        names = [each["Export"]["Name"] for each in outputs.values()]
        assert resource["Fn::ImportValue"] in names
    else:  # recommended: references between stacks are weak
        output = resource["Fn::GetStackOutput"]
        assert output["StackName"] == "Owner"
        assert outputs[output["OutputName"]]["Value"] == OWN_ARN


def test_functions_of_another_account_take_the_account_and_the_service(app: cdk.App) -> None:
    owner, consumer = new_stack(app, "Owner"), new_stack(app, "Consumer", env=OTHER_ENVIRONMENT)
    repository = repository_in(owner)
    repository.allow_pull(Principals.lambda_functions(account=OTHER_ACCOUNT))
    lambda_.DockerImageFunction(
        consumer, "Function", code=lambda_.DockerImageCode.from_ecr(repository)
    )
    templates = synthesise(app)
    (resource,) = repositories_in(templates["Owner"]).values()
    written = resource["Properties"]["RepositoryPolicyText"]["Statement"]
    functions = f"arn:aws:lambda:eu-west-1:{OTHER_ACCOUNT}:function:*"
    conditions = [each.get("Condition") for each in written]
    assert {"ArnLike": {"aws:SourceArn": functions}} in conditions
    assert {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"} in [each["Principal"] for each in written]
    assert "Fn::GetStackOutput" not in json.dumps(templates)


def test_what_cannot_be_written_out_is_an_error_and_not_a_broken_template() -> None:
    app = new_app(validate=False)
    owner, consumer = new_stack(app, "Owner"), new_stack(app, "Consumer", env=OTHER_ENVIRONMENT)
    outputs(consumer, GovernedRepository(owner, "Api"))  # without a name
    with pytest.raises(RuntimeError, match=r"'Owner/Api'.*physical name must be"):
        app.synth()


# What a consumer cannot do


def test_the_gate_holds_for_cdks_own_code() -> None:
    stack = new_stack()
    repository = repository_in(stack)
    with pytest.raises(RuntimeError, match=r"ecr:GetAuthorizationToken.* \[Stack/Api\]"):
        repository.grant(iam.AccountPrincipal(OTHER_ACCOUNT), "ecr:GetAuthorizationToken")
    with pytest.raises(ConfigurationError, match=r"must have no Resource, got \['\*'\]; leave it"):
        repository.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["ecr:PutImage"],
                principals=[iam.AccountPrincipal(OTHER_ACCOUNT)],
                resources=["*"],
            )
        )
    assert statements_of(stack) == []


def _cfn(construct: object) -> cdk.CfnElement:
    assert isinstance(construct, cdk.CfnElement)
    return construct
