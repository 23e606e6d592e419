"""From the model to what a person can decide on.

Layer: review; imports ``model``, ``lifecycle``, ``access``, ``sources`` and ``checks``.
"""
