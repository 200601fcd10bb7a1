"""A whole machine with Debian 12: deploy/install.sh, and what systemd makes of it."""
