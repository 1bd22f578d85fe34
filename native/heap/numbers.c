#include "numbers.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { MANTISSA_BITS = 53, MOST_DIGITS = 17, LARGEST_POWER = 20 };

size_t
write_integer(char *text, long long number)
{
    char digits[24], *first = digits + sizeof(digits);
    unsigned long long rest = number < 0 ? 0 - (unsigned long long)number : (unsigned long long)number;
    do {
        *--first = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (number < 0) {
        *--first = '-';
    }
    size_t length = (size_t)(digits + sizeof(digits) - first);
    memcpy(text, first, length);
    return length;
}

/* Write `digits` with a point before the last `places` of them, which is at least 1. */
static size_t
write_fraction(char *text, uint64_t digits, int places)
{
    size_t length = write_integer(text, (long long)digits), behind = (size_t)places;
    size_t zeros = length > behind ? 0 : behind + 1 - length;
    memmove(text + zeros, text, length);
    memset(text, '0', zeros);
    length += zeros;
    memmove(text + length - behind + 1, text + length - behind, behind);
    text[length - behind] = '.';
    return length + 1;
}

#ifdef __SIZEOF_INT128__
typedef unsigned __int128 Wide;

static const double sizes[] = {1e-4, 1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2, 1e3, 1e4, 1e5,
                               1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

static Wide
power_of_ten(int exponent)
{
    Wide power = 1;
    for (; exponent > 0; exponent--) {
        power *= 10;
    }
    return power;
}

/* A number is `mantissa` / 2^`shift`. Times 10^`power` it has 17 digits before the point, and these fit into 128 bits: so
   rounding is exact. Fewer and fewer digits are tried as long as the text is nearer to this number than to the next one
   (Steele and White, "How to print floating-point numbers accurately", 1990, with the arithmetic made simple by the
   small range). False: so near to the middle between two that the interpreter has to choose. */
static bool
find_digits(uint64_t mantissa, int shift, int power, uint64_t *digits, int *dropped)
{
    Wide unit = power_of_ten(power), exact = (Wide)mantissa * unit;
    uint64_t whole = (uint64_t)(exact >> shift), step = 1;
    *dropped = -1;
    for (int drop = 0; drop < MOST_DIGITS; drop++, step *= 10) {
        uint64_t rounded = whole / step;
        Wide distance = exact - ((Wide)(rounded * step) << shift), width = (Wide)step << shift;
        if (2 * distance == width) {
            return false;
        }
        if (2 * distance > width) {
            rounded++;
            distance = width - distance;
        }
        if (2 * distance >= unit) {
            return 2 * distance > unit && *dropped >= 0;
        }
        *digits = rounded;
        *dropped = drop;
    }
    return true;
}

size_t
write_float(char *text, double number)
{
    double size = fabs(number);
    if (!(size >= sizes[0] && size < sizes[sizeof(sizes) / sizeof(*sizes) - 1])) {
        return 0;
    }
    int power = LARGEST_POWER, exponent, dropped;
    for (int index = 1; size >= sizes[index]; index++) {
        power--;
    }
    uint64_t mantissa = (uint64_t)ldexp(frexp(size, &exponent), MANTISSA_BITS), digits = 0;
    /* The next number below a power of two is nearer than the next above. */
    if ((mantissa & (mantissa - 1)) == 0 || !find_digits(mantissa, MANTISSA_BITS - exponent, power, &digits, &dropped)) {
        return 0;
    }
    size_t sign = number < 0;
    text[0] = '-';
    for (; dropped >= power; dropped--) { /* it is whole */
        digits *= 10;
    }
    return sign + write_fraction(text + sign, digits, power - dropped);
}
#else
size_t
write_float(char *text, double number)
{
    return 0;
}
#endif
