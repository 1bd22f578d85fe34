/* Numbers as the interpreter writes them, without asking it. */

#ifndef HEAPSIGHT_NUMBERS_H
#define HEAPSIGHT_NUMBERS_H

#include <stddef.h>

enum { NUMBER_ROOM = 40 };

/* Write a number into NUMBER_ROOM bytes at `text`; returns how many it takes. No zero byte follows. */
size_t write_integer(char *text, long long number);

/* The same, as `repr` has it: the shortest text that is read as this number again. 0: it is for the interpreter. */
size_t write_float(char *text, double number);

#endif
