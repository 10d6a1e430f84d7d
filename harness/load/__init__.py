"""Many customers at once: Locust's users against a stage, the history's laws as their judge.

Locust runs in a process of its own, for gevent patches whatever it is imported beside. ``users``
and ``line`` are that process's part; nothing else here is imported there, nor those two here. So
this module loads nothing by itself.
"""
