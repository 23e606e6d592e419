"""`ecr-constructs review`: what the registry is."""
