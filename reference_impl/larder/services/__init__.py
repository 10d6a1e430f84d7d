"""Use cases: one module each. They take what they need by parameter and return an outcome."""
