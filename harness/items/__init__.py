"""pytest's side of the engine: what is collected, how an item runs, what a failure says.

Its modules are imported one by one: whoever only deals units out has no use for the engine.
"""
