"""Who may read what: one policy per field, declared beside it, and the sentence that says so.

Deny by default. Rows are narrowed before fields are asked for (server/reads.py), so a policy only
says which roles may see a field of a row that they see anyway.
"""

from typing import Final, NamedTuple

from schema.values import Author, Role


class Policy(NamedTuple):
    """The roles that may read a field (or call it), and the sentence its description ends with."""

    name: str
    roles: frozenset[Role]
    sentence: str = ""
    tokenless: bool = False

    def allows(self, author: Author | None) -> bool:
        return self.tokenless if author is None else author.role in self.roles


_ALL: Final = frozenset(Role)
_LOCAL: Final = frozenset({Role.LIAISON, Role.DISPATCHER})
_DESK: Final = frozenset({Role.DISPATCHER, Role.ADMIN})

OPEN: Final = Policy("open", _ALL, "Needs no token.", tokenless=True)
WITHIN: Final = Policy("within", _ALL, tokenless=True)
"""Part of something whose own field is guarded: an edge, a page's end, a verdict's sentence."""

SIGNED: Final = Policy("signed", _ALL)
"""Anybody with a token, of the rows that the token may see."""

LISTENING: Final = Policy(
    "listening", _LOCAL | _DESK | {Role.READER}, "For liaisons, dispatchers, admins and readers."
)
PERSONS: Final = Policy(
    "persons", _ALL - {Role.READER}, "Null for readers: it says what one person did or has."
)
STAFF: Final = Policy("staff", _LOCAL | _DESK, "For liaisons, dispatchers and admins.")
PRIVATE: Final = Policy("private", _LOCAL | _DESK, "For liaisons, dispatchers and admins; null for others.")
LOCAL: Final = Policy(
    "local", _LOCAL, "For the liaison of the grid and the dispatcher of the community; null for others."
)
CONCERNED: Final = Policy(
    "concerned",
    _LOCAL | _DESK | {Role.MEMBER},
    "For liaisons, dispatchers, admins and the member concerned; null for others.",
)
CONTACT: Final = Policy(
    "contact",
    _LOCAL | {Role.MEMBER},
    "For the liaison of the grid, the dispatcher of the community and the member who took the ticket; null"
    " for others. Each reading is logged.",
)
PHONE: Final = Policy(
    "phone",
    _LOCAL | _DESK | {Role.UNIT, Role.MEMBER},
    "For the liaison of the member's grid, dispatchers, admins, the member's unit and the member; null for"
    " others.",
)
POINTS: Final = Policy("points", _ALL, "Null for readers while ranking individuals is off.")
ADMIN: Final = Policy("admin", frozenset({Role.ADMIN}), "For admins; null for others.")
OFFICE: Final = Policy("office", _DESK, "For dispatchers (of their community) and admins.")
ASKING: Final = Policy(
    "asking", _DESK | {Role.MEMBER}, "For dispatchers (of their community), admins and the member."
)
ANSWERING: Final = Policy(
    "answering",
    _DESK | {Role.UNIT},
    "For dispatchers (of their community), admins and the unit that answers for itself.",
)
CHANGING: Final = Policy(
    "changing", ASKING.roles | ANSWERING.roles, "For whoever may make one of them by its own mutation."
)
APPRAISAL: Final = Policy(
    "appraisal",
    _DESK | {Role.UNIT},
    "For the unit (its own members), dispatchers of its community and admins.",
)
OWN: Final = Policy("own", frozenset({Role.MEMBER}), "For the member, on their own page.")
TABLET: Final = Policy("tablet", frozenset({Role.LIAISON}), "For tablets.")
UPLOAD: Final = Policy(
    "upload", frozenset({Role.LIAISON}), "For tablets, a revoked one included.", tokenless=True
)

POLICIES: Final = (
    OPEN,
    WITHIN,
    SIGNED,
    LISTENING,
    PERSONS,
    STAFF,
    PRIVATE,
    LOCAL,
    CONCERNED,
    CONTACT,
    PHONE,
    POINTS,
    ADMIN,
    OFFICE,
    ASKING,
    ANSWERING,
    CHANGING,
    APPRAISAL,
    OWN,
    TABLET,
    UPLOAD,
)
