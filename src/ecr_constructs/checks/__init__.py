"""Rules over a deployment: one catalogue, one engine.

Layer: checks; imports ``model`` and ``lifecycle``, never CDK.
"""
