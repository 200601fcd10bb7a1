"""Whatever people, the device and staff do in whatever order: no illegal state, no stray member."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import User
from devices import claims, invitations, lifecycle, members, prompts, roles
from devices.lifecycle import MOVES
from devices.models import Claim, Device
from planner.models import Bucket
from planner.problems import RuleError
from tests.factories import make_unit, make_user

PEOPLE = st.sampled_from(("alice", "bob", "carol"))
YES = st.booleans()


class LifeOfADevice(RuleBasedStateMachine):
    """One unit, three people who know its code, the device itself, and staff.

    `asked` are the claims that got a yes of the device or of the owner, `guests` the people who
    got one of the owner's invitations accepted; nobody else may ever have a part in the device.
    """

    def __init__(self) -> None:
        super().__init__()
        for model in (Bucket, Claim, User):
            model.objects.all().delete()
        self.people = {name: make_user(name) for name in ("alice", "bob", "carol")}
        self.unit, self.other = make_unit(), make_unit()
        self.device = self.read()
        self.asked: set = set()
        self.guests: set[str] = set()
        self.secrets: list[str] = []
        self.states: dict = {}

    def read(self) -> Device:
        return Device.objects.get(serial=self.unit.serial)

    def attempt(self, call, *arguments, **options):
        """Do it, or take the rule's no for an answer."""
        try:
            return call(*arguments, **options)
        except RuleError:
            return None

    def owner(self) -> User:
        """The owner, or somebody who tries."""
        found = self.read().memberships.filter(role="owner").first()
        return found.user if found else self.people["alice"]

    def member(self, name: str) -> int:
        found = self.read().memberships.filter(user=self.people[name]).first()
        return found.pk if found else 0

    @rule(who=PEOPLE, right=st.sampled_from((True, True, True, False)))
    def claim(self, who, right):
        code = self.unit.code if right else self.other.code
        label = {"serial": self.unit.serial, "code": code, "name": who}
        made = self.attempt(claims.claim, self.people[who], **label, address="192.0.2.1")
        if made and made.state == "accepted":
            assert not self.device.claimed_before
            self.asked.add(made.pk)
        assert right or made is None

    @rule(accept=YES)
    def answer(self, accept):
        made = self.attempt(claims.answer, self.read(), accept=accept)
        if made and accept:
            self.asked.add(made.pk)

    @rule(accept=YES)
    def another_device_answers(self, accept):
        other = Device.objects.get(serial=self.other.serial)
        assert self.attempt(claims.answer, other, accept=accept) is None

    @rule(who=PEOPLE, accept=YES)
    def decide(self, who, accept):
        waiting = self.read().claims.requests().order_by("user").first()
        if waiting is None:
            return
        by, owner = self.people[who], self.owner()
        made = self.attempt(claims.decide, self.read(), waiting.pk, by=by, accept=accept)
        assert made is None or by == owner
        if made and accept:
            self.asked.add(made.pk)

    @rule()
    def cancel(self):
        waiting = prompts.on_screen(self.read())
        if waiting:
            claims.cancel(waiting)

    @rule(wanted=YES)
    def take_requests(self, wanted):
        self.attempt(members.take_requests, self.read(), by=self.owner(), wanted=wanted)

    @rule(who=PEOPLE)
    def invite(self, who):
        by, owner = self.people[who], self.owner()
        made = self.attempt(invitations.invite_by_link, self.read(), by=by, role="viewer")
        assert made is None or by == owner
        self.secrets += [made[1]] if made else []

    @rule(who=PEOPLE)
    def accept(self, who):
        if self.secrets and self.attempt(
            invitations.accept, self.secrets.pop(0), by=self.people[who]
        ):
            self.guests.add(who)

    @rule(who=PEOPLE, by=PEOPLE)
    def remove(self, who, by):
        owner = self.owner()
        gone = self.attempt(members.remove, self.read(), self.member(who), by=self.people[by])
        assert gone is None or self.people[by] == owner

    @rule(who=PEOPLE)
    def offer(self, who):
        self.attempt(members.offer, self.read(), self.member(who), by=self.owner())

    @rule(who=PEOPLE)
    def take_over(self, who):
        place = self.read().memberships.filter(user=self.people[who]).first()
        is_offered = place is not None and place.is_offered
        self.attempt(members.take_over, self.read(), by=self.people[who])
        assert is_offered == (is_offered and self.owner() == self.people[who])

    @rule(who=PEOPLE, role=st.sampled_from(sorted(roles.EVERYBODY)))
    def part(self, who, role):
        self.attempt(lifecycle.part, self.read(), by=self.people[who], role=role)

    @rule()
    def reset(self):
        lifecycle.reset(self.read())

    @rule()
    def block(self):
        self.attempt(lifecycle.block, self.read())

    @rule()
    def unblock(self):
        self.attempt(lifecycle.unblock, self.read())

    @rule()
    def an_hour_passes(self):
        """As far as the limits on prompts, and what a device asks, go; requests still wait."""
        Claim.objects.filter(joins=False, state="pending").update(expires_at="2026-01-01T00:00Z")
        Claim.objects.update(created_at="2026-01-01T00:00Z")
        Bucket.objects.all().delete()

    @invariant()
    def every_step_was_legal(self):
        before, self.device = self.device, self.read()
        assert before.state == self.device.state or self.device.state in MOVES[before.state]
        for claim in Claim.objects.all():
            old = self.states.get(claim.pk, claim.state)
            assert old == claim.state or claim.state in MOVES[old]
            self.states[claim.pk] = claim.state

    @invariant()
    def whoever_loses_the_device_loses_the_tokens(self):
        people = set(self.device.memberships.values_list("user", flat=True))
        before, were = getattr(self, "seen", (self.device, people))
        self.seen = self.device, people
        unblocked = before.state == "blocked" and before.claim == self.device.claim
        shut = before.state != self.device.state and not unblocked
        if before.claim != self.device.claim or shut or were - people:
            assert self.device.token_generation > before.token_generation

    @invariant()
    def there_is_one_owner_exactly_while_there_is_a_claim(self):
        owners = self.device.memberships.filter(role="owner").count()
        assert owners == (1 if self.device.claim else 0)
        assert self.device.claim or not self.device.memberships.exists()
        assert self.device.claim or not self.device.invitations.exists()

    @invariant()
    def nobody_has_a_part_without_somebodys_yes(self):
        """C5"""
        for place in self.device.memberships.select_related("user"):
            own = Claim.objects.filter(user=place.user, state__in=["accepted", "joined", "ended"])
            assert place.user.username in self.guests or any(one.pk in self.asked for one in own)

    @invariant()
    def what_waits_is_of_its_kind(self):
        waiting = Claim.objects.filter(state="pending")
        kinds = {one.joins for one in waiting}
        assert kinds <= {self.device.claim is not None}


class LifeTest(TestCase):
    """Runs the machine with a transaction around each example."""

    def run_machine(self, examples: int, steps: int) -> None:
        run_state_machine_as_test(
            LifeOfADevice,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                phases=(Phase.explicit, Phase.reuse, Phase.generate),
                suppress_health_check=list(HealthCheck),
            ),
        )

    def test_no_order_of_steps_leads_to_an_illegal_state(self):
        """C5"""
        self.run_machine(examples=15, steps=30)

    @pytest.mark.nightly
    def test_no_order_of_ten_thousand_steps_leads_to_an_illegal_state(self):
        """C5"""
        self.run_machine(examples=250, steps=40)
