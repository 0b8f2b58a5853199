#include "echo.h"

#include <string.h>

size_t flight_bytes(const struct load *load)
{
    return load->options->size_bytes * (size_t)load->options->pipeline;
}

void begin_flight(struct load *load, struct conversation *conversation, uint64_t now_ns)
{
    size_t size = load->options->size_bytes;
    conversation->sequence += (uint64_t)load->options->pipeline;
    for (int i = 0; i < load->options->pipeline; i++)
        fill_message(conversation->messages + (size_t)i * size, size, conversation->index, conversation->sequence + (uint64_t)i);
    conversation->sent = 0;
    conversation->received = 0;
    conversation->sent_at_ns = now_ns;
    load->engine->send(load, conversation);
}

static unsigned long long sequence_at(const struct load *load, const struct conversation *conversation, size_t offset)
{
    return conversation->sequence + offset / load->options->size_bytes;
}

static void verify(const struct load *load, const struct conversation *conversation, const unsigned char *bytes, size_t count)
{
    size_t from = conversation->received;
    if (count == 0)
        fail("connection %d: closed by the server in message %llu", conversation->index, sequence_at(load, conversation, from));
    if (from + count > flight_bytes(load))
        fail("connection %d, message %llu: %zu bytes came back, %zu were sent", conversation->index,
             sequence_at(load, conversation, from), from + count, flight_bytes(load));
    const unsigned char *expected = conversation->messages + from;
    if (memcmp(bytes, expected, count) == 0)
        return;
    size_t at = 0;
    while (bytes[at] == expected[at])
        at++;
    fail("connection %d, message %llu, byte %zu: got 0x%02x, expected 0x%02x", conversation->index,
         sequence_at(load, conversation, from + at), (from + at) % load->options->size_bytes, bytes[at], expected[at]);
}

size_t compare_answer(const struct load *load, struct conversation *conversation, const unsigned char *bytes, size_t count)
{
    size_t size = load->options->size_bytes;
    size_t complete_before = conversation->received / size;
    verify(load, conversation, bytes, count);
    conversation->received += count;
    return conversation->received / size - complete_before;
}

void count_answers(struct load *load, struct conversation *conversation, size_t answers, uint64_t now_ns)
{
    if (!load->measuring)
        return;
    conversation->answers_in_window += answers;
    for (; answers > 0; answers--)
        record(&load->latencies_ns, now_ns - conversation->sent_at_ns);
}

void take_answer(struct load *load, struct conversation *conversation, const unsigned char *bytes, size_t count)
{
    size_t answers = compare_answer(load, conversation, bytes, count);
    if (answers == 0)
        return;
    uint64_t now_ns = monotonic_ns();
    count_answers(load, conversation, answers, now_ns);
    if (conversation->received == flight_bytes(load))
        begin_flight(load, conversation, now_ns);
}
