#include "udp.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GRACE_SECONDS 10

struct mark {
    uint64_t time_ns;
    uint64_t cpu_ns;
    uint64_t received;
    uint64_t lost;
    uint32_t dropped;
};

static const struct options *s_options;
static uint64_t s_received;
static uint64_t s_lost;
static uint64_t s_sequence_errors;
static uint64_t s_next;

/* Only in the check: while it is timed every receiver looks at length and sequence number. */
static void verify_payload(const unsigned char *bytes, size_t length)
{
    for (size_t i = sizeof(uint64_t); i < length; i++)
        if (bytes[i] != (unsigned char)i)
            fail("datagram %llu, byte %zu: got 0x%02x, expected 0x%02x", (unsigned long long)s_received, i, bytes[i],
                 (unsigned)(unsigned char)i);
}

void take_datagram(const unsigned char *bytes, size_t length)
{
    uint64_t sequence;
    if (length != s_options->size_bytes)
        fail("datagram %llu: %zu bytes instead of %zu", (unsigned long long)s_received, length, s_options->size_bytes);
    memcpy(&sequence, bytes, sizeof(sequence));
    if (sequence >= s_next) {
        s_lost += sequence - s_next;
        s_next = sequence + 1;
    } else {
        s_sequence_errors++;
    }
    s_received++;
    if (s_options->count > 0)
        verify_payload(bytes, length);
}

/* SO_MEMINFO, socket(7): datagrams for which there was no room. */
static uint32_t dropped(int fd)
{
    uint32_t memory[SK_MEMINFO_VARS] = {0};
    socklen_t length = sizeof(memory);
    if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, memory, &length) < 0)
        fail("SO_MEMINFO: %s", strerror(errno));
    return memory[SK_MEMINFO_DROPS];
}

static struct mark take_mark(int fd)
{
    return (struct mark){monotonic_ns(), own_cpu_ns(), s_received, s_lost, dropped(fd)};
}

static int receive_buffer_bytes(int fd)
{
    int bytes = 0;
    socklen_t length = sizeof(bytes);
    getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &length);
    return bytes;
}

static void print_result(int fd, struct mark from, struct mark to)
{
    printf("{\"receivedDatagrams\":%llu,\"windowSeconds\":%.6f,\"cpuSeconds\":%.6f,\"lostDatagrams\":%llu,"
           "\"kernelDrops\":%u,\"sequenceErrors\":%llu,\"receiveBufferBytes\":%d}\n",
           (unsigned long long)(to.received - from.received), (double)(to.time_ns - from.time_ns) / 1e9,
           (double)(to.cpu_ns - from.cpu_ns) / 1e9, (unsigned long long)(to.lost - from.lost), to.dropped - from.dropped,
           (unsigned long long)s_sequence_errors, receive_buffer_bytes(fd));
}

static void receive_until(const struct receiving *receiving, int fd, uint64_t end_ns)
{
    while (monotonic_ns() < end_ns)
        receiving->receive(fd);
}

static void receive_window(const struct receiving *receiving, int fd)
{
    receiving->receive(fd); /* The sender has begun. */
    receive_until(receiving, fd, monotonic_ns() + (uint64_t)(s_options->warmup_seconds * 1e9));
    struct mark from = take_mark(fd);
    receive_until(receiving, fd, from.time_ns + (uint64_t)(s_options->window_seconds * 1e9));
    print_result(fd, from, take_mark(fd));
}

static void receive_all(const struct receiving *receiving, int fd)
{
    struct mark from = take_mark(fd);
    while (s_next < s_options->count)
        receiving->receive(fd);
    print_result(fd, from, take_mark(fd));
    if (s_received != s_options->count)
        fail("%llu datagrams arrived of %llu", (unsigned long long)s_received, (unsigned long long)s_options->count);
}

void run_receiver(const struct options *options)
{
    const struct receiving *receiving = options->one ? &one_receiving : &batch_receiving;
    s_options = options;
    int fd = open_socket(options, /* is_receiver */ 1);
    receiving->open(fd, options);
    puts("ready");
    fflush(stdout);

    alarm((unsigned)(options->warmup_seconds + options->window_seconds + GRACE_SECONDS));
    if (options->count > 0)
        receive_all(receiving, fd);
    else
        receive_window(receiving, fd);
}
