#!/bin/bash
# Set Planner up on a bare Debian 12, or bring an installation up to the code around this script:
#     deploy/install.sh HOST [--letsencrypt EMAIL]
# It may be run again at any time: what is as it should be stays, secrets and settings always.
# With --root FOLDER it writes files alone, below that folder, and leaves the system as it is.
set -euo pipefail

code=$(cd "$(dirname "$0")/.." && pwd)
root="" letsencrypt="" host="" changed=0
services=(planner-sync planner-pages planner-live planner-staff)
roles=(planner_owner planner_app planner_staff planner_backup)
packages=(nginx postgresql python3-venv openssl age)

main() {
    read_arguments "$@"
    umask 022
    if [ -z "$root" ]; then
        install_packages
        make_users
        make_database
        install_libraries
    fi
    make_folders
    make_settings
    make_secrets
    make_certificate
    put_units
    put_nginx
    export PLANNER_ETC=$root/etc/planner
    fill_database_and_static
    if [ -z "$root" ]; then
        start
    fi
    [ $changed = 1 ] || echo "Nothing had to be changed."
}

read_arguments() {
    while [ $# -gt 0 ]; do
        case $1 in
            --root) root=$2; shift 2 ;;
            --letsencrypt) letsencrypt=$2; shift 2 ;;
            -*) usage ;;
            *) [ -z "$host" ] || usage; host=$1; shift ;;
        esac
    done
    [[ $host =~ ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$ ]] || usage
    if [ -z "$root" ] && [ "$(id -u)" != 0 ]; then
        echo "This has to be run by root." >&2
        exit 1
    fi
}

usage() {
    echo "usage: $0 HOST [--letsencrypt EMAIL] [--root FOLDER]" >&2
    exit 2
}

say() {
    echo "$*"
    changed=1
}

# put MODE FILE [GROUP]: write what comes in, unless the file holds just that already. In a pipe it
# would be another shell that learns of the change.
put() {
    local mode=$1 file=$root$2 group=${3:-root} new
    new=$(mktemp)
    cat > "$new"
    if ! cmp -s "$new" "$file" || [ "$(stat -c %a "$file")" != "$mode" ]; then
        if [ -n "$root" ]; then
            install -D -m "$mode" "$new" "$file"
        else
            install -D -m "$mode" -g "$group" "$new" "$file"
        fi
        say "wrote $2"
    fi
    rm -f "$new"
}

# folder MODE FOLDER [OWNER]
folder() {
    [ "$(stat -c %a "$root$2" 2>/dev/null)" != "$1" ] || return 0
    if [ -n "$root" ]; then
        install -d -m "$1" "$root$2"
    else
        install -d -m "$1" -o "${3:-root}" -g "${4:-root}" "$2"
    fi
    say "made $2"
}

install_packages() {
    local missing=() package
    [ -z "$letsencrypt" ] || packages+=(certbot)
    for package in "${packages[@]}"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "ok installed" \
            || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    # Its first cluster is made right then: it shall notice a page that the disk has garbled.
    [[ " ${missing[*]} " != *" postgresql "* ]] \
        || put 644 /etc/postgresql-common/createcluster.d/planner.conf \
            <<< "initdb_options = '--data-checksums'"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${missing[@]}"
    say "installed ${missing[*]}"
}

# A user of the system is the role of the database with the same name.
make_users() {
    local role
    for role in "${roles[@]}"; do
        ! getent passwd "$role" >/dev/null || continue
        useradd --system --user-group --no-create-home --home-dir /nonexistent \
            --shell /usr/sbin/nologin "$role"
        say "made the user $role"
    done
}

make_database() {
    systemctl enable --now postgresql >/dev/null 2>&1
    runuser -u postgres -- psql -qX < "$code/deploy/postgresql/roles.sql" >/dev/null
}

install_libraries() {
    local stamp=$code/.venv/.requirements
    ! cmp -s "$code/requirements.txt" "$stamp" || return 0
    [ -x "$code/.venv/bin/python" ] || python3 -m venv "$code/.venv"
    "$code/.venv/bin/python" -m pip install --quiet --require-hashes -r "$code/requirements.txt"
    cp "$code/requirements.txt" "$stamp"
    say "installed the libraries"
}

make_folders() {
    folder 755 /etc/planner
    folder 700 /etc/planner/secrets
    # Whoever may see when the certificate ends; the key in it is root's alone.
    folder 755 /etc/planner/tls
    folder 755 /var/lib/planner
    folder 755 /var/lib/planner/static planner_owner planner_owner
    folder 755 /var/www/letsencrypt
    # The copies in it are encrypted and for their makers alone; when the last one was made, all may see.
    folder 775 /var/backups/planner postgres planner_backup
}

# What an operator may change by hand, so it is written once.
make_settings() {
    [ ! -e "$root/etc/planner/environment" ] || return 0
    put 644 /etc/planner/environment <<ENVIRONMENT
# docs/settings.md tells what there is. Secrets have files of their own in /etc/planner/secrets.
ALLOWED_HOSTS=$host
SITE_URL=https://$host
# Without a user: each service's own is its role.
DATABASE_URL=${DATABASE_URL:-postgres:///planner?host=/run/postgresql}
STATIC_ROOT=$root/var/lib/planner/static
ENVIRONMENT
}

make_secrets() {
    local made
    made=$("$code/deploy/secrets.sh" "$root/etc/planner/secrets")
    [ -z "$made" ] || say "$made"
}

make_certificate() {
    local tls=$root/etc/planner/tls
    if [ ! -e "$tls/fullchain.pem" ]; then
        "$code/deploy/certificate.sh" "$tls" "$host" 2>/dev/null
        say "made a certificate that only its own authority trusts"
    fi
    # certbot keeps the hook's path for years, and a release's folder may go.
    put 755 /etc/planner/renewed.sh < "$code/deploy/renewed.sh"
}

put_units() {
    local file
    cd "$code/deploy/systemd"
    for file in planner-*.* planner-*.d/*; do
        [ -f "$file" ] || continue
        put 644 "/etc/systemd/system/$file" < <(sed "s#/opt/planner#$code#" "$file")
    done
}

put_nginx() {
    local file
    cd "$code/nginx"
    for file in planner/*.conf; do
        put 644 "/etc/nginx/$file" < "$file"
    done
    put 644 /etc/nginx/conf.d/planner.conf < <(sed "s/planner\.example/$host/" planner.conf)
    put 644 /etc/nginx/modules-enabled/90-planner.conf < main.conf
    # Debian's number, which is too small where thousands wait for news; another one is somebody's choice.
    if grep -qs "worker_connections 768;" "$root/etc/nginx/nginx.conf"; then
        sed -i "s/worker_connections 768;/worker_connections 8192;/" "$root/etc/nginx/nginx.conf"
        say "let nginx hold 8192 connections a process"
    fi
    # Debian's page for a server without sites takes the place of our default server.
    if [ -e "$root/etc/nginx/sites-enabled/default" ]; then
        rm "$root/etc/nginx/sites-enabled/default"
        say "took Debian's default site away"
    fi
}

fill_database_and_static() {
    local manage=$code/deploy/manage stamp=$root/var/lib/planner/static/.made told
    told=$("$manage" migrate --no-input)
    [[ $told != *Applying* ]] || say "migrated the database"
    # Another release in another folder may be the older one: the way back.
    if is_older "$stamp" || [ "$(cat "$stamp")" != "$code" ]; then
        "$manage" collectstatic --no-input --verbosity 0
        "$manage" error_pages
        echo "$code" > "$stamp"
        say "gathered the static files"
    fi
}

# is_older FILE: tell whether something that the static files are made of is newer.
is_older() {
    [ ! -e "$1" ] && return
    [ -n "$(cd "$code" && find static templates locale requirements.txt -newer "$1" -print -quit)" ]
}

start() {
    local first=0
    systemctl is-enabled --quiet planner-chores.timer 2>/dev/null || first=1
    systemctl daemon-reload
    systemctl enable --quiet --now "${services[@]/%/.socket}" planner-{chores,backup}.timer
    systemctl enable --quiet "${services[@]}" planner-mails nginx
    nginx -t -q
    if [ $changed = 1 ]; then
        # Who comes meanwhile waits at the sockets.
        systemctl restart "${services[@]}" planner-mails
        systemctl reload-or-restart nginx
    else
        systemctl start "${services[@]}" planner-mails nginx
    fi
    # Not only within the hour: then it is known at once that they can be done.
    [ $first = 0 ] || systemctl start planner-chores
    if [ -n "$letsencrypt" ] && [ ! -e "/etc/letsencrypt/live/$host" ]; then
        certbot certonly --non-interactive --agree-tos --email "$letsencrypt" --key-type ecdsa \
            --webroot --webroot-path /var/www/letsencrypt --domain "$host" \
            --deploy-hook /etc/planner/renewed.sh
        say "got a certificate from Let's Encrypt"
    fi
}

main "$@"
