"""The partitions of AWS, told from the prefix of a Region's name, and the Regions of each.

Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html,
and the partition data that botocore ships.
"""

from __future__ import annotations

from typing import Final

#: Region prefix -> (partition, URL suffix). Everything else is ``aws``.
_BY_PREFIX: Final = {
    "cn-": ("aws-cn", "amazonaws.com.cn"),
    "us-gov-": ("aws-us-gov", "amazonaws.com"),
    "us-iso-": ("aws-iso", "c2s.ic.gov"),
    "us-isob-": ("aws-iso-b", "sc2s.sgov.gov"),
    "eu-isoe-": ("aws-iso-e", "cloud.adc-e.uk"),
    "us-isof-": ("aws-iso-f", "csp.hci.ic.gov"),
    "eusc-": ("aws-eusc", "amazonaws.eu"),
}
_DEFAULT: Final = ("aws", "amazonaws.com")

#: The Regions that were known when this was written; there may be new ones.
REGIONS: Final = frozenset(
    [
        "af-south-1",
        "ap-east-1",
        "ap-east-2",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-south-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-central-1",
        "ca-west-1",
        "eu-central-1",
        "eu-central-2",
        "eu-north-1",
        "eu-south-1",
        "eu-south-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "me-west-1",
        "mx-central-1",
        "sa-east-1",
        "sa-west-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
        "cn-north-1",
        "cn-northwest-1",
        "us-gov-east-1",
        "us-gov-west-1",
        "us-iso-east-1",
        "us-iso-west-1",
        "us-isob-east-1",
        "us-isob-west-1",
        "eu-isoe-west-1",
        "us-isof-east-1",
        "us-isof-south-1",
        "eusc-de-east-1",
    ]
)


def partition_of(region: str) -> str:
    """Return the partition of a Region.

    >>> partition_of("us-gov-west-1")
    'aws-us-gov'
    """
    return _lookup(region)[0]


def url_suffix_of(region: str) -> str:
    """Return the domain of a Region's endpoints.

    >>> url_suffix_of("eu-west-1")
    'amazonaws.com'
    """
    return _lookup(region)[1]


def _lookup(region: str) -> tuple[str, str]:
    return next((v for k, v in _BY_PREFIX.items() if region.startswith(k)), _DEFAULT)
