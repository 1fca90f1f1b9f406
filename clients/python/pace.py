"""How much is asked for or sent at once. A weak road breaks at large pieces again and again.

Half as much is tried after that, and twice as much after what went through. Not in the file: how
good a road is now is nothing that a tablet has to know when it is opened again.
"""


class Pace:
    """Between `least` and `most`; the most at first."""

    def __init__(self, most: int, least: int) -> None:
        self._most = most
        self._least = least
        self.size = most

    def broke(self) -> None:
        self.size = max(self._least, self.size // 2)

    def passed(self) -> None:
        self.size = min(self._most, self.size * 2)
