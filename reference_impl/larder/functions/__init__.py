"""One module per Lambda: parse, call one use case, respond."""
