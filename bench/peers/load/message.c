#include "load.h"

#include <string.h>

/* The finalizer of splitmix64: neighbours in, strangers out. */
static uint64_t mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

void fill_message(unsigned char *message, size_t size, int connection, uint64_t sequence)
{
    uint64_t word = mix(((uint64_t)connection << 40) ^ sequence ^ 0x9e3779b97f4a7c15u);
    for (; size >= sizeof(word); message += sizeof(word), size -= sizeof(word)) {
        memcpy(message, &word, sizeof(word));
        word = word * 6364136223846793005u + 1442695040888963407u;
    }
    memcpy(message, &word, size);
}
