#!/bin/sh
# Installs logmonitor-shipper from the directory that this script is in, or upgrades what is there; configuration and positions stay.
#
#   ./install.sh [--prefix DIRECTORY]       default: /usr/local
#   ./install.sh --uninstall [--purge]      --purge: configuration and positions, too
#
# With DESTDIR set, files go below it, and neither users nor services are touched: for those who make packages of it.
set -eu

name=logmonitor-shipper
prefix=/usr/local action=install purge=no
fail() { echo "install.sh: $1" >&2; exit "${2:-1}"; }
while [ $# -gt 0 ]; do
    case "$1" in
    --prefix) [ $# -gt 1 ] || fail "--prefix needs a directory" 2; prefix=$2; shift ;;
    --uninstall) action=uninstall ;;
    --purge) purge=yes ;;
    *) fail "unknown argument '$1'; there are --prefix, --uninstall and --purge" 2 ;;
    esac
    shift
done
case "$prefix" in /*) ;; *) fail "--prefix is '$prefix', but must be a path from /" 2 ;; esac

root=${DESTDIR:-}
from=$(cd "$(dirname "$0")" && pwd)
program=$root$prefix/bin/$name
manual=$root$prefix/share/man/man8/$name.8
unit=$root/etc/systemd/system/$name.service
configuration=$root/etc/logmonitor/shipper.yml
state=$root/var/lib/$name
[ -n "$root" ] || [ "$(id -u)" = 0 ] || fail "it must run as root: sudo $0"
# With systemd, and not into another root.
if [ -z "$root" ] && [ -d /run/systemd/system ]; then systemd=yes; else systemd=no; fi

if [ "$action" = uninstall ]; then
    if [ $systemd = yes ]; then systemctl disable --now $name.service 2>/dev/null || true; fi
    rm -f "$program" "$manual" "$unit"
    if [ $systemd = yes ]; then systemctl daemon-reload; fi
    if [ $purge = yes ]; then
        rm -rf "$state" "$configuration" "$configuration.new"
        rmdir "$root/etc/logmonitor" 2>/dev/null || true
        echo "$name is gone, and its configuration and positions with it. The user stays."
    else
        echo "$name is gone. Its configuration ($configuration) and positions ($state) stay, so that an installation later goes on where it stopped."
    fi
    exit 0
fi

"$from/bin/$name" version >/dev/null 2>&1 || fail "$from/bin/$name does not run here: this is $(uname -m), with glibc of Debian 12's age or later? libssl 3 and ca-certificates installed?"
if [ -z "$root" ]; then
    command -v useradd >/dev/null && command -v groupadd >/dev/null || fail "useradd and groupadd are needed (package passwd or shadow-utils)"
    getent group $name >/dev/null || groupadd --system $name
    getent passwd $name >/dev/null || useradd --system --gid $name --home-dir /var/lib/$name --no-create-home --shell /usr/sbin/nologin --comment "LogMonitor's shipper" $name
    # Who may read logs, where there is such a group, and who may ask Azure Arc for the machine's identity.
    for group in adm himds; do if getent group $group >/dev/null; then usermod -a -G $group $name; fi; done
fi

# place MODE FILE PLACE: at no time is half a file there, nor none; what runs keeps what it has open.
place() { mkdir -p "$(dirname "$3")" && cp "$2" "$3.new.$$" && chmod "$1" "$3.new.$$" && mv -f "$3.new.$$" "$3"; }
place 0755 "$from/bin/$name" "$program"
place 0644 "$from/$name.8" "$manual"
sed "s|/usr/bin/$name|$prefix/bin/$name|; s|^Documentation=.*|Documentation=man:$name(8)|" "$from/$name.service" >"${TMPDIR:-/tmp}/$name.service.$$"
# Without the group a unit that names it would not start.
if [ -z "$root" ] && ! getent group adm >/dev/null; then sed -i '/^SupplementaryGroups=adm$/d' "${TMPDIR:-/tmp}/$name.service.$$"; fi
place 0644 "${TMPDIR:-/tmp}/$name.service.$$" "$unit"
rm -f "${TMPDIR:-/tmp}/$name.service.$$"

mkdir -p "$state"
chmod 0700 "$state"
if [ ! -e "$configuration" ]; then
    place 0640 "$from/shipper.yml" "$configuration"
elif ! cmp -s "$from/shipper.yml" "$configuration"; then
    # As an administrator has written it, it stays; what is new stands beside it.
    place 0640 "$from/shipper.yml" "$configuration.new"
fi
if [ -z "$root" ]; then
    chown $name:$name "$state"
    chown 0:$name "$configuration"
fi

if [ $systemd = yes ]; then
    systemctl daemon-reload
    systemctl enable --quiet $name.service
    systemctl try-restart $name.service
fi
echo "$("$program" version) is in $program."
if grep -q '//ACCOUNT\.' "$configuration"; then
    echo "Name the destination in $configuration, try it with"
    echo "    runuser -u $name -- $program validate"
    echo "and start it with: systemctl start $name"
elif [ $systemd = yes ]; then
    systemctl start $name.service
fi
