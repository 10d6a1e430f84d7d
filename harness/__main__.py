"""``python -m harness`` is ``stageproof``."""

from harness.cli import main

main()
