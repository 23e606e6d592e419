"""The constructs: from the model to a CloudFormation template.

Layer: constructs; imports the layers below and ``aws_cdk``.
"""
