# SPDX-License-Identifier: Apache-2.0
# Sourced by guests/build: a disk that SeaBIOS and OVMF both boot. One FAT file system without a partition table holds
# the kernel, the layers, syslinux and systemd-boot; neither root nor a loop device is needed.
# shellcheck shell=sh disable=SC2154,SC2086

# no_timer_check and nowatchdog: without them guests on a busy host without KVM panic now and then while starting.
# tsc=unstable: there the processor's counter is measured wrongly now and then, and a guest's clock starts minutes off;
# with KVM the kernel takes KVM's clock either way.
kernel_line='console=ttyS0 quiet no_timer_check nowatchdog tsc=unstable panic=-1'

# The clock stands still for mtools, which syslinux calls too, so that the same content gives the same disk.
export SOURCE_DATE_EPOCH=315532800

# make_disk ROLE: writes $result/ROLE.qcow2.
make_disk() {
    layers=
    for shared in base $(of_role "$1" layers); do
        need_layer "$shared"
        layers="$layers $shared.img"
    done
    role_layer "$1"
    layers="$layers role-$1.img"
    raw=$work/$1.raw
    kernel=$work/root/boot/vmlinuz-$release
    # One MiB for the two boot loaders, one for the file allocation tables and folders.
    size=$(cd "$work" && du -cb "$kernel" $layers | awk 'END { print int($1 / 1048576) + 3 }')
    truncate -s "${size}M" "$raw"
    mkfs.vfat --invariant -F 16 -s 8 -n RINGFENCE "$raw" >/dev/null
    copy_boot_files "$1"
    syslinux --install "$raw"
    qemu-img convert -q -f raw -O qcow2 "$raw" "$work/$1.qcow2"
    rm "$raw"
    chmod 444 "$work/$1.qcow2"
    mv "$work/$1.qcow2" "$result/$1.qcow2"
}

copy_boot_files() {
    boot=$work/boot-$1
    mkdir -p "$boot/EFI/BOOT" "$boot/loader/entries"
    cp "$work/root/usr/lib/systemd/boot/efi/systemd-bootx64.efi" "$boot/EFI/BOOT/BOOTX64.EFI"
    cp "$kernel" "$boot/linux"
    for layer in $layers; do cp "$work/$layer" "$boot/$layer"; done
    printf 'DEFAULT guest\nPROMPT 0\nTIMEOUT 0\nLABEL guest\n  LINUX /linux\n  INITRD %s\n  APPEND %s\n' \
        "$(printf ',/%s' $layers | cut -c2-)" "$kernel_line" >"$boot/syslinux.cfg"
    printf 'timeout 0\ndefault guest\neditor no\n' >"$boot/loader/loader.conf"
    {
        printf 'title Ringfence guest\nlinux /linux\noptions %s\n' "$kernel_line"
        printf 'initrd /%s\n' $layers
    } >"$boot/loader/entries/guest.conf"
    MTOOLS_SKIP_CHECK=1 mcopy -Q -s -i "$raw" "$boot"/* ::/
}
