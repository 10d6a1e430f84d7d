"""Third parties as Larder needs them: Paystack, Bedrock, and an issuer of tokens."""

from scenarios.doubles.bedrock import Bedrock
from scenarios.doubles.issuer import Issuer
from scenarios.doubles.paystack import Paystack

__all__ = ["Bedrock", "Issuer", "Paystack"]
