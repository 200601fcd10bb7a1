"""The OpenAPI document: compared with the code here, tried by schemathesis beside (D4, E14)."""

from pathlib import Path

ROOT = Path(__file__).parent
