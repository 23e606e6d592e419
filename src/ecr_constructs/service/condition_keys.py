"""The condition keys that a request to Amazon ECR may carry, in lower case: IAM compares them so.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html,
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
"""

from __future__ import annotations

import difflib
from typing import Final

#: Keys whose values AWS chooses for one account, organisation or network, so that a stranger
#: cannot make them match. A tag on a principal is not among them, as everybody tags their own,
#: nor is an address within a VPC, as everybody has a VPC with 10.0.0.0/16.
BINDING: Final = frozenset(
    {
        "aws:ec2instancesourcevpc",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:userid",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "ec2:sourceinstancearn",
        "lambda:sourcefunctionarn",
    }
)
#: Keys that strangers meet as well as anybody.
_OTHERS: Final = frozenset(
    {
        "aws:assumedroot",
        "aws:calledvia",
        "aws:calledviafirst",
        "aws:calledvialast",
        "aws:chatbotsourcearn",
        "aws:currenttime",
        "aws:ec2instancesourceprivateipv4",
        "aws:epochtime",
        "aws:federatedprovider",
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:principaltype",
        "aws:referer",
        "aws:requestedregion",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "aws:securetransport",
        "aws:sourceidentity",
        "aws:tagkeys",
        "aws:tokenissuetime",
        "aws:useragent",
        "aws:username",
        "aws:viaawsservice",
        "aws:vpcsourceip",
        "ec2:roledelivery",
    }
)
#: Keys that go on with the key of a tag.
_OF_TAGS: Final = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/", "ecr:resourcetag/")


def is_known(key: str) -> bool:
    """Tell whether a key, in any case, is one of those that are known here.

    >>> is_known("aws:PrincipalOrgID"), is_known("aws:PrincipleOrgID")
    (True, False)
    """
    lower = key.lower()
    return lower in BINDING or lower in _OTHERS or lower.startswith(_OF_TAGS)


def nearest(key: str) -> str | None:
    """Return the key that a misspelt one was meant to be, in lower case, or None."""
    close = difflib.get_close_matches(key.lower(), sorted(BINDING | _OTHERS), n=1, cutoff=0.8)
    return close[0] if close else None
