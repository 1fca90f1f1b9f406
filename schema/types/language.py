"""The two languages in which everything is said."""

from collections.abc import Mapping
from enum import Enum

import strawberry


@strawberry.enum(description="The languages in which names and sentences are said.")
class Language(Enum):
    ZH = strawberry.enum_value("zh", description="简体中文.")
    EN = strawberry.enum_value("en", description="English.")


def said(texts: Mapping[str, str], language: Language) -> str:
    """A text that is kept in both languages, in one."""
    return texts[str(language.value)]
