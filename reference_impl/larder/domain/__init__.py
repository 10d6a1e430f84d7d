"""The rules of the store: pure and total. No AWS, no clock, no environment."""
