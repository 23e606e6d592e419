"""What differs between two deployments, and what each difference means."""
