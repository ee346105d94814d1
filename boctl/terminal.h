/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines without a buffer that would keep them, and a terminal with its echo off. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Reads a line into @out (@size bytes, ended by NUL, without its line break). Return: 0; -ENODATA
 * at the end, -EMSGSIZE, -EILSEQ for a NUL byte, -EINTR, another errno. @out is wiped on an error.
 */
int line_read(int fd, char *out, size_t size);

/* Asks on the terminal. Return: as line_read(). A signal that ends programs still ends this one,
 * after the echo has been turned on again. */
int terminal_ask(const char *prompt, bool visible, char *out, size_t size);
