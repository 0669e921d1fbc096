#!/bin/sh
# Builds logmonitor-shipper_VERSION_linux_ARCH.tar.gz, for systems without Debian's packages: install.sh in it does what the package's scripts do.
# common.sh says which arguments there are.
set -eu
. "$(dirname "$0")/common.sh"

put 0755 "$binary" bin/logmonitor-shipper
put 0755 packaging/install.sh install.sh
put 0644 packaging/logmonitor-shipper.service logmonitor-shipper.service
put 0644 packaging/logmonitor-shipper.8 logmonitor-shipper.8
put 0644 packaging/shipper.yml shipper.yml
put 0644 docs/shipper.md shipper.md
put 0644 CHANGELOG.md CHANGELOG.md
echo "$version" >"$package/VERSION"
settle

name=logmonitor-shipper_${version}_linux_$architecture
tar --create --directory "$work" --transform "s|^package|logmonitor-shipper-$version|" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --format=ustar package \
    | gzip -9n >"$output/$name.tar.gz"
echo "$output/$name.tar.gz"
