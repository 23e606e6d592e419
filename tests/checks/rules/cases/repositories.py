"""Repositories by themselves: tags, keys, deletion, scanning."""

from __future__ import annotations

from tests.checks.deployments import ACCOUNT, REGION, repository
from tests.checks.rules.cases.case import GIVEN, UNKNOWN, case, resource

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd"


def encrypted(kind: object, key: object = None) -> dict[str, object]:
    configuration = {"EncryptionType": kind} | ({} if key is None else {"KmsKey": key})
    return {"Api": repository(EncryptionConfiguration=configuration)}


def filters(*values: str) -> list[dict[str, str]]:
    name = "ImageTagMutabilityExclusionFilter"
    return [{f"{name}Type": "WILDCARD", f"{name}Value": value} for value in values]


def template(*applied_for: object, **properties: object) -> dict[str, object]:
    return {
        "T": resource("RepositoryCreationTemplate", Prefix="ci", AppliedFor=list(applied_for))
        | {"Properties": {"Prefix": "ci", "AppliedFor": list(applied_for), **properties}}
    }


def scanning(kind: object, *rules: tuple[object, list[object]]) -> dict[str, object]:
    written = [
        {
            "ScanFrequency": frequency,
            "RepositoryFilters": [{"Filter": f, "FilterType": "WILDCARD"} for f in given],
        }
        for frequency, given in rules
    ]
    return {"Scan": resource("RegistryScanningConfiguration", ScanType=kind, Rules=written)}


UNFLAGGED = {"Api": repository(ImageScanningConfiguration=None)}
FLAGGED = {"Api": repository()}
TAGS = "TagImmutability"
EXCEPT = "IMMUTABLE_WITH_EXCLUSION"
FILTERS = "ImageTagMutabilityExclusionFilters"

CASES = (
    case(TAGS, "immutable", {"Api": repository()}),
    case(
        TAGS,
        "template of caches and of what is pushed",
        template("PULL_THROUGH_CACHE", "CREATE_ON_PUSH", ImageTagMutability="MUTABLE"),
        "fail T",
    ),
    case(TAGS, "mutable", {"Api": repository(ImageTagMutability="MUTABLE")}, "fail Api"),
    case(TAGS, "default is mutable", {"Api": repository(ImageTagMutability=None)}, "fail Api"),
    case(
        TAGS,
        "tags that move are named",
        {"Api": repository(ImageTagMutability=EXCEPT, **{FILTERS: filters("latest", "dev-*")})},
    ),
    case(
        TAGS,
        "all tags are an exception",
        {"Api": repository(ImageTagMutability=EXCEPT, **{FILTERS: filters("latest", "*")})},
        "fail Api",
    ),
    case(
        TAGS,
        "mutable but for some",
        {
            "Api": repository(
                ImageTagMutability="MUTABLE_WITH_EXCLUSION", **{FILTERS: filters("v*")}
            )
        },
        "fail Api",
    ),
    case(
        TAGS, "parameter", {"Api": repository(ImageTagMutability=GIVEN)}, "unknown Api", **UNKNOWN
    ),
    case(TAGS, "template for replication", template("REPLICATION"), "fail T"),
    case(TAGS, "template for a cache alone", template("PULL_THROUGH_CACHE")),
    case(TAGS, "template keeps tags", template("CREATE_ON_PUSH", ImageTagMutability="IMMUTABLE")),
    case(
        TAGS,
        "template with a parameter",
        template("REPLICATION", ImageTagMutability=GIVEN),
        "unknown T",
        **UNKNOWN,
    ),
    # CustomerManagedKey
    case("CustomerManagedKey", "key of one's own", encrypted("KMS", KEY)),
    case("CustomerManagedKey", "AES256", encrypted("AES256"), "fail Api"),
    case(
        "CustomerManagedKey",
        "none given",
        {"Api": repository(EncryptionConfiguration=None)},
        "fail Api",
    ),
    case("CustomerManagedKey", "AWS's key by default", encrypted("KMS"), "fail Api"),
    case("CustomerManagedKey", "AWS's key by name", encrypted("KMS", "alias/aws/ecr"), "fail Api"),
    case("CustomerManagedKey", "parameter", encrypted("KMS", GIVEN), "unknown Api", **UNKNOWN),
    case("CustomerManagedKey", "kind is a parameter", encrypted(GIVEN), "unknown Api", **UNKNOWN),
    case(
        "CustomerManagedKey",
        "key of the same template",
        {
            **encrypted("KMS", {"Fn::GetAtt": ["Key", "Arn"]}),
            "Key": {"Type": "AWS::KMS::Key", "Properties": {}},
        },
    ),
    case("CustomerManagedKey", "template", template("REPLICATION"), "fail T"),
    # RetainOnDelete
    case("RetainOnDelete", "retained", {"Api": repository()}),
    case(
        "RetainOnDelete",
        "retained but when it is made",
        {"Api": repository() | {"DeletionPolicy": "RetainExceptOnCreate"}},
    ),
    case(
        "RetainOnDelete",
        "deleted",
        {"Api": repository() | {"DeletionPolicy": "Delete"}},
        "fail Api",
    ),
    case(
        "RetainOnDelete",
        "deleted when replaced",
        {"Api": repository() | {"UpdateReplacePolicy": "Delete"}},
        "fail Api",
    ),
    case(
        "RetainOnDelete",
        "default is deleted",
        {"Api": {"Type": "AWS::ECR::Repository", "Properties": {}}},
        "fail Api",
    ),
    case(
        "RetainOnDelete",
        "parameter",
        {"Api": repository() | {"DeletionPolicy": GIVEN}},
        "unknown Api",
        **UNKNOWN,
    ),
    # ImageDeletion
    case("ImageDeletion", "retained", {"Api": repository(EmptyOnDelete=True)}),
    case(
        "ImageDeletion",
        "fails where there are images",
        {"Api": repository() | {"DeletionPolicy": "Delete"}},
    ),
    case(
        "ImageDeletion",
        "emptied",
        {"Api": repository(EmptyOnDelete=True) | {"DeletionPolicy": "Delete"}},
        "fail Api",
    ),
    case(
        "ImageDeletion",
        "emptied when replaced",
        {"Api": repository(EmptyOnDelete="true") | {"UpdateReplacePolicy": "Delete"}},
        "fail Api",
    ),
    case(
        "ImageDeletion",
        "parameter",
        {"Api": repository(EmptyOnDelete=GIVEN) | {"DeletionPolicy": "Delete"}},
        "unknown Api",
        **UNKNOWN,
    ),
    # RepositoryTags
    case("RepositoryTags", "tags", {"Api": repository()}),
    case("RepositoryTags", "none", {"Api": repository(Tags=None)}, "fail Api"),
    case("RepositoryTags", "empty", {"Api": repository(Tags=[])}, "fail Api"),
    case("RepositoryTags", "parameter", {"Api": repository(Tags=GIVEN)}, "unknown Api", **UNKNOWN),
    # ImageScanning
    case("ImageScanning", "by the flag", FLAGGED),
    case("ImageScanning", "by nothing", UNFLAGGED, "fail Api"),
    case(
        "ImageScanning",
        "flag is off",
        {"Api": repository(ImageScanningConfiguration={"ScanOnPush": False})},
        "fail Api",
    ),
    case(
        "ImageScanning",
        "flag is a parameter",
        {"Api": repository(ImageScanningConfiguration={"ScanOnPush": GIVEN})},
        "unknown Api",
        **UNKNOWN,
    ),
    case(
        "ImageScanning",
        "by the registry",
        UNFLAGGED | scanning("BASIC", ("SCAN_ON_PUSH", ["*"])),
    ),
    case(
        "ImageScanning",
        "a filter without a star means contains",
        UNFLAGGED | scanning("BASIC", ("SCAN_ON_PUSH", ["ments"])),
    ),
    case(
        "ImageScanning",
        "registry selects others",
        UNFLAGGED | scanning("BASIC", ("SCAN_ON_PUSH", ["web/*"])),
        "fail Api",
    ),
    case(
        "ImageScanning",
        "flag, where the registry selects others by rules",
        FLAGGED | scanning("BASIC", ("SCAN_ON_PUSH", ["web/*"])),
        "unknown Api",
    ),
    case("ImageScanning", "flag, and a registry without rules", FLAGGED | scanning("BASIC")),
    case(
        "ImageScanning",
        "enhanced",
        UNFLAGGED | scanning("ENHANCED", ("CONTINUOUS_SCAN", ["*"])),
    ),
    case(
        "ImageScanning",
        "flag means nothing under enhanced scanning",
        FLAGGED | scanning("ENHANCED", ("CONTINUOUS_SCAN", ["web/*"])),
        "fail Api",
    ),
    case(
        "ImageScanning",
        "enhanced without rules is not documented",
        FLAGGED | scanning("ENHANCED"),
        "unknown Api",
    ),
    case(
        "ImageScanning",
        "filter is a parameter",
        UNFLAGGED | scanning("BASIC", ("SCAN_ON_PUSH", [GIVEN])),
        "unknown Api",
        **UNKNOWN,
    ),
    case(
        "ImageScanning",
        "made-up name that every filter selects",
        {"Api": repository(RepositoryName=None, ImageScanningConfiguration=None)}
        | scanning("BASIC", ("SCAN_ON_PUSH", ["*"])),
    ),
    case(
        "ImageScanning",
        "made-up name that a filter may select",
        {"Api": repository(RepositoryName=None, ImageScanningConfiguration=None)}
        | scanning("BASIC", ("SCAN_ON_PUSH", ["prod"])),
        "unknown Api",
    ),
    case(
        "ImageScanning",
        "two configurations that differ",
        UNFLAGGED
        | scanning("BASIC", ("SCAN_ON_PUSH", ["*"]))
        | {"Other": scanning("BASIC")["Scan"]},
        "unknown Api",
    ),
)
