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

# Writes $packages: lines "NAME FILE SIZE HASH" of all packages the guests are made of, sorted.
resolve_packages() {
    mkdir -p "$store/packages/none/partial"
    : >"$store/packages/empty"
    packages=$store/packages/list
    # Unquoted on purpose: one word for each package.
    # shellcheck disable=SC2086
    if apt_empty -q install --print-uris $asked_packages >"$packages.uris" 2>"$packages.errors"; then
        sed -n "s/^'[^']*' \([^ ]*\) \([0-9]*\) \(.*\)$/\1 \2 \3/p" "$packages.uris" |
            while read -r file size hash; do
                name=${file%%_*}
                if is_wanted "$name"; then printf '%s %s %s %s\n' "$name" "$file" "$size" "${hash:--}"; fi
            done | sort >"$packages.new"
        mv "$packages.new" "$packages"
    elif keep_packages; then
        say "apt's package lists do not offer everything now; the packages of the last build are taken."
    else
        cat "$packages.errors" >&2
        fail "apt does not know some of the packages that guests are made of; its words are above." \
            "Run 'sudo apt-get update' and start again. The guests are built from Debian 12's or 13's packages."
    fi
}

# Whether the packages of the last build are all here.
keep_packages() {
    [ -s "$packages" ] || return 1
    while read -r _ file size _; do [ "$(package_size "$file")" = "$size" ] || return 1; done <"$packages"
}

package_size() { stat -c %s "$store/packages/$1" 2>/dev/null || true; }

# Downloads what is not here yet. apt checks signatures and hashes; only whole files get their name.
fetch_packages() {
    wanted=
    while read -r name file size _; do
        [ "$(package_size "$file")" = "$size" ] && continue
        version=${file#*_} && version=${version%_*}
        wanted="$wanted $name=$(printf '%s' "$version" | sed 's/%3a/:/g')"
    done <"$packages"
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
    keep_packages || fail "A package in $store/packages has not the size apt announced." \
        "Run 'sudo apt-get update' and start again."
}

# Unpacks everything into $work/root, a merged-/usr tree that nothing is ever installed into.
unpack_packages() {
    fetch_packages
    say "Unpacking the packages."
    mkdir -p "$work/root/usr/bin" "$work/root/usr/sbin" "$work/root/usr/lib" "$work/root/usr/lib64"
    for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$work/root/$folder"; done
    while read -r _ file _; do
        dpkg-deb --fsys-tarfile "$store/packages/$file" |
            tar -C "$work/root" -xf - --keep-directory-symlink --no-same-owner \
                --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale
    done <"$packages"
}
