"""gunicorn for those who wait for news.

`gunicorn -c deploy/gunicorn_live.conf.py planner.asgi:application`
"""

worker_class = "uvicorn_worker.UvicornWorker"
# One process holds thousands; each more costs a connection that listens and one that asks.
workers = 1
timeout = 30
graceful_timeout = 30
# Longer than the proxy's, so that it never sends a request into a connection that is closing.
keepalive = 75
control_socket_disable = True
loglevel = "warning"
