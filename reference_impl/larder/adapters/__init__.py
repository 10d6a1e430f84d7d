"""What stands between the use cases and AWS, Paystack and Bedrock. Implements services/ports.py."""
