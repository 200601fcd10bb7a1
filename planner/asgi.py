"""The ASGI door, for those who wait for news; deploy/gunicorn_live.conf.py tells how it is run.

nginx sends it the two addresses of news alone. It serves all others too, one request at a time, so
that a server for development is one process without a proxy.
"""

import os

import django
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")
django.setup(set_prefix=False)

application = import_string("backups.waiting.Waiting")()
