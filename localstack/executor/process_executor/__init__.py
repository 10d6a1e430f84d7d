"""Lambda functions as processes of this machine, for LocalStack without Docker.

``LAMBDA_RUNTIME_EXECUTOR=process`` chooses it. Each execution environment is one process that
speaks the Lambda Runtime API, as on AWS, through AWS's own client (``awslambdaric``).

Only ``executor``, ``dynamodb``, ``polling``, ``storage`` and ``plugin`` know LocalStack; the rest
imports the standard library alone.
"""
