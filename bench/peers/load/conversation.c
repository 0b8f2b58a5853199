#include "echo.h"

#include <string.h>

void begin_message(struct load *load, struct conversation *conversation, uint64_t now_ns)
{
    fill_message(conversation->message, load->options->size_bytes, conversation->index, ++conversation->sequence);
    conversation->sent = 0;
    conversation->received = 0;
    conversation->sent_at_ns = now_ns;
    load->engine->send(load, conversation);
}

static void verify(const struct load *load, const struct conversation *conversation, const unsigned char *bytes, size_t count)
{
    if (conversation->received + count > load->options->size_bytes)
        fail("connection %d, message %llu: %zu bytes came back, %zu were sent", conversation->index,
             (unsigned long long)conversation->sequence, conversation->received + count, load->options->size_bytes);
    const unsigned char *expected = conversation->message + conversation->received;
    if (memcmp(bytes, expected, count) == 0)
        return;
    size_t at = 0;
    while (bytes[at] == expected[at])
        at++;
    fail("connection %d, message %llu, byte %zu: got 0x%02x, expected 0x%02x", conversation->index,
         (unsigned long long)conversation->sequence, conversation->received + at, bytes[at], expected[at]);
}

void take_answer(struct load *load, struct conversation *conversation, const unsigned char *bytes, size_t count)
{
    if (count == 0)
        fail("connection %d: closed by the server in message %llu", conversation->index,
             (unsigned long long)conversation->sequence);
    verify(load, conversation, bytes, count);
    conversation->received += count;
    if (conversation->received < load->options->size_bytes)
        return;

    uint64_t now_ns = monotonic_ns();
    if (load->measuring) {
        record(&load->latencies_ns, now_ns - conversation->sent_at_ns);
        conversation->answers_in_window++;
    }
    begin_message(load, conversation, now_ns);
}
