#!/bin/bash
# Make FOLDER/root, a bare Debian 12, and beside it what a machine would fetch from the network:
#     tests/boot/base.sh CODE FOLDER
# The packages lie in its cache and the libraries in /srv, so that it can be set up without one.
set -euo pipefail

code=$1 folder=$2
packages=$(sed -n 's/^packages=(\(.*\))$/\1/p' "$code/deploy/install.sh")
# What an operator may add, and an authority for certificates.
packages+=" pgbouncer certbot pebble"
root=$folder/root
mkdir -p "$folder"
if [ "$(cat "$folder/made" 2>/dev/null)" != "$packages" ]; then
    rm -rf "$root"
    # A hook's "$1" is the folder of the new root.
    # shellcheck disable=SC2016
    mmdebstrap --quiet --variant=important --include=ca-certificates,dbus,git --skip=cleanup/apt \
        --customize-hook='chroot "$1" apt-get install -y -qq --no-install-recommends --download-only '"$packages" \
        --customize-hook='rm "$1/etc/resolv.conf"; : > "$1/etc/machine-id"' \
        bookworm "$root"
    printf '[global]\nno-index = true\nfind-links = /srv/libraries\n' > "$root/etc/pip.conf"
    echo "$packages" > "$folder/made"
fi
if ! cmp -s "$code/requirements.txt" "$root/srv/requirements.txt"; then
    rm -rf "$root/srv/libraries"
    "$code/.venv/bin/python" -m pip download --quiet --require-hashes --only-binary :all: \
        --python-version 3.11 --dest "$root/srv/libraries" --requirement "$code/requirements.txt"
    cp "$code/requirements.txt" "$root/srv/requirements.txt"
fi
