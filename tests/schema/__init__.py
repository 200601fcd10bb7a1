"""The OpenAPI document: compared with the code here, tried by schemathesis in `__main__` (E14)."""

from pathlib import Path

ROOT = Path(__file__).parent
