"""A small oracle for two changes on one team, activity or whistle, written from the rules' words alone; as oracle_things.py."""

from collections.abc import Callable
from typing import Final

from tests.sync.oracle_things import OVERTAKEN, Kept, Said, Told, latest


class Team(Kept):
    """A team as the community has it, and who is in it."""

    def __init__(self, name: object, members: set[str]) -> None:
        super().__init__(name)
        self.members = set(members)


def put_team(team: Team, said: Said) -> Told:
    """A desk's stands, the later of two; a tablet's is a proposal."""
    if not said.office:
        return {"REVIEW"}
    team.written, stands = latest(team.written, said, said.tells["value"])
    return {"APPLIED"} if stands else OVERTAKEN


def join_team(team: Team, said: Said) -> Told:
    """Once; who has left may come back."""
    if said.tells["member"] in team.members:
        return {"DUPLICATE"}
    team.members.add(said.tells["member"])
    return {"APPLIED"}


def leave_team(team: Team, said: Said) -> Told:
    if said.tells["member"] not in team.members:
        return {"REJECTED"}
    team.members.remove(said.tells["member"])
    return {"APPLIED"}


TEAMS: Final[dict[str, Callable[[Team, Said], Told]]] = {
    "team.put": put_team,
    "team.join": join_team,
    "team.leave": leave_team,
}


class Activity:
    """An activity that is open, and who has signed in."""

    def __init__(self, members: set[str]) -> None:
        self.members = set(members)
        self.overtaken = set[int]()


def open_activity(activity: Activity, said: Said) -> Told:
    """The same activity again: it was there before."""
    return {"DUPLICATE"}


def sign_in(activity: Activity, said: Said) -> Told:
    """Each once, whoever says so."""
    told = {"DUPLICATE"} if said.tells["member"] in activity.members else {"APPLIED"}
    activity.members.add(said.tells["member"])
    return told


ACTIVITIES: Final[dict[str, Callable[[Activity, Said], Told]]] = {
    "activity.open": open_activity,
    "activity.join": sign_in,
}


class Whistle(Kept):
    """A whistle that was blown: what one department answered, and the records of meetings."""

    def __init__(self, answer: str | None) -> None:
        super().__init__(answer)
        self.records = set[str]()


def blow(whistle: Whistle, said: Said) -> Told:
    """The same whistle again: it was blown before."""
    return {"DUPLICATE"}


def answer(whistle: Whistle, said: Said) -> Told:
    """A department's last word stands."""
    whistle.written, stands = latest(whistle.written, said, said.tells["value"])
    return {"APPLIED"} if stands else OVERTAKEN


def meet(whistle: Whistle, said: Said) -> Told:
    whistle.records.add(said.tells["record"])
    return {"APPLIED"}


WHISTLES: Final[dict[str, Callable[[Whistle, Said], Told]]] = {
    "whistle.blow": blow,
    "whistle.answer": answer,
    "whistle.meet": meet,
}
