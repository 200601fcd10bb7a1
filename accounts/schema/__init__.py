"""What the API's document says about people."""

from accounts.schema import me, tokens

__all__ = ["me", "tokens"]
