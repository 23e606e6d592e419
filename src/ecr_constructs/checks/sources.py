"""Where the pages lie that rules rest on.

Layer: checks.
"""

from __future__ import annotations

from typing import Final

#: The Amazon ECR user guide.
GUIDE: Final = "https://docs.aws.amazon.com/AmazonECR/latest/userguide"
#: CloudFormation's reference of resources and their attributes.
RESOURCES: Final = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"
#: The IAM user guide.
IAM: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
#: AWS's list of what containers on AWS lack, where surprises are reported.
ROADMAP: Final = "https://github.com/aws/containers-roadmap/issues"
#: The control that asks for a plan and a date for what is accepted for now (CA-5).
EXCEPTIONS: Final = "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final"
#: CDK's guide to validation at synthesis.
VALIDATION: Final = "https://docs.aws.amazon.com/cdk/v2/guide/policy-validation-synthesis.html"
