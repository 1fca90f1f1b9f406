"""The common deeds by name. Each makes one change, durably kept when the method returns.

A refusal (`NotRecorded`) carries a code and the path of what is wrong, and nothing was kept.
"""

from collections.abc import Sequence
from typing import Any

from clients.python.outbox import Recorded
from sync.shapes import Moment, format_time

Place = tuple[float, float]
"""Latitude and longitude in degrees; rounded to about 100 m before it is kept."""


Name = dict[str, str]
"""What something is called: `zh` and `en`."""


def given(**values: Any) -> dict[str, Any]:
    """What was said; what is None was not."""
    return {name: value for name, value in values.items() if value is not None}


def rounded(place: Place | None) -> dict[str, int] | None:
    """A place as a change may hold it: thousandths of a degree."""
    if place is None:
        return None
    return {"lat": round(place[0] * 1000), "lon": round(place[1] * 1000)}


class Deeds:
    """What a liaison does. `record` is the tablet's; every method here is one call of it."""

    def record(
        self,
        kind: str,
        entity: str | None,
        data: dict[str, Any],
        private: dict[str, Any] | None = None,
        by: str | None = None,
        saw: int | None = None,
    ) -> Recorded:
        raise NotImplementedError

    # Tickets

    def open_ticket(
        self,
        grid: str,
        category: str,
        title: str,
        *,
        place: str | None = None,
        priority: str | None = None,
        due_ms: int | None = None,
        seats: int | None = None,
        detail: str | None = None,
        contact: dict[str, str] | None = None,
        by: str | None = None,
    ) -> Recorded:
        """A resident's order. `contact` has any of name, telephone, doorstep."""
        due = None if due_ms is None else format_time(due_ms)
        data = given(
            grid=grid, category=category, title=title, place=place, priority=priority, due=due, seats=seats
        )
        return self.record("ticket.open", None, data, given(detail=detail, contact=contact), by)

    def edit_ticket(
        self, ticket: str, private: dict[str, Any] | None = None, by: str | None = None, **fields: Any
    ) -> Recorded:
        """Fields under their protocol names; None clears one. `private` has detail or contact."""
        return self.record("ticket.edit", ticket, fields, private, by)

    def claim(self, ticket: str, member: str, by: str | None = None) -> Recorded:
        return self.record("ticket.claim", ticket, {"member": member}, None, by)

    def decline(self, ticket: str, member: str, by: str | None = None) -> Recorded:
        return self.record("ticket.decline", ticket, {"member": member}, None, by)

    def start(self, ticket: str, member: str, by: str | None = None) -> Recorded:
        return self.record("ticket.start", ticket, {"member": member}, None, by)

    def finish(self, ticket: str, member: str, by: str | None = None) -> Recorded:
        return self.record("ticket.finish", ticket, {"member": member}, None, by)

    def close_ticket(
        self, ticket: str, rating: int | None = None, words: str | None = None, by: str | None = None
    ) -> Recorded:
        return self.record("ticket.close", ticket, given(rating=rating), given(words=words), by)

    def cancel(self, ticket: str, reason: str, by: str | None = None) -> Recorded:
        return self.record("ticket.cancel", ticket, {"reason": reason}, None, by)

    def reopen(self, ticket: str, reason: str, by: str | None = None) -> Recorded:
        return self.record("ticket.reopen", ticket, {"reason": reason}, None, by)

    def pause(
        self, ticket: str, reason: str, *, until_ms: int | None = None, by: str | None = None
    ) -> Recorded:
        """Stop a ticket's clock, to a known end or until it is resumed."""
        until = None if until_ms is None else format_time(until_ms)
        return self.record("ticket.pause", ticket, given(reason=reason, until=until), None, by)

    def resume(self, ticket: str, by: str | None = None) -> Recorded:
        return self.record("ticket.resume", ticket, {}, None, by)

    def note(self, ticket: str, text: str, by: str | None = None) -> Recorded:
        return self.record("ticket.note", ticket, {}, {"text": text}, by)

    # Members

    def register(
        self,
        unit: str,
        number: str,
        name: str,
        *,
        grid: str | None = None,
        phone: str | None = None,
        by: str | None = None,
    ) -> Recorded:
        data = given(unit=unit, number=number, name=name, grid=grid)
        return self.record("member.register", None, data, given(phone=phone), by)

    def edit_member(
        self, member: str, private: dict[str, Any] | None = None, by: str | None = None, **fields: Any
    ) -> Recorded:
        """Fields under their protocol names. `private` has phone."""
        return self.record("member.edit", member, fields, private, by)

    def assign(self, member: str, grid: str, by: str | None = None) -> Recorded:
        return self.record("member.assign", member, {"grid": grid}, None, by)

    def ask_for_correction(
        self, member: str, reason: str, by: str | None = None, *, about: str | None = None
    ) -> Recorded:
        """Something kept about a member is wrong (in the thing `about`): a dispatcher hears of it, and answers."""
        return self.record("member.request", member, {"reason": reason, **given(about=about)}, None, by)

    # Posts

    def propose_post(
        self,
        community: str,
        code: str,
        name: Name,
        seats: int,
        starts_on: str,
        *,
        ends_on: str | None = None,
        grid: str | None = None,
        skills: Sequence[str] | None = None,
        post: str | None = None,
        by: str | None = None,
    ) -> Recorded:
        """A post that is missing, or `post` as it should be: the desk takes it up, or does not."""
        data = {"code": code, "name": name, "community": community, "seats": seats, "from": starts_on}
        said = given(until=ends_on, grid=grid, skills=None if skills is None else [*skills])
        return self.record("post.put", post, {**data, **said}, None, by)

    def take_post(self, post: str, member: str, by: str | None = None) -> Recorded:
        """A member takes a seat of a post (领岗), to the end of its term."""
        return self.record("post.take", post, {"member": member}, None, by)

    def leave_post(self, post: str, member: str, by: str | None = None) -> Recorded:
        return self.record("post.leave", post, {"member": member}, None, by)

    # Activities and teams

    def open_activity(
        self,
        community: str,
        title: str,
        start: int,
        end: int,
        *,
        grid: str | None = None,
        team: str | None = None,
        category: str | None = None,
        place: str | None = None,
        by: str | None = None,
    ) -> Recorded:
        """A session, from `start` to `end` in milliseconds since 1970, as it is announced."""
        said = given(grid=grid, team=team, category=category, place=place)
        times = {"start": format_time(start), "end": format_time(end)}
        return self.record(
            "activity.open", None, {"community": community, "title": title, **times, **said}, None, by
        )

    def join_activity(self, activity: str, member: str, by: str | None = None) -> Recorded:
        """A member signs in (签到); whoever did so on another tablet is there once."""
        return self.record("activity.join", activity, {"member": member}, None, by)

    def propose_team(
        self,
        community: str,
        code: str,
        name: Name,
        *,
        theme: str | None = None,
        team: str | None = None,
        by: str | None = None,
    ) -> Recorded:
        """A team that is missing, or `team` as it should be: the desk takes it up, or does not."""
        data = {"code": code, "name": name, "community": community, **given(theme=theme)}
        return self.record("team.put", team, data, None, by)

    def join_team(self, team: str, member: str, by: str | None = None) -> Recorded:
        return self.record("team.join", team, {"member": member}, None, by)

    def leave_team(self, team: str, member: str, by: str | None = None) -> Recorded:
        return self.record("team.leave", team, {"member": member}, None, by)

    # The four ones

    def record_duty(
        self,
        unit: str,
        community: str,
        kind: str,
        *,
        on: str | None = None,
        topic: str | None = None,
        by: str | None = None,
    ) -> Recorded:
        """What a unit did for a community (四个一): CONTACT, SURVEY, TALK or SUMMARY. Without `on` it was today."""
        data = given(unit=unit, community=community, kind=kind, on=on, topic=topic)
        return self.record("duty.record", None, data, None, by)

    def void_duty(self, duty: str, reason: str, by: str | None = None) -> Recorded:
        """Takes back a duty that was recorded by mistake."""
        return self.record("duty.void", duty, {"reason": reason}, None, by)

    # Whistles

    def blow_whistle(
        self, ticket: str, lead: str, departments: Sequence[str], deadline: int, by: str | None = None
    ) -> Recorded:
        """Calls units to a ticket (吹哨), of which one leads; `deadline` in milliseconds since 1970."""
        data = {"ticket": ticket, "lead": lead, "departments": [*departments]}
        return self.record("whistle.blow", None, {**data, "deadline": format_time(deadline)}, None, by)

    def answer_whistle(
        self,
        whistle: str,
        answer: str,
        department: str | None = None,
        part: str | None = None,
        by: str | None = None,
    ) -> Recorded:
        """What a called unit says: COMING, DECLINED or DONE, and the part it takes."""
        said = given(department=department, part=part)
        return self.record("whistle.answer", whistle, {"answer": answer, **said}, None, by)

    def record_meeting(
        self, whistle: str, met: int, present: Sequence[str], record: str, by: str | None = None
    ) -> Recorded:
        """The record of a joint meeting (联席会), `met` in milliseconds since 1970."""
        data = {"met": format_time(met), "present": [*present], "record": record}
        return self.record("whistle.meet", whistle, data, None, by)

    # Evaluations

    def evaluation_of(self, member: str, community: str, period: str) -> str | None:
        """The id of the evaluation that is held of a member and period, as it is shown here."""
        raise NotImplementedError

    def evaluate(
        self,
        member: str,
        community: str,
        period: str,
        grade: str,
        *,
        words: str | None = None,
        by: str | None = None,
    ) -> Recorded:
        """What the branch found of a member (定期评价): EXCELLENT, QUALIFIED, BASIC or UNQUALIFIED.

        period: a month `2026-11`, a quarter `2026-Q4` or a year `2026`. Whoever holds one writes a new word on it.
        """
        entity = self.evaluation_of(member, community, period)
        data = given(member=member, community=community, period=period, grade=grade)
        return self.record("evaluation.submit", entity, data, given(words=words) or None, by)

    # Services and points

    def record_service(
        self,
        member: str,
        start: Moment | int,
        end: Moment | int | None = None,
        *,
        ticket: str | None = None,
        activity: str | None = None,
        summary: str | None = None,
        place: Place | None = None,
        by: str | None = None,
    ) -> Recorded:
        """One piece of work. A start or end is a reading (`moment()`), or a typed time in milliseconds.

        Without an end it ends now.
        """
        data = given(member=member, start=start, ticket=ticket, activity=activity)
        private = given(summary=summary, place=rounded(place))
        return self.record("service.record", None, {**data, "end": end}, private, by)

    def link(
        self, service: str, *, ticket: str | None = None, activity: str | None = None, by: str | None = None
    ) -> Recorded:
        return self.record("service.link", service, given(ticket=ticket, activity=activity), None, by)

    def void(self, service: str, reason: str, by: str | None = None) -> Recorded:
        return self.record("service.void", service, {"reason": reason}, None, by)

    def redeem(
        self, member: str, points: int, reward: str, by: str | None = None, *, item: str | None = None
    ) -> Recorded:
        """Points for a reward. `item` is one of the catalogue, `points` then its price; goods come with the verdict."""
        data = {"member": member, "points": points, "reward": reward, **given(item=item)}
        return self.record("points.redeem", None, data, None, by)

    def propose_reward(
        self,
        community: str,
        code: str,
        name: Name,
        points: int,
        starts_on: str,
        *,
        ends_on: str | None = None,
        stock: int | None = None,
        reward: str | None = None,
        by: str | None = None,
    ) -> Recorded:
        """A reward that is missing, or `reward` as it should be: the desk takes it up, or does not."""
        data = {"code": code, "name": name, "community": community, "points": points, "from": starts_on}
        return self.record("reward.put", reward, {**data, **given(until=ends_on, stock=stock)}, None, by)

    def adjust(self, member: str, points: int, reason: str, by: str | None = None) -> Recorded:
        """Proposes a credit, or a debit where `points` is below zero; it counts when a desk has confirmed it."""
        return self.record(
            "points.adjust", None, {"member": member, "points": points, "reason": reason}, None, by
        )

    def withdraw(self, adjustment: str, reason: str, by: str | None = None) -> Recorded:
        """Takes back what was proposed here, while nobody has confirmed it."""
        return self.record("points.withdraw", adjustment, {"reason": reason}, None, by)
