"""The rule book as tables: what the code looks up is what a dispatcher can read.

Nothing here decides. `VERSION` moves whenever a row, a sentence's meaning or a decision changes,
and is stamped on every settlement.
"""

from typing import Final

VERSION: Final = 3
