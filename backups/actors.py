"""Who changes a plan."""

from dataclasses import dataclass
from typing import Any

from backups.models import Commit
from devices.callers import Caller


@dataclass(frozen=True)
class Actor:
    """Who changes a plan. With a `generation`, the device must still have that one."""

    source: str
    by: str
    person_id: int | None = None
    device_id: int | None = None
    generation: int | None = None
    sets_clock: bool = False

    @classmethod
    def of(cls, caller: Caller) -> "Actor":
        """Return the actor behind a device token, of the device itself or of a person."""
        device, user = caller.device, caller.user
        held = {"device_id": device.pk, "generation": device.token_generation}
        if caller.by_key:
            return cls(Commit.Source.DEVICE, device.name, sets_clock=True, **held)
        return cls(Commit.Source.PERSON, str(user), person_id=user.pk, **held)

    @property
    def caller(self) -> str:
        """Whose idempotency keys its pushes are under."""
        return self.source if self.person_id is None else f"{self.source}:{self.person_id}"

    @property
    def who(self) -> dict[str, Any]:
        """The person, as rows about the past name them."""
        return {"by": self.by, "person_id": self.person_id}

    @classmethod
    def server(cls, by: str) -> "Actor":
        """Return the actor of a job of the server itself."""
        return cls(Commit.Source.SERVER, by)
