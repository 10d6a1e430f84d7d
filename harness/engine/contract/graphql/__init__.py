"""A GraphQL contract's units: documents made, answers judged field by field."""
