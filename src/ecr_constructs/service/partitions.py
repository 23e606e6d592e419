"""The partitions of AWS, told from the prefix of a Region's name.

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
