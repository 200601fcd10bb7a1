"""Whatever people, the device and staff do in whatever order: no illegal state, no stray owner."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import User
from devices import claims, lifecycle
from devices.lifecycle import MOVES
from devices.models import Claim, Device, Membership
from planner.models import Bucket
from planner.problems import RuleError
from tests.factories import make_unit, make_user

PEOPLE = ("alice", "bob")


class LifeOfADevice(RuleBasedStateMachine):
    """One unit, two people who know its code, the device itself, and staff."""

    def __init__(self) -> None:
        super().__init__()
        Bucket.objects.all().delete()
        User.objects.all().delete()
        self.people = {name: make_user(name) for name in PEOPLE}
        self.unit = make_unit()
        self.confirmed: set = set()
        self.device = self.read()
        self.claim_states: dict = {}

    def read(self) -> Device:
        return Device.objects.get(serial=self.unit.serial)

    def attempt(self, call, *arguments, **options):
        """Do it, or take the rule's no for an answer."""
        try:
            return call(*arguments, **options)
        except RuleError:
            return None

    @rule(who=st.sampled_from(PEOPLE))
    def claim(self, who):
        label = {"serial": self.unit.serial, "code": self.unit.code, "name": who}
        made = self.attempt(claims.claim, self.people[who], **label, address="192.0.2.1")
        if made and made.state == "accepted":
            assert not self.device.claimed_before

    @rule(accept=st.booleans())
    def answer(self, accept):
        made = self.attempt(claims.answer, self.read(), accept=accept)
        if made and accept:
            self.confirmed.add(made.pk)

    @rule()
    def cancel(self):
        waiting = claims.pending_of(self.read())
        if waiting:
            claims.cancel(waiting)

    @rule(who=st.sampled_from(PEOPLE))
    def part(self, who):
        self.attempt(lifecycle.part, self.read(), by=self.people[who])

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
    def forget_the_hour(self):
        """An hour passes as far as the limits on prompts go."""
        Claim.objects.update(created_at="2026-01-01T00:00Z")

    @invariant()
    def every_step_was_legal(self):
        before, self.device = self.device, self.read()
        assert before.state == self.device.state or self.device.state in MOVES[before.state]
        for claim in Claim.objects.all():
            old = self.claim_states.get(claim.pk, claim.state)
            assert old == claim.state or claim.state in MOVES[old]
            self.claim_states[claim.pk] = claim.state

    @invariant()
    def whoever_loses_the_device_loses_the_tokens(self):
        before = getattr(self, "seen", self.device)
        self.seen = self.device
        if before.claim != self.device.claim or before.state != self.device.state:
            unblocked = before.state == "blocked" and before.claim == self.device.claim
            assert unblocked or self.device.token_generation > before.token_generation

    @invariant()
    def there_is_an_owner_exactly_while_there_is_a_claim(self):
        owners = Membership.objects.filter(device=self.device, role="owner").count()
        assert owners == Membership.objects.filter(device=self.device).count()
        assert owners == (1 if self.device.claim else 0)

    @invariant()
    def no_claim_but_the_first_stands_without_the_devices_yes(self):
        first = Claim.objects.filter(device=self.device).order_by("created_at", "expires_at")
        accepted = Claim.objects.filter(device=self.device, state="accepted").first()
        if accepted and accepted.expires_at is not None:
            assert accepted.pk in self.confirmed
        assert first.filter(expires_at=None).count() <= 1


class LifeTest(TestCase):
    """Runs the machine with a transaction around each example."""

    def run_machine(self, examples: int, steps: int) -> None:
        run_state_machine_as_test(
            LifeOfADevice,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )

    def test_no_order_of_steps_leads_to_an_illegal_state(self):
        self.run_machine(examples=20, steps=20)

    @pytest.mark.nightly
    def test_no_order_of_ten_thousand_steps_leads_to_an_illegal_state(self):
        self.run_machine(examples=400, steps=30)
