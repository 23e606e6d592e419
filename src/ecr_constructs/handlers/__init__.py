"""What AWS Lambda runs for custom resources: each file by itself, as text in a template.

Layer: handlers; a file imports what Lambda's Python runtime has, and nothing of this library.
"""
