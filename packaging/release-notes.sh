#!/bin/sh
# Prints what CHANGELOG.md says about a version: packaging/release-notes.sh 1.2.3. Fails where it says nothing.
set -eu
[ $# -eq 1 ] || { echo "usage: $0 VERSION" >&2; exit 2; }
notes=$(awk -v version="$1" '
    /^## / { inside = ($2 == version) ; next }
    inside { print }
' "$(dirname "$0")/../CHANGELOG.md" | sed -e '/./,$!d')
[ -n "$notes" ] || { echo "$0: CHANGELOG.md has no section '## $1': write one, or rename Unreleased" >&2; exit 1; }
printf '%s\n' "$notes"
