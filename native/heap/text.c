#include "text.h"
#include "numbers.h"

enum { SHOWN = 80, WHOLE = 1 << 16, PART = 1 << 15, LONG_BITS = 3322, COMPACT = 1 << 5, ASCII = 1 << 6 };

static const char ellipsis[] = "\xE2\x80\xA6";

/* -- characters --------------------------------------------------------------------------------------------------- */

Text
text_of(PyObject *string)
{
    Text text = {string, NULL, 0, false, (Py_ssize_t)WORD_OF(string, 2)};
    uint32_t state = *(uint32_t *)&WORD_OF(string, 4);
    if (state & COMPACT) {
        Py_ssize_t header = layouts.version == 11 ? (state & ASCII ? 48 : 72) : (state & ASCII ? 40 : 56);
        text.data = (char *)string + header;
        text.kind = state >> 2 & 7;
        text.is_ascii = (state & ASCII) != 0;
    }
    else {
        text.length = PyUnicode_GetLength(string);
    }
    return text;
}

int
encode_character(Py_UCS4 character, char *bytes)
{
    if (character < 0x80) {
        bytes[0] = (char)character;
        return 1;
    }
    if (character < 0x800) {
        bytes[0] = (char)(0xC0 | character >> 6);
        bytes[1] = (char)(0x80 | (character & 0x3F));
        return 2;
    }
    if (character < 0x10000) {
        bytes[0] = (char)(0xE0 | character >> 12);
        bytes[1] = (char)(0x80 | (character >> 6 & 0x3F));
        bytes[2] = (char)(0x80 | (character & 0x3F));
        return 3;
    }
    bytes[0] = (char)(0xF0 | character >> 18);
    bytes[1] = (char)(0x80 | (character >> 12 & 0x3F));
    bytes[2] = (char)(0x80 | (character >> 6 & 0x3F));
    bytes[3] = (char)(0x80 | (character & 0x3F));
    return 4;
}

size_t
encode_text(const Text *text, char *bytes, size_t room)
{
    size_t used = 0;
    if (text->is_ascii && (size_t)text->length + 4 <= room) {
        memcpy(bytes, text->data, (size_t)text->length);
        return (size_t)text->length;
    }
    for (Py_ssize_t index = 0; index < text->length && used + 4 <= room; index++) {
        used += (size_t)encode_character(character_at(text, index), bytes + used);
    }
    return used;
}

/* -- how it is written -------------------------------------------------------------------------------------------- */

static void
add_text(Value *value, const char *text)
{
    size_t length = strlen(text);
    memcpy(value->text + value->length, text, length);
    value->length += length;
}

static char
choose_quote(const Text *text, Py_ssize_t count)
{
    bool has_single = false;
    for (Py_ssize_t index = 0; index < count; index++) {
        Py_UCS4 character = character_at(text, index);
        if (character == '"') {
            return '\'';
        }
        has_single = has_single || character == '\'';
    }
    return has_single ? '"' : '\'';
}

/* `is_text`: characters beyond ASCII are shown if they can be; else the text is bytes. A bytearray's text has a
   backslash before `'` in any case, `also`. */
static void
add_character(Value *value, Py_UCS4 character, char quote, char also, bool is_text)
{
    char *place = value->text + value->length;
    const char *escape = character == '\n' ? "\\n" : character == '\r' ? "\\r" : character == '\t' ? "\\t" : NULL;
    if (escape != NULL) {
        add_text(value, escape);
    }
    else if (character == (Py_UCS4)quote || character == (Py_UCS4)also || character == '\\') {
        *place = '\\';
        place[1] = (char)character;
        value->length += 2;
    }
    else if ((character >= 0x20 && character < 0x7F)
             || (is_text && character >= 0x80 && layouts.is_printable(character))) {
        value->length += (size_t)encode_character(character, place);
    }
    else {
        static const char digits[] = "0123456789abcdef";
        int count = character < 0x100 ? 2 : character < 0x10000 ? 4 : 8;
        *place++ = '\\';
        *place++ = count == 2 ? 'x' : count == 4 ? 'u' : 'U';
        for (int digit = count - 1; digit >= 0; digit--) {
            *place++ = digits[character >> 4 * digit & 15];
        }
        value->length += (size_t)count + 2;
    }
}

/* Add a text in quotes if it is all of characters that are written as they are; false: nothing is added. */
static bool
add_plain(Value *value, const Text *text, size_t count)
{
    const uint8_t *bytes = text->data;
    if (text->kind != 1 || bytes == NULL) {
        return false;
    }
    char *place = value->text + value->length + 1;
    uint8_t odd = 0;
    for (size_t index = 0; index < count; index++) {
        uint8_t byte = bytes[index];
        place[index] = (char)byte;
        odd |= (uint8_t)(byte - ' ') > '~' - ' ' || byte == '\'' || byte == '"' || byte == '\\';
    }
    if (!odd) {
        place[-1] = place[count] = '\'';
        value->length += count + 2;
    }
    return !odd;
}

static void
add_quoted(Value *value, const Text *text, char also, bool is_text)
{
    Py_ssize_t count = text->length < SHOWN ? text->length : SHOWN;
    if (add_plain(value, text, (size_t)count)) {
        return;
    }
    char quote = choose_quote(text, count);
    value->text[value->length++] = quote;
    for (Py_ssize_t index = 0; index < count; index++) {
        add_character(value, character_at(text, index), quote, also, is_text);
    }
    value->text[value->length++] = quote;
}

/* -- texts and bytes ---------------------------------------------------------------------------------------------- */

static uint64_t
hash_content(uint64_t hash, const uint8_t *bytes, size_t count)
{
    if (count <= WHOLE) {
        return hash_bytes(hash, bytes, count);
    }
    uint64_t length = count;
    hash = hash_bytes(hash, bytes, PART);
    hash = hash_bytes(hash, bytes + count - PART, PART);
    return hash_bytes(hash, &length, sizeof(length));
}

/* The hash of a text that is not ASCII, encoded character by character, once for its length and once for its hash. */
static uint64_t
hash_encoded(uint64_t hash, const Text *text)
{
    char bytes[4];
    uint64_t length = 0, position = 0;
    for (Py_ssize_t index = 0; index < text->length; index++) {
        length += (uint64_t)encode_character(character_at(text, index), bytes);
    }
    for (Py_ssize_t index = 0; index < text->length; index++) {
        int count = encode_character(character_at(text, index), bytes);
        for (int byte = 0; byte < count; byte++, position++) {
            if (length <= WHOLE || position < PART || position >= length - PART) {
                hash = hash_bytes(hash, bytes + byte, 1);
            }
        }
    }
    return length <= WHOLE ? hash : hash_bytes(hash, &length, sizeof(length));
}

static void
describe_text(PyObject *object, Value *value)
{
    Text text = text_of(object);
    add_quoted(value, &text, '\\', true);
    if (text.length > SHOWN) {
        add_text(value, ellipsis);
    }
    uint64_t start = hash_bytes(FNV_START, "str", 4);
    value->hash = text.is_ascii ? hash_content(start, text.data, (size_t)text.length) : hash_encoded(start, &text);
}

static void
describe_bytes(PyObject *object, Value *value)
{
    bool is_array = !PyBytes_Check(object);
    const char *data = is_array ? PyByteArray_AsString(object) : PyBytes_AsString(object);
    Text text = {object, data, 1, false, (Py_ssize_t)WORD_OF(object, 2)};
    add_text(value, is_array ? "bytearray(b" : "b");
    add_quoted(value, &text, is_array ? '\'' : '\\', false);
    add_text(value, is_array ? ")" : "");
    if (text.length > SHOWN) {
        add_text(value, ellipsis);
    }
    uint64_t start = is_array ? hash_bytes(FNV_START, "bytearray", 10) : hash_bytes(FNV_START, "bytes", 6);
    value->hash = hash_content(start, (const uint8_t *)data, (size_t)text.length);
}

/* -- numbers ------------------------------------------------------------------------------------------------------ */

/* Show and hash a text of a number. */
static void
take_number(Value *value, const char *type, const Text *text)
{
    Py_ssize_t shown = text->length < SHOWN ? text->length : SHOWN;
    for (Py_ssize_t index = 0; index < shown; index++) {
        value->text[value->length++] = (char)character_at(text, index);
    }
    if (shown < text->length) {
        add_text(value, ellipsis);
    }
    value->hash = hash_content(hash_bytes(FNV_START, type, strlen(type) + 1), text->data, (size_t)text->length);
}

static void
take_plain(Value *value, const char *type, const char *digits)
{
    Text text = {NULL, digits, 1, true, (Py_ssize_t)strlen(digits)};
    take_number(value, type, &text);
}

/* Whether hexadecimal digits, with sign and prefix, are of a number of more than 1,000 decimal digits. */
static bool
is_long(const Text *digits)
{
    Py_ssize_t prefix = character_at(digits, 0) == '-' ? 3 : 2;
    Py_UCS4 first = character_at(digits, prefix);
    int bits = first >= '8' ? 4 : first >= '4' ? 3 : first >= '2' ? 2 : 1;
    return (digits->length - prefix - 1) * 4 + bits >= LONG_BITS;
}

/* Hash the text of a number that is written already. `size`: bytes of the type's name and the zero behind it. */
static void
take_written(Value *value, const char *type, size_t size)
{
    value->hash = hash_bytes(hash_bytes(FNV_START, type, size), value->text, value->length);
}

static void
describe_integer(PyObject *object, Value *value)
{
    int overflow;
    long long number = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (!overflow) {
        value->length = write_integer(value->text, number);
        take_written(value, "int", 4);
        return;
    }
    PyObject *written = PyNumber_ToBase(object, 16);
    Text text = written == NULL ? (Text){0} : text_of(written);
    if (written != NULL && !is_long(&text)) {
        PyObject *decimal = PyObject_Repr(object);
        if (decimal != NULL) {
            Py_DECREF(written);
            written = decimal;
            text = text_of(written);
        }
    }
    if (written != NULL) {
        take_number(value, "int", &text);
    }
    Py_XDECREF(written);
    PyErr_Clear();
}

static void
describe_float(PyObject *object, Value *value)
{
    double number = PyFloat_AsDouble(object);
    value->length = write_float(value->text, number);
    if (value->length != 0) {
        take_written(value, "float", 6);
        return;
    }
    char *digits = PyOS_double_to_string(number, 'r', 0, Py_DTSF_ADD_DOT_0, NULL);
    take_plain(value, "float", digits == NULL ? "?" : digits);
    PyMem_Free(digits);
}

static void
describe_complex(PyObject *object, Value *value)
{
    PyObject *written = PyObject_Repr(object);
    if (written != NULL) {
        Text text = text_of(written);
        take_number(value, "complex", &text);
    }
    Py_XDECREF(written);
    PyErr_Clear();
}

bool
describe_value(PyObject *object, Value *value)
{
    PyTypeObject *type = Py_TYPE(object);
    value->length = 0;
    if (TYPE_HAS(type, FLAG_COLLECTED | FLAG_HEAP)) {
        return false;
    }
    if (type == &PyUnicode_Type) {
        describe_text(object, value);
    }
    else if (type == &PyLong_Type) {
        describe_integer(object, value);
    }
    else if (type == &PyBytes_Type || type == &PyByteArray_Type) {
        describe_bytes(object, value);
    }
    else if (type == &PyFloat_Type) {
        describe_float(object, value);
    }
    else if (type == &PyComplex_Type) {
        describe_complex(object, value);
    }
    else if (type == &PyBool_Type) {
        take_plain(value, "bool", object == Py_True ? "True" : "False");
    }
    else if (object == Py_None) {
        take_plain(value, "NoneType", "None");
    }
    else {
        return false;
    }
    /* What is shown whole is told from other values by their hash. Mixed, as it is to choose a place in a table. */
    uint64_t key = value->length < SHOWN ? value->hash : hash_quickly(value->text, value->length);
    value->key = key ^ key << 32;
    return true;
}

/* -- trial -------------------------------------------------------------------------------------------------------- */

bool
text_ready(void)
{
    static const char *const trials[] = {"abc", "ab\xC3\xA9", "ab\xE2\x82\xAC", "ab\xF0\x9F\x90\x8D"};
    bool known = true;
    for (size_t index = 0; known && index < sizeof(trials) / sizeof(*trials); index++) {
        PyObject *string = PyUnicode_FromString(trials[index]);
        if (string == NULL) {
            return false;
        }
        Text text = text_of(string);
        known = text.length == 3 && text.data != NULL && text.is_ascii == (index == 0)
                && text.kind == (index < 2 ? 1 : index == 2 ? 2 : 4);
        for (Py_ssize_t place = 0; known && place < 3; place++) {
            known = character_at(&text, place) == PyUnicode_ReadChar(string, place);
        }
        Py_DECREF(string);
    }
    if (!known) {
        PyErr_SetString(PyExc_ImportError, "heapsight._native.heap cannot be used: texts are not as expected");
    }
    return known;
}
