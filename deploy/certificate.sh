#!/bin/sh
# Make an authority and a certificate of it, for development and until a real one is there:
#     deploy/certificate.sh FOLDER NAME…
# A program or browser that trusts FOLDER/authority.pem trusts the server. What is there stays.
set -eu

folder=$1
shift
[ $# -gt 0 ] || { echo "usage: $0 FOLDER NAME…" >&2; exit 2; }
[ ! -e "$folder/fullchain.pem" ] || exit 0

umask 077
# Whoever may see when it ends; the key in it is its owner's alone.
[ -d "$folder" ] || install -d -m 755 "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
names=$(printf 'DNS:%s,' "$@")

new_key() {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"
}

new_key "$work/authority.key"
openssl req -x509 -new -key "$work/authority.key" -sha256 -days 90 -out "$work/authority.pem" \
    -subj "/CN=Planner development authority" \
    -addext "basicConstraints=critical,CA:true,pathlen:0" \
    -addext "keyUsage=critical,keyCertSign,cRLSign"

new_key "$work/privkey.pem"
openssl req -new -key "$work/privkey.pem" -subj "/CN=$1" -out "$work/request.pem"
cat > "$work/extensions" <<EXTENSIONS
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = ${names%,}
EXTENSIONS
openssl x509 -req -in "$work/request.pem" -CA "$work/authority.pem" \
    -CAkey "$work/authority.key" -CAcreateserial -sha256 -days 90 \
    -extfile "$work/extensions" -out "$work/certificate.pem" 2>/dev/null

# The authority's key is thrown away: nobody can make another certificate of it.
install -m 644 "$work/authority.pem" "$folder/authority.pem"
install -m 600 "$work/privkey.pem" "$folder/privkey.pem"
cat "$work/certificate.pem" "$work/authority.pem" > "$folder/fullchain.pem"
chmod 644 "$folder/fullchain.pem"
