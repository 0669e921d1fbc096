#!/bin/sh
# Builds logmonitor-shipper_VERSION_ARCH.deb, with dpkg-deb and nothing else of Debian's tools. common.sh says which arguments there are.
set -eu
command -v dpkg-deb >/dev/null || { echo "$0: dpkg-deb is needed (package dpkg)" >&2; exit 1; }
. "$(dirname "$0")/common.sh"

# What the program was linked against; OpenSSL is opened when it runs, in the version that is there.
glibc=$(grep -aoE 'GLIBC_2\.[0-9]+' "$binary" | sort -Vu | tail -n 1 | cut -d_ -f2)

put 0755 "$binary" usr/bin/logmonitor-shipper
put 0644 packaging/logmonitor-shipper.service usr/lib/systemd/system/logmonitor-shipper.service
put 0640 packaging/shipper.yml etc/logmonitor/shipper.yml
put 0644 docs/shipper.md usr/share/doc/logmonitor-shipper/shipper.md
put 0644 packaging/debian/copyright usr/share/doc/logmonitor-shipper/copyright
put_gz CHANGELOG.md usr/share/doc/logmonitor-shipper/CHANGELOG.md.gz
# In the form that Debian's tools read (deb-changelog(5)); what has changed stands in the other.
cat >"$work/changelog" <<CHANGELOG
logmonitor-shipper ($version) unstable; urgency=medium

  * See CHANGELOG.md.gz.

 -- LogMonitor <logmonitor@localhost>  $(date --utc --rfc-email --date="@$SOURCE_DATE_EPOCH")
CHANGELOG
put_gz "$work/changelog" usr/share/doc/logmonitor-shipper/changelog.gz
put_gz packaging/logmonitor-shipper.8 usr/share/man/man8/logmonitor-shipper.8.gz
# In KiB, each file for itself, so that it does not depend on the disk: as dpkg-gencontrol reckons.
size=$(find "$package" -type f -printf '%s\n' -o -printf '1\n' | awk '{ sum += int(($1 + 1023) / 1024) } END { print sum }')
for script in postinst prerm postrm; do put 0755 "packaging/debian/$script" "DEBIAN/$script"; done
echo /etc/logmonitor/shipper.yml >"$package/DEBIAN/conffiles"
cat >"$package/DEBIAN/control" <<CONTROL
Package: logmonitor-shipper
Version: $version
Architecture: $architecture
Section: admin
Priority: optional
Maintainer: LogMonitor <logmonitor@localhost>
Installed-Size: $size
Depends: libc6${glibc:+ (>= $glibc)}, libssl3 | libssl3t64 | libssl1.1, ca-certificates, tzdata, passwd
Description: ships log files to Azure Blob Storage, each line exactly once
 Follows log files through rotations, cuts them at line ends into chunks, and
 uploads each chunk once, with a right that can create blobs and nothing else.
 Part of LogMonitor, which counts, alerts and archives.
CONTROL
settle

deb=$output/logmonitor-shipper_${version}_$architecture.deb
# Several threads would cut the data into as many pieces.
DPKG_DEB_THREADS_MAX=1 dpkg-deb --root-owner-group -Zxz --build "$package" "$deb" >/dev/null
echo "$deb"
