"""What each command of ``stageproof`` does; ``cli.py`` is only the door."""
