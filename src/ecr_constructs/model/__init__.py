"""The one description of a registry: plain frozen values, their problems and their codecs.

Layer: model; imports ``errors`` and ``service``, and never CDK.
"""
