"""What everybody can do, evaluated for whole registries, and how two evaluations compare."""
