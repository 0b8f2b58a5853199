#include "udp.h"

#include <time.h>

/* Slow enough for a receiver that the scheduler has forgotten for a moment. */
#define CHECK_BATCH 64
#define CHECK_PAUSE_NS 10000000

/* The receiver's window ends first, unless it did not run for so long; its end is ECONNREFUSED here. */
#define MARGIN_SECONDS 2

static uint64_t send_slowly(const struct sending *sending, int fd, uint64_t most, const struct options *options)
{
    const struct timespec pause = {.tv_nsec = CHECK_PAUSE_NS};
    uint64_t batch = most < CHECK_BATCH ? most : CHECK_BATCH;
    uint64_t sent = 0;
    while (sent < options->count) {
        uint64_t count = options->count - sent < batch ? options->count - sent : batch;
        if (!sending->send(fd, sent, count))
            fail("nobody receives");
        sent += count;
        if (sent % CHECK_BATCH == 0)
            nanosleep(&pause, NULL);
    }
    return sent;
}

static uint64_t send_for(const struct sending *sending, int fd, uint64_t most, double seconds)
{
    uint64_t end_ns = monotonic_ns() + (uint64_t)(seconds * 1e9);
    uint64_t sent = 0;
    while (monotonic_ns() < end_ns && sending->send(fd, sent, most))
        sent += most;
    return sent;
}

void run_sender(const struct options *options)
{
    const struct sending *sending = options->one ? &one_sending : &batch_sending;
    int fd = open_socket(options, /* is_receiver */ 0);
    uint64_t most = sending->open(fd, options);

    uint64_t from_ns = monotonic_ns();
    uint64_t from_cpu_ns = own_cpu_ns();
    uint64_t sent = options->count > 0
                        ? send_slowly(sending, fd, most, options)
                        : send_for(sending, fd, most, options->warmup_seconds + options->window_seconds + MARGIN_SECONDS);
    double seconds = (double)(monotonic_ns() - from_ns) / 1e9;
    double cpu_seconds = (double)(own_cpu_ns() - from_cpu_ns) / 1e9;
    printf("{\"sentDatagrams\":%llu,\"seconds\":%.6f,\"cpuSeconds\":%.6f}\n", (unsigned long long)sent, seconds, cpu_seconds);
}
