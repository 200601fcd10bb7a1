#!/bin/sh
# Make the secrets that Planner needs, a file each; those that are there stay:
#     deploy/secrets.sh FOLDER [OWNER]
set -eu

folder=$1 owner=${2:-}
umask 077
mkdir -p "$folder"
for name in SECRET_KEY USER_TOKEN_KEYS DEVICE_TOKEN_KEYS CLAIM_PEPPERS SECOND_FACTOR_KEYS; do
    [ ! -s "$folder/$name" ] || continue
    # A ring of keys names each of them.
    [ $name = SECRET_KEY ] && id= || id=$(date +%Y-%m):
    echo "$id$(head -c 48 /dev/urandom | base64 -w 0)" > "$folder/$name"
    [ -z "$owner" ] || chown "$owner" "$folder/$name"
    echo "made $name"
done
# Former values of SECRET_KEY; deploy/rotate.py fills it.
if [ ! -e "$folder/SECRET_KEY_FALLBACKS" ]; then
    : > "$folder/SECRET_KEY_FALLBACKS"
    [ -z "$owner" ] || chown "$owner" "$folder/SECRET_KEY_FALLBACKS"
fi
