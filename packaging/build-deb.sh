#!/bin/sh
# Builds logmonitor-shipper_VERSION_ARCH.deb, with dpkg-deb and nothing else of Debian's tools.
#
#   packaging/build-deb.sh [--version VERSION] [--binary FILE] [--output DIRECTORY]
#
# --version  default: that of Directory.Build.props
# --binary   a program that is built already; default: 'dotnet publish', for this machine's architecture
# --output   default: artifacts
set -eu

from=$PWD
cd "$(dirname "$0")/.."
version=$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' Directory.Build.props)
binary=
output=artifacts
while [ $# -gt 0 ]; do
    case "$1" in
    --version) version=$2 ;;
    --binary) binary=$2 ;;
    --output) output=$2 ;;
    *)
        echo "$0: unknown argument '$1'; there are --version, --binary and --output" >&2
        exit 2
        ;;
    esac
    shift 2
done
# Names are as seen from where it was called.
case "$binary" in '' | /*) ;; *) binary=$from/$binary ;; esac
case "$output" in /*) ;; artifacts) ;; *) output=$from/$output ;; esac
command -v dpkg-deb >/dev/null || { echo "$0: dpkg-deb is needed (package dpkg)" >&2; exit 1; }

architecture=$(dpkg --print-architecture)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -z "$binary" ]; then
    case "$architecture" in
    amd64) runtime=linux-x64 ;;
    arm64) runtime=linux-arm64 ;;
    *) echo "$0: there is no build for $architecture" >&2; exit 1 ;;
    esac
    dotnet publish src/Shipper -c Release -r "$runtime" -p:Version="$version" -o "$work/publish" -v quiet -nologo
    binary=$work/publish/logmonitor-shipper
fi

# What the program was linked against; OpenSSL is opened when it runs, in the version that is there.
glibc=$(objdump -T "$binary" 2>/dev/null | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1 | cut -d_ -f2)
# The same source makes the same package.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

package=$work/package
put() { install -D -m "$1" "$2" "$package/$3"; }
put 0755 "$binary" usr/bin/logmonitor-shipper
put 0644 packaging/logmonitor-shipper.service usr/lib/systemd/system/logmonitor-shipper.service
put 0640 packaging/shipper.yml etc/logmonitor/shipper.yml
put 0644 docs/shipper.md usr/share/doc/logmonitor-shipper/shipper.md
for script in postinst prerm postrm; do put 0755 "packaging/debian/$script" "DEBIAN/$script"; done
echo /etc/logmonitor/shipper.yml >"$package/DEBIAN/conffiles"
cat >"$package/DEBIAN/control" <<CONTROL
Package: logmonitor-shipper
Version: $version
Architecture: $architecture
Section: admin
Priority: optional
Maintainer: LogMonitor <logmonitor@localhost>
Installed-Size: $(du -sk "$package" | cut -f1)
Depends: libc6${glibc:+ (>= $glibc)}, libssl3 | libssl3t64 | libssl1.1, ca-certificates, tzdata, passwd
Description: ships log files to Azure Blob Storage, each line exactly once
 Follows log files through rotations, cuts them at line ends into chunks, and
 uploads each chunk once, with a right that can create blobs and nothing else.
 Part of LogMonitor, which counts, alerts and archives.
CONTROL
find "$package" -newermt "@$SOURCE_DATE_EPOCH" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +

mkdir -p "$output"
deb=$output/logmonitor-shipper_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zxz --build "$package" "$deb" >/dev/null
echo "$deb"
