#!/bin/sh
# certbot runs this when it has a new certificate: nginx reads it at its next reload.
set -eu

install -m 600 "$RENEWED_LINEAGE/privkey.pem" /etc/planner/tls/privkey.pem
install -m 644 "$RENEWED_LINEAGE/fullchain.pem" /etc/planner/tls/fullchain.pem
systemctl reload nginx
