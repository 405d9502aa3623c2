# SPDX-License-Identifier: Apache-2.0
# Sourced by guests/build: the layers that a guest's initial file system is put together from. `base` is in every
# guest, `python` in those that run Python; a role's own layer holds its programs. The kernel unpacks one after another.
# shellcheck shell=sh disable=SC2154,SC2034

libraries=usr/lib/x86_64-linux-gnu

# Modules by when the guest loads them: at once; when no seed lies on a virtio disk; after the role was started.
modules_boot='virtio_pci virtio_blk virtio_net nls_cp437 nls_ascii vfat'
modules_seed='isofs sr_mod ata_piix virtio_scsi sd_mod'
modules_late='virtio_console virtio-rng evdev button'

# Makes the work folder with unpacked packages, once a run.
prepare_work() {
    [ -z "$work" ] || return 0
    work=$(mktemp -d "$store/.building.XXXXXX")
    mkdir -p "$work/root/usr/bin" "$work/root/usr/sbin" "$work/root/usr/lib" "$work/root/usr/lib64"
    for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$work/root/$folder"; done
    say "Unpacking the packages."
    unpack_packages "$packages"
    release=$(ls "$work/root/usr/lib/modules")
}

# need_layer NAME: makes a shared layer once a run, when the first role needs it.
need_layer() {
    [ ! -f "$work/$1.img" ] || return 0
    say "Packing the layer '$1' (kernel $release)."
    "$1_layer"
}

# pack NAME: $work/NAME/ becomes $work/NAME.img. Same content, same bytes.
pack() {
    find "$work/$1" -exec touch -h -d @0 {} +
    (cd "$work/$1" && find . | sort | cpio --quiet --reproducible -o -H newc -R 0:0) | gzip -6n >"$work/$1.img"
}

# put LAYER FILE...: copies files of the unpacked packages into the layer, with the libraries they need.
put() {
    layer=$work/$1
    shift
    for path in "$@"; do
        mkdir -p "$layer/${path%/*}"
        cp -L "$work/root/$path" "$layer/$path"
        put_libraries "$work/root/$path"
    done
}

# The unpacked loader itself says which libraries a program needs. None may come from the host.
put_libraries() {
    loader=$work/root/$libraries/ld-linux-x86-64.so.2
    "$loader" --inhibit-cache --library-path "$work/root/$libraries" --list "$1" >"$work/needed" 2>/dev/null || return 0
    while read -r library _ path _; do
        case $library:$path in
        /*) continue ;; # the loader itself
        *:"$work/root"/*) ;;
        *:/*) fail "No package of $packages holds the library $library that ${1#"$work/root/"} needs." ;;
        *) continue ;;
        esac
        mkdir -p "$layer/$libraries"
        [ -e "$layer/$libraries/$library" ] || cp -L "$path" "$layer/$libraries/$library"
    done <"$work/needed"
    mkdir -p "$layer/usr/lib64"
    [ -e "$layer/usr/lib64/ld-linux-x86-64.so.2" ] || cp -L "$loader" "$layer/usr/lib64/ld-linux-x86-64.so.2"
}

base_layer() {
    mkdir -p "$work/base"
    for folder in bin sbin lib lib64; do
        mkdir -p "$work/base/usr/$folder"
        ln -s "usr/$folder" "$work/base/$folder"
    done
    for folder in dev proc sys run tmp root data var; do mkdir -p "$work/base/$folder"; done
    ln -s ../run "$work/base/var/run"
    cp -a "$guests/rootfs/." "$work/base/"
    put base usr/bin/busybox usr/sbin/qemu-ga
    "$work/base/usr/bin/busybox" --list | while read -r applet; do
        [ -e "$work/base/usr/bin/$applet" ] || [ -e "$work/base/usr/sbin/$applet" ] ||
            ln -s busybox "$work/base/usr/bin/$applet"
    done
    ln -s usr/bin/busybox "$work/base/init"
    put_modules
    pack base
}

# --- kernel modules -------------------------------------------------------------------------------------------

put_modules() {
    mkdir -p "$work/base/usr/lib/modules"
    : >"$work/loaded"
    for when in boot seed late; do
        eval "names=\$modules_$when"
        : >"$work/order"
        for name in $names; do add_module "$name"; done
        cp "$work/order" "$work/base/etc/ringfence/modules.$when"
    done
}

# add_module NAME: first what it depends on, then itself; built-in ones need nothing.
add_module() {
    set -- "$(echo "$1" | tr - _)"
    grep -qx "$1" "$work/loaded" && return
    file=$(find "$work/root/usr/lib/modules/$release/kernel" -name "$(echo "$1" | sed 's/_/[-_]/g').ko*")
    [ -n "$file" ] || return 0
    echo "$1" >>"$work/loaded"
    target=$work/base/usr/lib/modules/$1.ko
    case $file in
    *.ko.xz) xz -dc "$file" >"$target" ;;
    *.ko.zst) zstd -qdc "$file" >"$target" ;;
    *) cp "$file" "$target" ;;
    esac
    for needed in $(tr '\0' '\n' <"$target" | sed -n 's/^depends=//p' | tr ',' ' '); do add_module "$needed"; done
    echo "$1" >>"$work/order"
}

# --- Python ---------------------------------------------------------------------------------------------------

guest_python() {
    "$work/root/$libraries/ld-linux-x86-64.so.2" --inhibit-cache --library-path "$work/root/$libraries" \
        "$work/root/usr/bin/python3" "$@"
}

python_layer() {
    python=$(basename "$(ls -d "$work"/root/usr/lib/python3.*)")
    ln -sfn "$python" "$work/root/usr/bin/python3"
    export PYTHONHOME="$work/root/usr" PYTHONDONTWRITEBYTECODE=1
    guest_python -S -s "$guests/steps/needed_modules.py" "$work/root/usr/lib/$python" "$guests/.." \
        >"$work/python.files" || fail "The guests' Python could not be run on this machine; its words are above."
    unset PYTHONHOME
    mkdir -p "$work/python/usr/lib/$python/lib-dynload"
    put python usr/bin/python3
    while read -r file; do
        case $file in
        *.so) put python "usr/lib/$python/$file" ;;
        *) mkdir -p "$work/python/usr/lib/$python/$(dirname "$file")" &&
            cp "$work/root/usr/lib/$python/$file" "$work/python/usr/lib/$python/$file" ;;
        esac
    done <"$work/python.files"
    precompile "$work/python/usr/lib/$python"
    pack python
}

# Compiled modules take the place of their sources: nothing to compile at each start, and a smaller guest.
precompile() {
    PYTHONHOME=$work/root/usr guest_python -S -s -m compileall -q -b -o 2 -s "$1" "$1" ||
        fail "A Python module of the guests does not compile; Python's words are above."
    find "$1" -name '*.py' -delete
}

# --- roles ----------------------------------------------------------------------------------------------------

# The role's own layer: its start script, its Python packages, its programs.
role_layer() {
    folder=$work/role-$1
    mkdir -p "$folder/etc/ringfence" "$folder/usr/lib/ringfence" "$folder/usr/bin"
    printf '%s\n' "$1" >"$folder/etc/ringfence/role"
    for script in "$guests/roles/$1"/*; do
        case $script in *.py | */role.conf | */__pycache__) ;; *) install -m 755 "$script" "$folder/usr/lib/ringfence/" ;; esac
    done
    for package in $(of_role "$1" python); do
        mkdir -p "$folder/usr/lib/ringfence/guests/roles/$package"
        cp "$guests/roles/$package"/*.py "$folder/usr/lib/ringfence/guests/roles/$package/"
    done
    [ -z "$(of_role "$1" python)" ] || precompile "$folder/usr/lib/ringfence"
    for tool in $(of_role "$1" commands); do
        install -m 755 "$guests/roles/instruments/command" "$folder/usr/bin/$tool"
    done
    # Unquoted on purpose: a name may be a pattern, where it carries a version.
    # shellcheck disable=SC2046
    for program in $(cd "$work/root" && echo $(of_role "$1" programs)); do put "role-$1" "$program"; done
    pack "role-$1"
}
