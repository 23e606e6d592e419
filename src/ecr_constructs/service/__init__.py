"""Amazon ECR as data: limits, patterns and actions, each with the page that states it.

Layer: ground; imports the standard library only.
"""
