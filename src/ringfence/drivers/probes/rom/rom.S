# SPDX-License-Identifier: Apache-2.0
# A 64 KiB firmware that walks a virtual processor through everything a modern guest needs and says a letter at each
# stage: R real mode, L long mode, I an interrupt gate, U ring 3 with SSE2 and a system call. Then it ends QEMU.
# It runs where it lies (linear 0xf0000); only page tables and stack are in RAM. Build: see build.sh beside this file.
# Sources: Intel SDM vol. 3, chapters 3 (segments), 4 (paging), 6 (gates), 9.8.5 (entering IA-32e mode); AMD APM vol. 2,
# 6.1 (SYSCALL); QEMU's isa-debugcon (port 0xe9) and isa-debug-exit (port 0xf4: status is value*2+1).

        .set    TABLES, 0x10000         # PML4, PDPT and PD: three pages
        .set    STACK, 0x9000

        .macro  say letter
        movb    $\letter, %al
        outb    %al, $0xe9
        .endm

        .globl  _start
        .text
        .code16
_start: cli
        say     'R'
        movw    $(TABLES >> 4), %ax     # clear the three tables
        movw    %ax, %es
        xorw    %di, %di
        xorl    %eax, %eax
        movw    $(3 * 1024), %cx
        cld
        rep     stosl
        movl    $(TABLES + 0x1007), %es:0x0000  # present, writable, user
        movl    $(TABLES + 0x2007), %es:0x1000
        movl    $0x87, %es:0x2000               # the first 2 MiB in one page

        movl    $0x6a0, %eax            # CR4: PAE, PGE, OSFXSR, OSXMMEXCPT
        movl    %eax, %cr4
        movl    $TABLES, %eax
        movl    %eax, %cr3
        movl    $0xc0000080, %ecx       # EFER: LME and SCE
        rdmsr
        orl     $0x101, %eax
        wrmsr
        lgdtl   %cs:(gdtr - _start)
        movl    %cr0, %eax
        andl    $0x9ffffffb, %eax       # caches on, no FPU emulation
        orl     $0x80000003, %eax       # paging, protection, monitor coprocessor
        movl    %eax, %cr0
        ljmpl   $0x08, $long

        .code64
long:   movw    $0x10, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        movl    $STACK, %esp
        say     'L'
        lidt    idtr
        int3                            # the gate below answers

        movl    $0xc0000081, %ecx       # STAR: kernel 0x08, user 0x10 (+8 data, +16 code)
        xorl    %eax, %eax
        movl    $0x00100008, %edx
        wrmsr
        incl    %ecx                    # LSTAR
        movl    $kernel, %eax
        xorl    %edx, %edx
        wrmsr
        movl    $0xc0000084, %ecx       # SFMASK: no interrupts inside
        movl    $0x200, %eax
        wrmsr
        movl    $user, %ecx
        movl    $2, %r11d
        sysretq

breakpoint:
        say     'I'
        iretq

user:   movl    $0x1000000, %ecx        # long enough for the host to take the processor away and give it back
1:      decl    %ecx
        jnz     1b
        movl    $0x5a, %eax             # 0x5a + 0x5a through SSE2, or the kernel part will not believe it
        movq    %rax, %xmm0
        paddq   %xmm0, %xmm0
        movq    %xmm0, %rdi
        syscall
2:      jmp     2b

kernel: cmpl    $0xb4, %edi
        jne     2b
        say     'U'
        movl    $0x31, %eax
        outl    %eax, $0xf4             # QEMU ends with status 99
3:      hlt
        jmp     3b

        .balign 8, 0
gdt:    .quad   0
        .quad   0x00af9b000000ffff      # 0x08 code, 64 bit, ring 0
        .quad   0x00cf93000000ffff      # 0x10 data, ring 0
        .quad   0x00cff3000000ffff      # 0x18 data, ring 3
        .quad   0x00affb000000ffff      # 0x20 code, 64 bit, ring 3
gdtr:   .word   gdtr - gdt - 1
        .long   gdt
        .balign 8, 0
gate:   .word   breakpoint - _start, 0x08, 0x8e00, 0x000f
        .quad   0
idtr:   .word   4 * 16 - 1              # vectors 0 to 3; only 3 is ever used
        .quad   gate - 3 * 16

        .org    0xfff0                  # where the processor starts
        .code16
        ljmp    $0xf000, $(_start - _start)
        .org    0xffff
        .byte   0
