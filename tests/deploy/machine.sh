#!/bin/bash
# Run deploy/install.sh as root on a copy of this machine: tests/deploy/machine.sh CODE PYTHON
# All that is written goes into memory and is gone with it (unshare, overlayfs). There is no systemd in
# it: what the script asks systemctl is noted, and the cluster is started by Debian's own tool.
set -euo pipefail

code=$1 python=$2
export PATH=/usr/sbin:/usr/bin:/sbin:/bin

if [ -z "${PLANNER_INSIDE:-}" ]; then
    place=/dev/shm
    mount -t tmpfs tmpfs $place
    mkdir $place/upper $place/work $place/root
    mount -t overlay overlay -o "lowerdir=/,upperdir=$place/upper,workdir=$place/work" $place/root
    mount -t proc proc $place/root/proc
    mount --rbind /dev $place/root/dev
    PLANNER_INSIDE=yes exec chroot $place/root "$0" "$@"
fi

cat > /usr/bin/systemctl <<'SYSTEMCTL'
#!/bin/bash
echo "$*" >> /run/asked
if [[ "$*" == *"--now postgresql" ]] && ! pg_ctlcluster 15 main status >/dev/null 2>&1; then
    [ -e /etc/postgresql/15/main ] || pg_createcluster 15 main >/dev/null
    pg_ctlcluster 15 main start >/dev/null
fi
SYSTEMCTL
chmod 755 /usr/bin/systemctl
trap 'pg_ctlcluster 15 main stop >/dev/null' EXIT

# The libraries are those that are here already, within everybody's reach.
mkdir /opt/planner
tar -C "$code" --exclude=./.venv --exclude=./.git --exclude=./.local -c . | tar -C /opt/planner -x
ln -s "$(dirname "$(dirname "$python")")" /opt/planner/.venv
cp /opt/planner/requirements.txt /opt/planner/.venv/.requirements
for path in "$python" "$(readlink -f "$python")"; do
    while [ "$path" != / ]; do
        path=$(dirname "$path")
        chmod a+rx "$path"
    done
done

# An installation of before, whose one role did everything.
systemctl enable --now postgresql
runuser -u postgres -- psql -qX -c "CREATE ROLE planner LOGIN" -c "CREATE DATABASE planner OWNER planner"
runuser -u postgres -- psql -qX planner -c "SET ROLE planner" -c "CREATE TABLE old (id int)"

/opt/planner/deploy/install.sh planner.example >/run/first
echo "first: $(tail -n 1 /run/first)"
echo "second: $(/opt/planner/deploy/install.sh planner.example)"
echo "restarted: $(grep -c ^restart /run/asked)"
for role in planner_owner planner_app planner_backup planner_staff nobody; do
    said=$(runuser -u $role -- psql -qXAt planner -c "SELECT count(*) FROM backups_task" 2>&1) || true
    echo "$role: ${said##*: }" | tr -s " "
done
said=$(runuser -u planner_app -- psql -qXAt -U planner_owner planner -c "SELECT 1" 2>&1) || true
echo "another's name: ${said##*: }" | tr -s " "
echo "old: $(runuser -u postgres -- psql -qXAt planner -c "SELECT tableowner FROM pg_tables WHERE tablename = 'old'")"
/opt/planner/deploy/manage chores >/run/chores
echo "doctor: $(/opt/planner/deploy/manage doctor | grep -c ': well$')"
