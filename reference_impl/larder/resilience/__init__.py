"""Circuit breaker, rate limit, retry schedule and request-path retry.

What must hold over every execution environment (breaker, limiter) lives in DynamoDB as atomic,
conditional updates; what is a rule of one process (waits) is pure.
"""
