"""What a lifecycle policy will do to the images of a repository, and what is odd about it.

Layer: lifecycle; imports ``errors``, ``service`` and ``model``, and never CDK.
"""
