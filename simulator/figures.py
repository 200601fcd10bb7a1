"""What a fleet counts while it runs, and how it is told in the end."""

from collections import Counter
from dataclasses import dataclass, field
from statistics import median, quantiles


@dataclass
class Figures:
    """Counts of one run; `seconds` holds how long each answer took."""

    requests: int = 0
    not_modified: int = 0
    acknowledged: int = 0
    changes: int = 0
    errors: Counter = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return the figures in words."""
        told = [
            f"requests              {self.requests}",
            f"304 not modified      {self.not_modified}",
            f"pushes acknowledged   {self.acknowledged} ({self.changes} changes)",
        ]
        if self.seconds:
            last = quantiles(self.seconds, n=20)[-1] if len(self.seconds) > 1 else self.seconds[0]
            told += [
                f"latency, median       {median(self.seconds) * 1000:.1f} ms",
                f"latency, p95          {last * 1000:.1f} ms",
            ]
        told += [f"error {slug:<15} {count}" for slug, count in sorted(self.errors.items())]
        return told if self.errors else [*told, "errors                0"]
