"""Public repositories, what AWS refuses, what cannot be read, exemptions."""

from __future__ import annotations

from typing import Any

from tests.checks.deployments import ACCOUNT, repository
from tests.checks.rules.cases.case import GIVEN, UNKNOWN, Case, case, resource

VIRGINIA = {"Main": f"aws://{ACCOUNT}/us-east-1"}
TAGS = [{"Key": "team", "Value": "tools"}]


def public(rule: str, about: str, status: str = "", where: str = "us-east-1", **more: Any) -> Case:
    """Return a case of a public repository."""
    sections = UNKNOWN if GIVEN in more.values() else {}
    return Case(
        rule=rule,
        name=about,
        stacks={"Main": {"Resources": {"P": resource("PublicRepository", **more)}, **sections}},
        environments={"Main": f"aws://{ACCOUNT}/{where}"},
        found=(f"{status} Main/P",) if status else (),
    )


def exempted(*exemptions: Any, **properties: Any) -> dict[str, Any]:
    written = {"Metadata": {"EcrConstructs": {"exemptions": list(exemptions)}}}
    return {"Api": repository(**properties) | written}


PROFILE = f"arn:aws:signer:us-east-1:{ACCOUNT}:/signing-profiles/Images"
WHY = {"control": "tag-immutability", "reason": "rebuilt every night"}

CASES: tuple[Case, ...] = (
    public("PublicRepository", "one", "fail"),
    case("PublicRepository", "a private one", {"Api": repository()}),
    public("PublicRepositoryRegion", "us-east-1"),
    public("PublicRepositoryRegion", "elsewhere", "fail", where="eu-west-1"),
    public("PublicRepositoryRegion", "nobody knows where", "unknown", where="unknown-region"),
    public("PublicRepositoryTags", "tags", Tags=TAGS),
    public("PublicRepositoryTags", "none", "fail"),
    public("PublicRepositoryTags", "parameter", "unknown", Tags=GIVEN),
    # Readable
    case("Readable", "all of it", {"Api": repository()}),
    case(
        "Readable",
        "an object for the text of a lifecycle policy",
        {"Api": repository(LifecyclePolicy={"LifecyclePolicyText": {"rules": []}})},
        "fail Api",
    ),
    case("Readable", "a list for a string", {"Api": repository(RepositoryName=["a"])}, "fail Api"),
    case(
        "Readable",
        "a reference to nothing",
        {"Api": repository(RepositoryName={"Ref": "Nothing"})},
        "fail Api",
    ),
    case(
        "Readable",
        "a nested stack that is not at hand",
        {
            "Nested": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"TemplateURL": "https://example.com/template.json"},
            }
        },
        "unknown Nested",
    ),
    case(
        "Readable",
        "a policy of broken JSON, which is another rule's",
        {"Api": repository(RepositoryPolicyText="{")},
    ),
    # Deployable
    case("Deployable", "all of it", {"Api": repository()}),
    case("Deployable", "no name", {"Api": repository(RepositoryName="Payments/api")}, "fail Api"),
    case("Deployable", "name of one letter", {"Api": repository(RepositoryName="a")}, "fail Api"),
    case("Deployable", "no mode", {"Api": repository(ImageTagMutability="FIXED")}, "fail Api"),
    case(
        "Deployable",
        "a key without KMS",
        {"Api": repository(EncryptionConfiguration={"EncryptionType": "AES256", "KmsKey": "k"})},
        "fail Api",
    ),
    case(
        "Deployable",
        "a key of another Region",
        {
            "Api": repository(
                EncryptionConfiguration={
                    "EncryptionType": "KMS",
                    "KmsKey": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd",
                }
            )
        },
        "fail Api",
    ),
    case(
        "Deployable",
        "DSSE outside of GovCloud",
        {"Api": repository(EncryptionConfiguration={"EncryptionType": "KMS_DSSE"})},
        "fail Api",
    ),
    case(
        "Deployable",
        "a policy, which other rules are about",
        {
            "T": resource(
                "RepositoryCreationTemplate",
                Prefix="ci",
                AppliedFor=["REPLICATION"],
                LifecyclePolicy="{",
                RepositoryPolicy='{"Statement": [{"Effect": "Maybe"}]}',
            )
        },
    ),
    case(
        "Deployable",
        "prefix that is too long",
        {
            "Cache": resource(
                "PullThroughCacheRule", EcrRepositoryPrefix="q" * 31, UpstreamRegistryUrl="quay.io"
            )
        },
        "fail Cache",
    ),
    case(
        "Deployable",
        "more caches than a registry has",
        {
            f"Cache{n:02}": resource(
                "PullThroughCacheRule",
                EcrRepositoryPrefix=f"q{n:02}",
                UpstreamRegistryUrl="quay.io",
            )
            for n in range(51)
        },
        "fail Cache50",
    ),
    case(
        "Deployable",
        "continuous basic scanning",
        {
            "Scan": resource(
                "RegistryScanningConfiguration",
                ScanType="BASIC",
                Rules=[
                    {
                        "ScanFrequency": "CONTINUOUS_SCAN",
                        "RepositoryFilters": [{"Filter": "*", "FilterType": "WILDCARD"}],
                    }
                ],
            )
        },
        "fail Scan",
    ),
    case(
        "Deployable",
        "signing in another Region's name",
        {
            "Signing": resource(
                "SigningConfiguration",
                Rules=[{"SigningProfileArn": PROFILE}],
            )
        },
        "fail Signing",
    ),
    case(
        "Deployable",
        "exclusion of a group",
        {"E": resource("PullTimeUpdateExclusion", PrincipalArn=f"arn:aws:iam::{ACCOUNT}:group/x")},
        "fail E",
    ),
    case("Deployable", "parameter", {"Api": repository(RepositoryName=GIVEN)}, **UNKNOWN),
    public("Deployable", "no public name", "fail", RepositoryName="Tools"),
    # Doubtful
    case("Doubtful", "nothing", {"Api": repository()}),
    case(
        "Doubtful",
        "enhanced scanning without rules",
        {"Scan": resource("RegistryScanningConfiguration", ScanType="ENHANCED", Rules=[])},
        "fail Scan",
    ),
    case(
        "Doubtful",
        "a credential that nobody asks for",
        {
            "Cache": resource(
                "PullThroughCacheRule",
                EcrRepositoryPrefix="quay",
                UpstreamRegistryUrl="quay.io",
                CredentialArn=(
                    f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:ecr-pullthroughcache/q-Ab1234"
                ),
            )
        },
        "fail Cache",
    ),
    case(
        "Doubtful",
        "exclusion of a user",
        {
            "E": resource(
                "PullTimeUpdateExclusion", PrincipalArn=f"arn:aws:iam::{ACCOUNT}:user/scan"
            )
        },
        "fail E",
    ),
    # Exemptions
    case("ExemptionReason", "given", exempted(WHY)),
    case("ExemptionReason", "none", exempted(WHY | {"reason": ""}), "fail Api"),
    case("ExemptionReason", "blank", exempted({"control": "namespace", "reason": " "}), "fail Api"),
    case(
        "ExemptionReason",
        "at a registry's policy",
        {
            "Policy": resource("RegistryPolicy", PolicyText={"Statement": []})
            | {"Metadata": {"EcrConstructs": {"exemptions": [WHY | {"reason": ""}]}}}
        },
        "fail Policy",
    ),
    case("ExemptionExpired", "no end", exempted(WHY)),
    case("ExemptionExpired", "to come", exempted(WHY | {"expires": "2026-06-15"})),
    case("ExemptionExpired", "past", exempted(WHY | {"expires": "2026-06-14"}), "fail Api"),
    case("ExemptionControl", "known", exempted(WHY)),
    case("ExemptionControl", "unknown", exempted(WHY | {"control": "tags"}), "fail Api"),
    case("ExemptionControl", "no date", exempted(WHY | {"expires": "soon"}), "fail Api"),
    case(
        "ExemptionControl",
        "no list",
        {"Api": repository() | {"Metadata": {"EcrConstructs": {"exemptions": "all"}}}},
        "fail Api",
    ),
)
