#!/bin/sh
# Print the path of a Chromium for the browser tests; install Debian's if there is none.
set -eu

find_chromium() {
    for name in /usr/bin/chromium chromium chromium-browser google-chrome; do
        command -v "$name" && return 0
    done
    return 1
}

find_chromium && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >&2
    apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
    find_chromium && exit 0
fi
echo "The browser tests need Chromium in PATH: install it (on Debian: apt install chromium)." >&2
exit 1
