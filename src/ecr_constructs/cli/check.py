"""`ecr-constructs check`: findings on an assembly."""
