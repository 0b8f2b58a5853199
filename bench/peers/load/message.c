#include "load.h"

#include <string.h>

/* The finalizer of splitmix64: neighbours in, strangers out. */
static uint64_t mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

static uint64_t following(uint64_t word)
{
    return word * 6364136223846793005u + 1442695040888963407u;
}

/* Four words side by side: one after the other each would wait for the multiplication before it. */
static uint64_t fill_rows(unsigned char *message, size_t rows, uint64_t word)
{
    uint64_t row[4] = {word, word ^ 0x9e3779b97f4a7c15u, word ^ 0xbf58476d1ce4e5b9u, word ^ 0x94d049bb133111ebu};
    for (; rows > 0; rows--, message += sizeof(row)) {
        memcpy(message, row, sizeof(row));
        for (int i = 0; i < 4; i++)
            row[i] = following(row[i]);
    }
    return row[0];
}

void fill_message(unsigned char *message, size_t size, int connection, uint64_t sequence)
{
    uint64_t word = mix(((uint64_t)connection << 40) ^ sequence ^ 0x9e3779b97f4a7c15u);
    size_t rows = size / (4 * sizeof(word));
    word = fill_rows(message, rows, word);
    message += rows * 4 * sizeof(word);
    size -= rows * 4 * sizeof(word);
    for (; size >= sizeof(word); message += sizeof(word), size -= sizeof(word)) {
        memcpy(message, &word, sizeof(word));
        word = following(word);
    }
    memcpy(message, &word, size);
}
