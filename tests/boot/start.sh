#!/bin/bash
# Start a machine whose disk is the folder BASE with the changes of PLACE: tests/boot/start.sh BASE PLACE
# It has processes, mounts, users' sockets and control groups of its own (unshare), and the network
# of whoever starts it. systemd is its first process; it ends with this one.
set -euo pipefail

base=$1 place=$2 root=$2/root
if [ -z "${PLANNER_INSIDE:-}" ]; then
    groups=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)/planner-$$
    mkdir "$groups"
    echo "$groups" > "$place/groups"
    echo $$ > "$groups/cgroup.procs"
    PLANNER_INSIDE=yes exec unshare --mount --pid --uts --ipc --cgroup --fork --kill-child "$0" "$@"
fi

hostname planner
mkdir -p "$place"/{upper,work} "$root"
mount -t overlay overlay -o "lowerdir=$base,upperdir=$place/upper,workdir=$place/work" "$root"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t sysfs -o nosuid,nodev,noexec sysfs "$root/sys"
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
cp -a /dev/{null,zero,full,random,urandom,tty} "$root/dev"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mkdir "$root"/dev/{pts,shm} "$root/run/host"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"

cd "$root"
pivot_root . run/host
umount -l run/host
# systemd hands a service its secrets by a mount that has to reach from one namespace to another.
mount --make-rshared /
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=unshare \
    /sbin/init --log-target=journal --show-status=no < /dev/null > /run/init.log 2>&1
