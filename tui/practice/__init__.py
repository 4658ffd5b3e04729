"""The practice provider: an OpenAI-compatible server on this machine that can break a reply in every known way.

It imports nothing else of this project, so the client and the server cannot agree on a bug.
"""

from tui.practice.fault import Fault
from tui.practice.request import PracticeRequest
from tui.practice.script import MODELS
from tui.practice.server import PracticeServer

__all__ = ["MODELS", "Fault", "PracticeRequest", "PracticeServer"]
