# Shared by scripts/lucid, scripts/test and scripts/install; sourced by them, not run.
# shellcheck shell=bash

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd -P)
swift_site=https://www.swift.org/install

# The C libraries: what pkg-config calls them, and the Debian package that brings them.
libraries=(openblas:libopenblas-dev fftw3f:libfftw3-dev libpng:libpng-dev libjpeg:libjpeg-dev freetype2:libfreetype-dev zlib:zlib1g-dev)

# Downloads of networks need libcurl, which the program opens by name, and certificates to trust.
has_curl() {
    compgen -G "/usr/lib/*/libcurl.so.4" >/dev/null || compgen -G "/usr/lib*/libcurl.so.4" >/dev/null
}
certificates=/etc/ssl/certs/ca-certificates.crt

# Ends the script because something that it needs is not there (EX_UNAVAILABLE of sysexits.h).
unavailable() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 69
}

# Makes sure of everything that a build needs: the machine, Swift, the C libraries and their headers.
prepare() {
    case "$(uname -s) $(uname -m)" in
    "Linux x86_64" | "Linux aarch64") ;;
    *) unavailable "this is $(uname -s) on $(uname -m); lucid needs Linux on x86-64 or 64-bit ARM." ;;
    esac
    command -v swift >/dev/null || unavailable "Swift is missing. Install 6.2 or newer: $swift_site"

    local version
    version=$(swift_version) && check_version "$version"
    if command -v apt-get >/dev/null; then install_packages; else check_libraries; fi
    version=$(swift_version) || unavailable "Swift does not start: $version"
    check_version "$version"
}

swift_version() { swift build --version 2>&1 </dev/null; }

check_version() {
    [[ $1 =~ Swift\ ([0-9]+)\.([0-9]+) ]] || return 0
    ((BASH_REMATCH[1] * 100 + BASH_REMATCH[2] >= 602)) ||
        unavailable "this is ${BASH_REMATCH[0]}, which is too old. Install 6.2 or newer: $swift_site"
}

has_library() { pkg-config --exists "$1" 2>/dev/null; }

# For systems without apt-get: names what is missing.
check_libraries() {
    local missing=() library
    for library in "${libraries[@]}"; do
        has_library "${library%:*}" || missing+=("${library%:*}")
    done
    ((${#missing[@]} == 0)) || unavailable "pkg-config does not find ${missing[*]}.
Install pkg-config, OpenBLAS, FFTW (single precision), libpng, libjpeg, FreeType and zlib, all with their headers."
}

# For Debian and its kin: installs the packages that are missing, or says how.
install_packages() {
    local missing=() library
    has_curl || missing+=(libcurl4)
    [[ -e $certificates ]] || missing+=(ca-certificates)
    swift_version >/dev/null || missing+=(libcurl4-openssl-dev libncurses-dev libsqlite3-0 libxml2-dev)
    command -v git >/dev/null || missing+=(git)
    compgen -G "/usr/include/c++/*/string" >/dev/null || missing+=(g++) # also the linker and libgcc
    command -v pkg-config >/dev/null || missing+=(pkg-config)
    for library in "${libraries[@]}"; do
        has_library "${library%:*}" || missing+=("${library#*:}")
    done
    ((${#missing[@]})) || return 0

    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300)
    if ((EUID != 0)); then
        sudo -n true </dev/null >/dev/null 2>&1 || unavailable "packages are missing. Install them:
  sudo apt-get install ${missing[*]}"
        apt=(sudo -n "${apt[@]}")
    fi
    echo "${0##*/}: installing ${missing[*]}" >&2
    "${apt[@]}" update </dev/null >/dev/null 2>&1 || true # a broken source among others need not matter
    quietly "${apt[@]}" install --yes --no-install-recommends "${missing[@]}" ||
        unavailable "apt-get could not install ${missing[*]}"
}

# Runs a command that says something, on standard error, only if it fails.
quietly() {
    local log status=0
    log=$(mktemp)
    "$@" </dev/null >"$log" 2>&1 || status=$?
    ((status == 0)) || cat "$log" >&2
    rm -f "$log"
    return "$status"
}

# Builds a release of lucid: build FOLDER [ARGUMENTS OF `swift build`…]. Its progress goes to standard error if that is a
# terminal, else nothing but failures.
build() {
    local command=(swift build --package-path "$root" -c release --product lucid --scratch-path "$@")
    if [[ -t 2 ]]; then "${command[@]}" </dev/null >&2; else quietly "${command[@]}"; fi
}
