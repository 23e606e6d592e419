"""Rules for the events of images: what each waits for, where it lies and what it is refused."""

from __future__ import annotations

import datetime as dt
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from tests.model.event_matcher import matches
from tests.model.events import EVENTS
from tests.synthesis import (
    ACCOUNT,
    OTHER_ENVIRONMENT,
    REGION,
    new_app,
    new_stack,
    synthesise,
    template_of,
    warnings_of,
)

from ecr_constructs import ConfigurationError, GovernedRepository, Scanning, Upstream
from ecr_constructs.checks.engine import run_checks
from ecr_constructs.checks.rules import RULES
from ecr_constructs.constructs.registry import GovernedRegistry
from ecr_constructs.constructs.registry_events import RegistryEvents
from ecr_constructs.constructs.repository_events import RepositoryEvents
from ecr_constructs.model.event_pattern import FindingSeverity, StorageClass
from ecr_constructs.sources.assembly import read_assembly

Define: TypeAlias = Callable[[Any], events.Rule]
#: What each method of a registry and of a repository takes of the documented events.
REGISTRY: Final[dict[str, set[str]]] = {
    "on_image_pushed": {"pushed", "pushed elsewhere", "pushed beside", "pushed another tag"},
    "on_image_deleted": {"deleted"},
    "on_image_storage_class_updated": {"archived", "restored"},
    "on_image_scan_completed": {
        "scanned",
        "scanned with low findings",
        "scanned without findings",
        "scanned with what is not assessed",
        "scanned elsewhere",
        "scanned beside",
        "scanned untagged",
        "inspected",
        "inspected with low findings",
        "inspected with what is not assessed",
        "inspected elsewhere",
    },
    "on_image_scan_finding": {
        "found",
        "found what is critical",
        "found what is low",
        "found what is not assessed",
        "found elsewhere",
        "found beside",
    },
    "on_image_replicated": {"replicated", "replicated elsewhere"},
    "on_image_replication_failed": {"replication failed"},
    "on_pull_through_cache_failed": {"caching failed", "caching failed elsewhere"},
}
#: The account and Region of the documented events.
THERE: Final = cdk.Environment(account="111122223333", region=REGION)


def there() -> cdk.Stack:
    """Return a stack where the documented events arrive."""
    return new_stack(new_app(validate=False), env=THERE)


def rules_of(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Events::Rule"
    }


def pattern_of(stack: cdk.Stack) -> dict[str, Any]:
    (rule,) = rules_of(template_of(stack)).values()
    pattern: dict[str, Any] = rule["EventPattern"]
    return pattern


def taken_by(stack: cdk.Stack) -> set[str]:
    pattern = pattern_of(stack)
    return {name for name, event in EVENTS.items() if matches(pattern, event)}


def methods_of(kind: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(kind) if name.startswith("on_")}


@pytest.mark.parametrize("method", REGISTRY)
def test_a_registry_tells_of_its_events_and_of_no_others(method: str) -> None:
    stack = there()
    getattr(GovernedRegistry(stack, "Registry"), method)("Rule")
    assert taken_by(stack) == REGISTRY[method]


@pytest.mark.parametrize("method", sorted(methods_of(RepositoryEvents) & set(REGISTRY)))
def test_a_repository_tells_of_its_own_events_alone(method: str) -> None:
    stack = there()
    repository = GovernedRepository(stack, "Api", repository_name="payments/api")
    getattr(repository, method)("Rule")
    wanted = {each for each in REGISTRY[method] if not each.endswith(("elsewhere", "beside"))}
    assert taken_by(stack) == wanted


def test_every_method_is_tried() -> None:
    assert methods_of(RegistryEvents) == set(REGISTRY)
    assert methods_of(RepositoryEvents) >= set(REGISTRY) - {
        "on_image_replication_failed",
        "on_pull_through_cache_failed",
    }


@pytest.mark.parametrize(
    ("define", "taken"),
    [
        (
            lambda registry: registry.on_image_scan_completed(
                "Rule", repository_prefixes=["payments/"], severity=FindingSeverity.HIGH
            ),
            {"scanned", "scanned beside", "scanned untagged", "inspected"},
        ),
        (
            lambda registry: registry.on_image_scan_finding(
                "Rule", severity="CRITICAL", image_tags=["v1"], repository_prefixes="payments/"
            ),
            {"found what is critical"},
        ),
        (
            lambda registry: registry.on_image_storage_class_updated(
                "Rule", storage_class=StorageClass.STANDARD, referrers=True
            ),
            {"restored", "referrer restored"},
        ),
        (
            lambda registry: registry.on_image_pushed("Rule", image_tags=iter(["v1"])),
            {"pushed", "pushed elsewhere", "pushed beside"},
        ),
    ],
)
def test_the_events_of_a_registry_can_be_narrowed(define: Define, taken: set[str]) -> None:
    stack = there()
    define(GovernedRegistry(stack, "Registry"))
    assert taken_by(stack) == taken


@pytest.mark.parametrize(
    ("define", "taken"),
    [
        (
            lambda api: api.on_image_scan_completed("Rule", severity=FindingSeverity.CRITICAL),
            {"scanned", "scanned untagged", "inspected"},
        ),
        (
            lambda api: api.on_image_scan_completed(
                "Rule", event_pattern={"region": ["eu-central-1"]}, rule_name="scans"
            ),
            set(),
        ),
        (
            lambda api: api.on_image_scan_completed(
                "Rule", image_tags=["v1"], event_pattern=events.EventPattern(region=[REGION])
            ),
            {
                "scanned",
                "scanned with low findings",
                "scanned without findings",
                "scanned with what is not assessed",
                "inspected",
                "inspected with low findings",
                "inspected with what is not assessed",
            },
        ),
        (
            lambda api: api.on_image_storage_class_updated(
                "Rule", storage_class=StorageClass.ARCHIVE
            ),
            {"archived"},
        ),
        (lambda api: api.on_image_pushed("Rule", image_tags="v2"), {"pushed another tag"}),
    ],
)
def test_the_events_of_a_repository_can_be_narrowed(define: Define, taken: set[str]) -> None:
    stack = there()
    define(GovernedRepository(stack, "Api", repository_name="payments/api"))
    assert taken_by(stack) == taken


def test_a_rule_may_have_a_target_and_a_description(stack: cdk.Stack) -> None:
    queue = sqs.Queue(stack, "Queue")
    registry = GovernedRegistry(stack, "Registry")
    registry.on_image_pushed("Pushed", target=targets.SqsQueue(queue), description="new images")
    rules = rules_of(template_of(stack))
    assert list(rules) == ["RegistryEventsPushed0091C27A"]
    (rule,) = rules.values()
    assert rule["Description"] == "new images"
    assert rule["Targets"] == [{"Arn": {"Fn::GetAtt": ["Queue4A7E3555", "Arn"]}, "Id": "Target0"}]


def test_whoever_contributes_has_rules_and_needs_no_owner() -> None:
    stack = there()
    GovernedRegistry.of(stack).on_image_pushed("Pushed")
    assert list(rules_of(template_of(stack))) == ["Pushed90587F68"]
    assert taken_by(stack) == REGISTRY["on_image_pushed"]


def test_a_rule_of_the_owner_clashes_with_none_of_its_children() -> None:
    registry = GovernedRegistry(new_stack(), "Registry")
    registry.add_repository("Pushed")
    registry.on_image_pushed("Pushed")
    registry.on_image_pushed("Policy")
    with pytest.raises(ConfigurationError, match="got 'Events'; write 'EventsRepository'"):
        registry.add_repository("Events")


def test_a_repository_without_a_name_is_told_by_what_it_will_be_called() -> None:
    stack = new_stack()
    repository = GovernedRepository(stack, "Api")
    repository.on_image_pushed("Pushed")
    repository.on_image_scan_finding("Found")
    pushed, found = (rule["EventPattern"] for rule in rules_of(template_of(stack)).values())
    name = {"Ref": "ApiF70053CD"}
    assert pushed["detail"]["repository-name"] == [name]
    arn = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/"
    assert found["resources"] == [{"prefix": {"Fn::Join": ["", [arn, name, "/sha256:"]]}}]


def test_an_agnostic_stack_waits_for_its_own_account_and_region() -> None:
    stack = new_stack(env=None)
    GovernedRegistry(stack, "Registry").on_image_scan_completed("Scanned")
    parts = [
        "arn:",
        {"Ref": "AWS::Partition"},
        ":ecr:",
        {"Ref": "AWS::Region"},
        ":",
        {"Ref": "AWS::AccountId"},
        ":repository/",
    ]
    assert pattern_of(stack)["resources"] == [{"prefix": {"Fn::Join": ["", parts]}}]


def test_a_rule_may_lie_in_the_stack_of_its_target() -> None:
    app = new_app()
    stack, service = new_stack(app), new_stack(app, "Service")
    repository = GovernedRepository(stack, "Api", repository_name="payments/api")
    queue = targets.SqsQueue(sqs.Queue(service, "Queue"))
    repository.on_image_pushed("Pushed", target=queue, cross_stack_scope=service)
    repository.on_image_scan_completed("Scanned", target=queue, cross_stack_scope=service)
    templates = synthesise(app)
    assert len(rules_of(templates["Service"])) == 2
    assert not rules_of(templates["Stack"])
    # The name is known, so that the stacks need not be deployed in any order.
    assert "Fn::ImportValue" not in str(templates["Service"])


def test_the_repositories_of_others_and_of_caches_tell_too() -> None:
    stack = there()
    GovernedRepository.from_repository_name(stack, "Theirs", "web/api").on_image_pushed("Pushed")
    cache = GovernedRegistry(stack, "Registry").add_pull_through_cache(
        Upstream.quay(), ecr_repository_prefix="quay"
    )
    cache.repository("org/app").on_image_scan_completed("Scanned")
    pushed, scanned = (
        {name for name, event in EVENTS.items() if matches(rule["EventPattern"], event)}
        for rule in rules_of(template_of(stack)).values()
    )
    assert pushed == {"pushed elsewhere"}
    assert scanned == set()


def test_the_order_of_prefixes_and_tags_does_not_matter() -> None:
    patterns = []
    for prefixes, tags in ((["web/", "api/"], ["b", "a"]), (["api/", "web/", "api/"], ["a", "b"])):
        stack = new_stack(new_app(validate=False))
        GovernedRegistry(stack, "Registry").on_image_scan_completed(
            "Rule", repository_prefixes=prefixes, image_tags=tags
        )
        patterns.append(pattern_of(stack))
    assert patterns[0] == patterns[1]


def test_a_description_may_be_as_long_as_eventbridge_takes_and_a_token() -> None:
    stack = there()
    registry = GovernedRegistry(stack, "Registry")
    registry.on_image_pushed("Long", description="a" * 512)
    registry.on_image_pushed("Token", description=f"of {cdk.Aws.STACK_NAME} {'a' * 500}")
    long, token = (rule["Description"] for rule in rules_of(template_of(stack)).values())
    assert long == "a" * 512
    assert token["Fn::Join"][1][1] == {"Ref": "AWS::StackName"}


def test_tokens_in_a_pattern_are_kept() -> None:
    stack = there()
    text = cdk.CfnParameter(stack, "Text", default="v1").value_as_string
    GovernedRegistry(stack, "Registry").on_image_pushed(
        "Rule", repository_prefixes=[text], image_tags=[text]
    )
    detail = pattern_of(stack)["detail"]
    assert detail["repository-name"] == [{"prefix": {"Ref": "Text"}}]
    assert detail["image-tag"] == [{"Ref": "Text"}]


def test_a_rule_is_read_back() -> None:
    app = new_app(validate=False)
    GovernedRegistry(new_stack(app), "Registry").on_image_scan_completed("Rule")
    synthesise(app, lint=False)
    (rule,) = read_assembly(Path(app.outdir)).event_rules
    assert rule.sources == ("aws.ecr", "aws.inspector2")
    assert rule.detail_types == ("ECR Image Scan", "Inspector2 Scan")


@pytest.mark.parametrize("is_told_later", [False, True])
def test_warns_of_a_rule_that_tells_nobody(*, is_told_later: bool) -> None:
    app = new_app()
    stack = new_stack(app)
    rule = GovernedRepository(stack, "Api", repository_name="payments/api").on_image_pushed("Rule")
    if is_told_later:
        rule.add_target(targets.SqsQueue(sqs.Queue(stack, "Queue")))
    warnings = warnings_of(app).get("Stack/Api/Rule", [])
    assert len(warnings) == (0 if is_told_later else 1)
    assert all(
        "got a rule without any; write target=targets.SnsTopic(topic)" in w for w in warnings
    )


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda stack: sns.Topic(stack, "To"), "got a Topic; write targets.SnsTopic(...)"),
        (lambda stack: sqs.Queue(stack, "To"), "got a Queue; write targets.SqsQueue(...)"),
        (lambda _: "arn:aws:sns:...", "got 'arn:aws:sns:...'; write targets.SnsTopic(...)"),
    ],
)
def test_refuses_a_target_that_is_none(make: Callable[[cdk.Stack], Any], said: str) -> None:
    stack = new_stack()
    registry = GovernedRegistry(stack, "Registry")
    with pytest.raises(ConfigurationError, match=re.escape(said) + r".*Registry/Events/Rule\]"):
        registry.on_image_scan_completed("Rule", target=make(stack))


def test_a_long_pattern_warns() -> None:
    app = new_app()
    registry = GovernedRegistry(new_stack(app), "Registry")
    many = [f"team-{index:04}/" for index in range(90)]
    registry.on_image_pushed("Rule", repository_prefixes=many)
    warning, _ = warnings_of(app)["Stack/Registry/Events/Rule"]
    assert "must have at most 2048 characters" in warning


@pytest.mark.parametrize(
    ("define", "said"),
    [
        (
            lambda registry: registry.on_image_pushed("Rule", repository_prefixes=["Payments/"]),
            r"got 'Payments/'; write 'payments/' \[Stack/Rule\]",
        ),
        (
            lambda registry: registry.on_image_pushed("Rule", description="a" * 513),
            "description must have at most 512 characters, got 513; shorten it",
        ),
        (
            lambda registry: registry.on_image_pushed("Rule", image_tags=["v*"]),
            r"got 'v\*'; write a whole tag",
        ),
        (
            lambda registry: registry.on_image_scan_completed("Rule", severity="SEVERE"),
            r"severity must be one of CRITICAL, .*, got 'SEVERE'; write FindingSeverity.HIGH",
        ),
        (
            lambda registry: registry.on_image_storage_class_updated("Rule", storage_class="COLD"),
            r"storage_class must be one of ARCHIVE, .*, got 'COLD'; write StorageClass.ARCHIVE",
        ),
        (
            lambda registry: registry.on_image_pushed(
                "Rule", repository_prefixes=[f"team-{index:04}/" for index in range(200)]
            ),
            r"at most 4096 characters, got about \d+; name what the repositories have in common",
        ),
    ],
)
def test_refuses_what_no_rule_can_wait_for(refusing: cdk.Stack, define: Define, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        define(GovernedRegistry.of(refusing))


def test_refuses_a_rule_where_no_event_arrives() -> None:
    app = new_app()
    away = new_stack(app, "Away", env=OTHER_ENVIRONMENT)
    api = GovernedRepository(new_stack(app), "Api", repository_name="payments/api")
    said = (
        "a rule must lie where the events arrive, in account 111111111111 and eu-west-1, got one in"
        " account 222222222222 and eu-west-1; define it there"
    )
    for define in (api.on_image_scan_completed, api.on_image_pushed):
        with pytest.raises(ConfigurationError, match=said):
            define("Rule", cross_stack_scope=away)
    theirs = GovernedRepository.from_repository_arn(
        away, "Theirs", f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/web/api"
    )
    with pytest.raises(ConfigurationError, match=said):
        theirs.on_image_pushed("Rule")


@pytest.mark.parametrize(
    ("scanning", "method", "fires"),
    [
        (Scanning.basic(on_push=["*"]), "on_image_scan_completed", True),
        (Scanning.enhanced(on_push=["*"]), "on_image_scan_completed", True),
        (Scanning.enhanced(on_push=["*"]), "on_image_scan_finding", True),
        (Scanning.basic(on_push=["*"]), "on_image_scan_finding", False),
        (Scanning.enhanced(on_push=["*"]), "on_event", True),
    ],
)
def test_the_checks_agree_on_which_rule_fires(
    scanning: Scanning, method: str, *, fires: bool
) -> None:
    app = new_app(validate=False)
    registry = GovernedRegistry(new_stack(app), "Registry", scanning=scanning)
    repository = registry.add_repository("Api", repository_name="payments/api")
    getattr(repository, method)("Rule")
    synthesise(app, lint=False)
    findings = run_checks(read_assembly(Path(app.outdir)), RULES, today=dt.date(2026, 11, 24))
    assert ("EcrGovernance-EventNeverFires" not in {each.rule for each in findings}) is fires
