#include "udp.h"

#include <string.h>

void fill_payloads(unsigned char *bytes, size_t size, size_t count)
{
    for (size_t i = 0; i < size * count; i++)
        bytes[i] = (unsigned char)(i % size);
}

void write_sequence(unsigned char *datagram, uint64_t sequence)
{
    memcpy(datagram, &sequence, sizeof(sequence));
}
