# SPDX-License-Identifier: Apache-2.0
# Sourced by guests/build: which packages the guests are made of, and their files. Nothing is installed here; apt works
# on an empty machine of its own, so what the host has installed makes no difference.
# shellcheck shell=sh disable=SC2154

# What is asked for by name; apt adds what these stand on. The meta packages follow the suite's kernel and Python.
asked_packages='linux-image-cloud-amd64 busybox-static qemu-guest-agent systemd-boot-efi
    python3-minimal libpython3-stdlib dropbear-bin e2fsprogs'

# Of everything apt would install, what guests are really made of: the rest (perl, coreutils, initramfs-tools ...)
# is only there to set packages up on a whole system.
is_wanted() {
    case $1 in
    *perl* | libdb5* | libgdbm* | libkrb5* | libgssapi* | libpam* | libsemanage* | libsepol* | libtirpc*) return 1 ;;
    linux-image-[0-9]* | busybox-static | qemu-guest-agent | systemd-boot-efi* | dropbear-bin | e2fsprogs) return 0 ;;
    python3*minimal | lib* | zlib1g) return 0 ;;
    *) return 1 ;;
    esac
}

# apt on an empty machine: the host's sources and keys, but no installed package and no shared cache file.
apt_empty() {
    apt-get -o Dir::State::status="$store/packages/empty" -o Dir::Cache::pkgcache="$store/packages/pkgcache.bin" \
        -o Dir::Cache::srcpkgcache= -o Dir::Cache::archives="$store/packages/none" -o Debug::NoLocking=1 \
        -o APT::Install-Recommends=0 -o APT::Sandbox::User= -q "$@"
}

# Writes $packages, what every guest is made of, and $packages.ROLE for each role that asks for packages of its own;
# $lists names them all. What a role asks for is downloaded when that role is built, and not before.
resolve_packages() {
    mkdir -p "$store/packages/none/partial"
    : >"$store/packages/empty"
    packages=$store/packages/list
    # Unquoted on purpose: one word for each package.
    # shellcheck disable=SC2086
    resolve_list "$packages" is_wanted $asked_packages
    lists=$packages
    for role in $(all_roles); do
        extra=$(of_role "$role" packages)
        [ -n "$extra" ] || continue
        # shellcheck disable=SC2086
        resolve_list "$packages.$role" is_wanted_too $asked_packages $extra
        lists="$lists $packages.$role"
    done
}

# Of what a role asks for and that stands on, whatever is not in every guest already. Needs $extra.
is_wanted_too() {
    case " $extra " in *" $1 "*) return 0 ;; esac
    case $1 in
    *perl* | libdb5* | libgdbm* | libpam* | libsemanage* | libsepol*) return 1 ;;
    lib*) ! grep -q "^$1 " "$packages" ;;
    *) return 1 ;;
    esac
}

# resolve_list FILE TEST PACKAGE...: writes lines "NAME FILE SIZE HASH" of those that pass the test, sorted.
resolve_list() {
    list=$1 test=$2
    shift 2
    if apt_empty -q install --print-uris "$@" >"$list.uris" 2>"$list.errors"; then
        sed -n "s/^'[^']*' \([^ ]*\) \([0-9]*\) \(.*\)$/\1 \2 \3/p" "$list.uris" |
            while read -r file size hash; do
                name=${file%%_*}
                if "$test" "$name"; then printf '%s %s %s %s\n' "$name" "$file" "$size" "${hash:--}"; fi
            done | sort >"$list.new"
        mv "$list.new" "$list"
    elif [ "$list" != "$packages" ] && [ -s "$list" ] || keep_packages "$list"; then
        say "apt's package lists do not offer everything now; the packages of the last build are taken."
    else
        cat "$list.errors" >&2
        fail "apt does not know some of the packages that guests are made of; its words are above." \
            "Run 'sudo apt-get update' and start again. The guests are built from Debian 12's or 13's packages."
    fi
}

# keep_packages LIST: whether the packages of the list are all here.
keep_packages() {
    [ -s "$1" ] || return 1
    while read -r _ file size _; do [ "$(package_size "$file")" = "$size" ] || return 1; done <"$1"
}

package_size() { stat -c %s "$store/packages/$1" 2>/dev/null || true; }

# fetch_packages LIST: downloads what is not here yet. apt checks signatures and hashes; only whole files get their name.
fetch_packages() {
    wanted=
    while read -r name file size _; do
        [ "$(package_size "$file")" = "$size" ] && continue
        version=${file#*_} && version=${version%_*}
        wanted="$wanted $name=$(printf '%s' "$version" | sed 's/%3a/:/g')"
    done <"$1"
    [ -n "$wanted" ] || return 0
    [ -z "${RINGFENCE_OFFLINE:-}" ] || fail "RINGFENCE_OFFLINE is set, and $(echo "$wanted" | wc -w) packages are not in $store/packages yet." \
        "Unset it for the first build."
    say "Downloading $(echo "$wanted" | wc -w) packages through this machine's apt."
    mkdir -p "$work/debs"
    # shellcheck disable=SC2086
    (cd "$work/debs" && apt_empty -q download $wanted) >"$work/apt.log" 2>&1 ||
        { tail -n 20 "$work/apt.log" >&2 && fail "The packages could not be downloaded; apt's words are above." \
            "Run 'sudo apt-get update' and start again."; }
    mv "$work"/debs/*.deb "$store/packages/"
    keep_packages "$1" || fail "A package in $store/packages has not the size apt announced." \
        "Run 'sudo apt-get update' and start again."
}

# unpack_packages LIST: unpacks them into $work/root, a merged-/usr tree that nothing is ever installed into.
unpack_packages() {
    fetch_packages "$1"
    while read -r _ file _; do
        dpkg-deb --fsys-tarfile "$store/packages/$file" |
            tar -C "$work/root" -xf - --keep-directory-symlink --no-same-owner \
                --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale
    done <"$1"
}
