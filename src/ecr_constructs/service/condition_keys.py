"""The condition keys that a request to Amazon ECR may carry; IAM compares them in any case.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html,
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
"""

from __future__ import annotations

import difflib
from typing import Final

#: Keys whose values AWS chooses for one account, organisation or network, so that a stranger
#: cannot make them match. A tag on a principal is not among them, as everybody tags their own,
#: nor is an address within a VPC, as everybody has a VPC with 10.0.0.0/16.
_BINDING: Final = frozenset(
    {
        "aws:Ec2InstanceSourceVpc",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceIp",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "aws:SourceVpc",
        "aws:SourceVpcArn",
        "aws:SourceVpce",
        "aws:userid",
        "aws:VpceAccount",
        "aws:VpceOrgID",
        "aws:VpceOrgPaths",
        "ec2:SourceInstanceArn",
        "lambda:SourceFunctionArn",
    }
)
#: Keys that strangers meet as well as anybody.
_OTHERS: Final = frozenset(
    {
        "aws:AssumedRoot",
        "aws:CalledVia",
        "aws:CalledViaFirst",
        "aws:CalledViaLast",
        "aws:ChatbotSourceArn",
        "aws:CurrentTime",
        "aws:Ec2InstanceSourcePrivateIPv4",
        "aws:EpochTime",
        "aws:FederatedProvider",
        "aws:MultiFactorAuthAge",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalServiceName",
        "aws:PrincipalServiceNamesList",
        "aws:PrincipalType",
        "aws:referer",
        "aws:RequestedRegion",
        "aws:ResourceAccount",
        "aws:ResourceOrgID",
        "aws:ResourceOrgPaths",
        "aws:SecureTransport",
        "aws:SourceIdentity",
        "aws:TagKeys",
        "aws:TokenIssueTime",
        "aws:UserAgent",
        "aws:username",
        "aws:ViaAWSService",
        "aws:VpcSourceIp",
        "ec2:RoleDelivery",
    }
)
#: Keys that go on with the key of a tag.
_OF_TAGS: Final = (
    *("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/"),
    *("ecr:resourcetag/", "ecr-public:resourcetag/"),
)


#: Those that bind and all that are known, in lower case.
BINDING: Final = frozenset(map(str.lower, _BINDING))
_KNOWN: Final = BINDING | frozenset(map(str.lower, _OTHERS))


def is_known(key: str) -> bool:
    """Tell whether a key, in any case, is one of those that are known here.

    >>> is_known("aws:PrincipalOrgID"), is_known("aws:PrincipleOrgID")
    (True, False)
    """
    lower = key.lower()
    return lower in _KNOWN or lower.startswith(_OF_TAGS)


def nearest(key: str) -> str | None:
    """Return the key that a misspelt one was meant to be, as AWS spells it, or None."""
    names = {name.lower(): name for name in sorted(_BINDING | _OTHERS)}
    close = difflib.get_close_matches(key.lower(), names, n=1, cutoff=0.8)
    return names[close[0]] if close else None
