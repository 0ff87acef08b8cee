"""Sets how many TaskIQ workers run on ECS by the length of their SQS queue."""
