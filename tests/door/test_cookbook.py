"""The cookbook's answers are what its questions get today, in the words of schema/README.md."""

from pathlib import Path

from tests.door.cookbook import BLOCK, README, answered, story
from tests.door.house import standing


async def test_each_question_of_the_cookbook_gets_the_answer_that_stands_there(tmp_path: Path) -> None:
    text = README.read_text()
    assert len(BLOCK.findall(text)) >= 20
    async with standing(tmp_path) as house:
        await story(house)
        assert await answered(house, text) == text, "run `make fix`"
