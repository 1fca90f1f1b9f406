"""THE TABLE of what must hold: when it is looked at, what it is about, and the function that looks.

`lost`, `diverged`, `ledger_drift` and `undrained` are what a run's summary counts; everything else
is a violation by its own name. A new kind of change needs its invariant here.
"""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from tests.simulation import calls, grounds, holding, judging, keeping, lasting, ledger, standing
from tests.simulation.scene import Invariant, Scene
from tests.simulation.witness import Violation

About = Literal["lost", "diverged", "ledger_drift", "undrained", "rules", "scope"]


class Row(NamedTuple):
    """`always`: after every settlement; otherwise in the end, when everything has been heard.

    kinds: the kinds of change that it is about, by their names with a space between; none where it is about all.
    """

    name: str
    about: About
    always: bool
    holds: Invariant
    kinds: str = ""


INVARIANTS: Final = (
    Row("nothing recorded is lost", "lost", True, keeping.nothing_recorded_is_lost),
    Row("what was acknowledged is there", "lost", True, keeping.what_was_acknowledged_is_there),
    Row("what a desk heard is there", "lost", True, keeping.what_a_desk_heard_is_there),
    Row("no service is lost", "lost", True, keeping.no_service_is_lost, "service.record"),
    Row(
        "what was opened is there",
        "lost",
        True,
        keeping.what_was_opened_is_there,
        "ticket.open member.register points.redeem",
    ),
    Row(
        "a service counts unless somebody doubts it",
        "lost",
        True,
        lasting.a_service_counts_unless_somebody_doubts_it,
        "service.record",
    ),
    Row("counted services stay", "lost", True, lasting.counted_services_stay, "service.record"),
    Row("the log and the ledger only grow", "lost", True, lasting.the_log_and_the_ledger_only_grow),
    Row("notes only grow", "lost", True, keeping.notes_only_grow, "ticket.note"),
    Row("pauses only grow", "lost", True, keeping.pauses_only_grow, "ticket.pause ticket.resume"),
    Row("requests reach a person", "lost", True, keeping.requests_reach_a_person, "member.request"),
    Row("who was revoked stays revoked", "scope", True, keeping.who_was_revoked_stays_revoked),
    Row("what a restore lost is told", "lost", True, keeping.what_a_restore_lost_is_told),
    Row("outboxes keep what is undecided", "lost", True, holding.tablets_let_go_of_nothing_undecided),
    Row("everything is decided", "undrained", True, keeping.everything_is_decided),
    Row("what waits, waits for something", "undrained", True, keeping.what_waits_waits_for_something),
    Row("scope is what was known", "scope", True, keeping.the_scope_is_the_one_it_knew),
    Row("nobody reaches beyond their own", "scope", True, keeping.nobody_reaches_beyond_their_own),
    Row(
        "only offices do what is theirs",
        "scope",
        True,
        lasting.only_offices_do_what_is_theirs,
        " ".join(lasting.OF_OFFICES),
    ),
    Row(
        "nobody takes back another's",
        "scope",
        True,
        lasting.nobody_takes_back_anothers,
        " ".join(lasting.TAKES_BACK),
    ),
    Row("tablets hold their own only", "scope", True, holding.tablets_hold_their_own_only),
    Row("tablets and hub agree", "diverged", True, holding.tablets_and_hub_agree),
    Row("one holder per seat", "rules", True, standing.one_holder_per_seat, "ticket.claim ticket.start"),
    Row(
        "confirmed seats stay",
        "rules",
        True,
        standing.confirmed_seats_stay,
        "ticket.claim ticket.decline ticket.release",
    ),
    Row(
        "no post's seat is held twice",
        "rules",
        True,
        standing.no_posts_seat_is_held_twice,
        "post.put post.take post.leave",
    ),
    Row(
        "confirmed holders stay",
        "rules",
        True,
        lasting.confirmed_holders_stay,
        "post.take post.leave team.join team.leave",
    ),
    Row(
        "what was told is told otherwise with a reason only",
        "rules",
        True,
        lasting.what_was_told_is_told_otherwise_with_a_reason_only,
    ),
    Row("what residents gave stands", "rules", True, judging.what_residents_gave_stands, "ticket.rate"),
    Row("one evaluation a period", "rules", True, judging.one_evaluation_a_period, "evaluation.submit"),
    Row("what is closed stays", "rules", True, judging.what_is_closed_stays),
    Row("one duty counts a period", "rules", True, standing.one_duty_counts_a_period, "duty.record"),
    Row(
        "nobody signs in twice",
        "rules",
        True,
        standing.nobody_signs_in_twice,
        "activity.open activity.join service.link",
    ),
    Row(
        "nobody is in a team twice", "rules", True, standing.nobody_is_in_a_team_twice, "team.join team.leave"
    ),
    Row(
        "everybody who was named is called",
        "rules",
        True,
        calls.everybody_who_was_named_is_called,
        "whistle.blow",
    ),
    Row(
        "every department's last answer stands",
        "rules",
        True,
        calls.every_departments_last_answer_stands,
        "whistle.answer",
    ),
    Row("every meeting is on record", "rules", True, calls.every_meeting_is_on_record, "whistle.meet"),
    Row("who is overdue was silent", "rules", True, calls.who_is_overdue_was_silent),
    Row(
        "a team's points are its activities'",
        "ledger_drift",
        True,
        ledger.a_teams_points_are_its_activities,
        "team.put activity.join",
    ),
    Row(
        "work done is never undone",
        "rules",
        True,
        standing.work_done_is_never_undone,
        "ticket.finish ticket.reopen",
    ),
    Row("the latest stands", "rules", True, standing.the_latest_stands, "ticket.edit"),
    Row("the higher office stands", "rules", True, standing.the_higher_office_stands, "ticket.edit"),
    Row(
        "elements are those nobody removed",
        "rules",
        True,
        standing.elements_are_those_nobody_removed,
        "ticket.edit member.edit",
    ),
    Row("who lost, lost to an earlier one", "rules", True, standing.who_lost_lost_to_an_earlier_one),
    Row("who is told full had seen it", "rules", True, standing.who_is_told_full_had_seen_it),
    Row("who was outranked had not seen it", "rules", True, standing.who_was_outranked_had_not_seen_it),
    Row("one member per person", "rules", True, standing.one_member_per_person, "member.register"),
    Row(
        "confirmed members stay", "rules", True, standing.confirmed_members_stay, "member.merge member.split"
    ),
    Row(
        "every state has its step",
        "rules",
        True,
        grounds.every_state_has_its_step,
        " ".join(grounds.STEPS.values()),
    ),
    Row("links stand", "rules", True, grounds.links_stand, "service.link"),
    Row("what was voided is void", "rules", True, grounds.what_was_voided_is_void, "service.void duty.void"),
    Row("who is placed was placed", "rules", True, grounds.who_is_placed_was_placed, "member.assign"),
    Row(
        "tablets carry what they were given",
        "scope",
        True,
        grounds.tablets_carry_what_they_were_given,
        "device.assign",
    ),
    Row(
        "the district is its offices'",
        "rules",
        True,
        grounds.the_district_is_its_offices,
        "community.put unit.put grid.put pointRule.put",
    ),
    Row("what was redacted is gone", "rules", True, grounds.what_was_redacted_is_gone, "ticket.redact"),
    Row("rulings stand", "rules", True, grounds.rulings_stand, "conflict.rule"),
    Row("deeds keep their bounds", "rules", True, standing.deeds_keep_their_bounds),
    Row("deeds are when they were done", "rules", True, standing.deeds_are_when_they_were_done),
    Row("balances are sums", "ledger_drift", True, ledger.balances_are_the_sums_of_entries),
    Row("no redemption goes below zero", "ledger_drift", True, ledger.no_redemption_goes_below_zero),
    Row("every redemption is paid", "ledger_drift", True, ledger.every_redemption_is_paid, "points.redeem"),
    Row(
        "no points are adjusted by one person",
        "ledger_drift",
        True,
        ledger.no_points_are_adjusted_by_one_person,
        "points.adjust points.confirm points.withdraw",
    ),
    Row(
        "what expired was old and not spent",
        "ledger_drift",
        True,
        ledger.what_expired_was_old_and_not_spent,
        "pointExpiry.put",
    ),
    Row(
        "no reward is given twice",
        "rules",
        True,
        ledger.no_reward_is_given_twice,
        "reward.put points.redeem",
    ),
    Row(
        "the ledger is a recount",
        "ledger_drift",
        True,
        ledger.the_ledger_is_what_a_recount_gives,
        "points.recount",
    ),
    Row("time is counted once", "ledger_drift", True, ledger.time_is_counted_once),
    Row("tablets hold what the hub has", "diverged", False, holding.every_tablet_holds_what_the_hub_has),
    Row("every author has heard", "undrained", False, holding.every_author_has_heard),
)
SEEN: Final[dict[str, About]] = {
    "scope": "scope",
    "agreement": "diverged",
    "epochs": "diverged",
    "a restore": "lost",
    "no failure": "rules",
    "kept": "lost",
    "synced is true": "diverged",
    "replay": "diverged",
    "drained": "undrained",
}
"""What the witness and the world see by themselves, without a table."""
ABOUT: Final[dict[str, About]] = {row.name: row.about for row in INVARIANTS} | SEEN
KINDS: Final = frozenset(kind for row in INVARIANTS for kind in row.kinds.split())
"""Every kind of change that an invariant is about by name."""
TOLD: Final = 5
"""How many sentences of one invariant are kept: the first ones say it all."""


def violations(scene: Scene, *, end: bool) -> Iterator[Violation]:
    """Everything that does not hold at this look."""
    for row in INVARIANTS:
        if row.always or end:
            for number, sentence in enumerate(row.holds(scene)):
                if number >= TOLD:
                    break
                yield Violation(row.name, sentence)
