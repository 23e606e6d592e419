"""AWS CDK constructs for a governed Amazon ECR registry."""
