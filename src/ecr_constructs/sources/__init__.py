"""Where a registry's description comes from: a CDK assembly, a template, a live account.

Layer: sources; imports ``model`` and never CDK. PyYAML is imported when a YAML
template is met, boto3 when a live account is asked.
"""
