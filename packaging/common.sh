# What both packages have in common: read by build-deb.sh and build-tarball.sh, which say what --help would.
#
#   --version VERSION      default: that of Directory.Build.props
#   --architecture ARCH    amd64 or arm64; default: this machine's. Another one needs a program (--binary)
#   --binary FILE          a program that is built already; default: 'dotnet publish'
#   --output DIRECTORY     default: artifacts
#
# The same source and program make the same package, byte for byte, wherever and whenever that is done: times are those of the
# last commit (or SOURCE_DATE_EPOCH, reproducible-builds.org/specs/source-date-epoch), owners root, and order and modes fixed.
umask 022
LC_ALL=C TZ=UTC
export LC_ALL TZ

from=$PWD
cd "$(dirname "$0")/.."
version=$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' Directory.Build.props)
case "$(uname -m)" in x86_64) architecture=amd64 ;; aarch64) architecture=arm64 ;; *) architecture=$(uname -m) ;; esac
own=$architecture binary='' output=artifacts
while [ $# -gt 0 ]; do
    case "$1" in
    --version) version=$2 ;;
    --architecture) architecture=$2 ;;
    --binary) binary=$2 ;;
    --output) output=$2 ;;
    *)
        echo "$0: unknown argument '$1'; there are --version, --architecture, --binary and --output" >&2
        exit 2
        ;;
    esac
    shift 2
done
# Names are as seen from where it was called.
case "$binary" in '' | /*) ;; *) binary=$from/$binary ;; esac
case "$output" in /*) ;; artifacts) ;; *) output=$from/$output ;; esac
case "$architecture" in
amd64) runtime=linux-x64 ;;
arm64) runtime=linux-arm64 ;;
*) echo "$0: there is no build for $architecture" >&2; exit 1 ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -z "$binary" ]; then
    [ "$architecture" = "$own" ] || { echo "$0: a program for $architecture is built on such a machine; name it with --binary" >&2; exit 1; }
    dotnet publish src/Shipper -c Release -r "$runtime" -p:Version="$version" -p:ContinuousIntegrationBuild=true -p:PathMap="$PWD=/_" -o "$work/publish" -v quiet -nologo >&2
    binary=$work/publish/logmonitor-shipper
fi
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

package=$work/package
# put MODE FILE PLACE
put() { install -D -m "$1" "$2" "$package/$3"; }
# put_gz FILE PLACE: -n leaves name and time out
put_gz() { mkdir -p "$(dirname "$package/$2")" && gzip -9nc "$1" >"$package/$2" && chmod 0644 "$package/$2"; }
# All that is in the package has the time of the source.
settle() { find "$package" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} + && mkdir -p "$output"; }
