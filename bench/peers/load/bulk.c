#define _GNU_SOURCE /* accept4 */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GRACE_SECONDS 30
#define BYTES_PER_GIB 1073741824.0

/* Not a power of two: what is lost or doubled by whole buffers is found. */
#define PATTERN_BYTES (1024 * 1024 - 3)
#define SEND_BYTES (256 * 1024)
#define RECEIVE_BYTES (1024 * 1024)
#define CALLS_PER_TURN 4

#define STALLED_AFTER_MS 1000
#define SAMPLES_INTERVAL_MS 20

struct bulk {
    const struct options *options;
    int source;
    int sink;
    unsigned char *pattern;
    uint64_t sent;
    uint64_t received;
};

struct bulk_mark {
    uint64_t time_ns;
    uint64_t relay_cpu_ns;
    uint64_t own_cpu_ns;
    uint64_t received;
};

static struct bulk_mark take_mark(const struct bulk *bulk)
{
    return (struct bulk_mark){monotonic_ns(), server_and_children_cpu_ns(bulk->options->server), own_cpu_ns(), bulk->received};
}

static void open_bulk(struct bulk *bulk, const struct options *options)
{
    bulk->options = options;
    bulk->pattern = malloc(PATTERN_BYTES);
    if (bulk->pattern == NULL)
        fail("malloc: %s", strerror(errno));
    fill_message(bulk->pattern, PATTERN_BYTES, 0, 1);

    int listener = listen_on(options->sink_url);
    struct address address = parse_address(options->url);
    bulk->source = connect_to(&address, 0);
    bulk->sink = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (bulk->sink < 0 || fcntl(bulk->source, F_SETFL, O_NONBLOCK) < 0)
        fail("the relay's connection to %s: %s", options->sink_url, strerror(errno));
    close(listener);
}

/* Sends up to `end` bytes in all. Returns 0 when nothing could be sent. */
static int send_some(struct bulk *bulk, uint64_t end)
{
    uint64_t before = bulk->sent;
    for (int i = 0; i < CALLS_PER_TURN && bulk->sent < end; i++) {
        size_t from = bulk->sent % PATTERN_BYTES;
        size_t count = PATTERN_BYTES - from < SEND_BYTES ? PATTERN_BYTES - from : SEND_BYTES;
        if (count > end - bulk->sent)
            count = (size_t)(end - bulk->sent);
        ssize_t sent = send(bulk->source, bulk->pattern + from, count, 0);
        if (sent < 0 && errno == EAGAIN)
            break;
        if (sent < 0)
            fail("send after %llu bytes: %s", (unsigned long long)bulk->sent, strerror(errno));
        bulk->sent += (uint64_t)sent;
    }
    return bulk->sent > before;
}

static void verify_bytes(const struct bulk *bulk, const unsigned char *bytes, size_t count)
{
    for (size_t done = 0; done < count;) {
        size_t at = (bulk->received + done) % PATTERN_BYTES;
        size_t part = count - done < PATTERN_BYTES - at ? count - done : PATTERN_BYTES - at;
        if (memcmp(bytes + done, bulk->pattern + at, part) != 0)
            fail("wrong bytes between %llu and %llu", (unsigned long long)(bulk->received + done),
                 (unsigned long long)(bulk->received + done + part));
        done += part;
    }
}

/* Returns 0 at the end of the stream. MSG_TRUNC, tcp(7), throws away without copying, so that the relay's core is the full one. */
static int receive_some(struct bulk *bulk)
{
    static unsigned char bytes[RECEIVE_BYTES];
    int discards = bulk->options->bulk_kind == BULK_TIME;
    for (int i = 0; i < CALLS_PER_TURN; i++) {
        ssize_t count = recv(bulk->sink, bytes, sizeof(bytes), discards ? MSG_TRUNC : 0);
        if (count < 0 && errno == EAGAIN)
            return 1;
        if (count < 0)
            fail("recv after %llu bytes: %s", (unsigned long long)bulk->received, strerror(errno));
        if (count == 0)
            return 0;
        if (!discards)
            verify_bytes(bulk, bytes, (size_t)count);
        bulk->received += (uint64_t)count;
    }
    return 1;
}

/* Until `received` bytes have come or the time has passed, whichever is later. Sends at most `send_end` in all. */
static void move_until(struct bulk *bulk, uint64_t received, uint64_t end_ns, uint64_t send_end)
{
    while (bulk->received < received || monotonic_ns() < end_ns) {
        struct pollfd ready[] = {{.fd = bulk->sink, .events = POLLIN}, {.fd = bulk->source, .events = POLLOUT}};
        if (poll(ready, bulk->sent < send_end ? 2 : 1, -1) < 0 && errno != EINTR)
            fail("poll: %s", strerror(errno));
        if (ready[0].revents != 0 && !receive_some(bulk))
            fail("the stream ended after %llu bytes", (unsigned long long)bulk->received);
        if (bulk->sent < send_end && ready[1].revents != 0)
            send_some(bulk, send_end);
    }
}

/* The end of what was sent passes through, and nothing is missing before it. */
static void end_stream(struct bulk *bulk)
{
    struct pollfd ready = {.fd = bulk->sink, .events = POLLIN};
    set_deadline(GRACE_SECONDS, "waiting for the end of the stream: the relay has not passed it on");
    if (shutdown(bulk->source, SHUT_WR) < 0)
        fail("shutdown: %s", strerror(errno));
    do {
        if (poll(&ready, 1, -1) < 0 && errno != EINTR)
            fail("poll: %s", strerror(errno));
    } while (receive_some(bulk));
    if (bulk->received != bulk->sent)
        fail("%llu bytes arrived of %llu", (unsigned long long)bulk->received, (unsigned long long)bulk->sent);
}

static void run_timed(struct bulk *bulk)
{
    const struct options *options = bulk->options;
    set_deadline(options->warmup_seconds + GRACE_SECONDS, "warming up: the relay passes nothing on");
    move_until(bulk, 1, monotonic_ns() + (uint64_t)(options->warmup_seconds * 1e9), UINT64_MAX);

    set_deadline(GRACE_SECONDS * 4, "measuring: the relay passes nothing on, or less than 40 MB/s");
    struct bulk_mark from = take_mark(bulk);
    move_until(bulk, from.received + options->bulk_bytes, 0, UINT64_MAX);
    struct bulk_mark to = take_mark(bulk);
    long long rss_anon_bytes = server_and_children_rss_anon_bytes(options->server);
    end_stream(bulk);

    double gib = (double)(to.received - from.received) / BYTES_PER_GIB;
    double window_ns = (double)(to.time_ns - from.time_ns);
    double relay_ns = (double)(to.relay_cpu_ns - from.relay_cpu_ns);
    double own_ns = (double)(to.own_cpu_ns - from.own_cpu_ns);
    printf("{\"bytes\":%llu,\"warmupSeconds\":%g,\"windowSeconds\":%.6f,\"gibPerSecond\":%.4f,\"relayCpuSecondsPerGib\":%.5f,"
           "\"relayCpuFraction\":%.4f,\"loadCpuSecondsPerGib\":%.5f,\"loadCpuFraction\":%.4f,\"relayRssAnonBytes\":%lld}\n",
           (unsigned long long)(to.received - from.received), options->warmup_seconds, window_ns / 1e9,
           gib / (window_ns / 1e9), relay_ns / 1e9 / gib, relay_ns / window_ns, own_ns / 1e9 / gib, own_ns / window_ns,
           rss_anon_bytes);
}

static void run_verified(struct bulk *bulk)
{
    set_deadline(GRACE_SECONDS, "verifying: the relay passes nothing on");
    move_until(bulk, bulk->options->bulk_bytes, 0, bulk->options->bulk_bytes);
    end_stream(bulk);
    printf("{\"bytes\":%llu}\n", (unsigned long long)bulk->received);
}

/* Offers bytes while nobody reads, until the relay has taken none for a second. Returns the most memory it had. */
static long long offer_until_refused(struct bulk *bulk)
{
    long long most_bytes = 0;
    uint64_t refused_at_ns = monotonic_ns() + STALLED_AFTER_MS * 1000000ull;
    while (bulk->sent < bulk->options->bulk_bytes && monotonic_ns() < refused_at_ns) {
        struct pollfd ready = {.fd = bulk->source, .events = POLLOUT};
        if (poll(&ready, 1, SAMPLES_INTERVAL_MS) < 0 && errno != EINTR)
            fail("poll: %s", strerror(errno));
        if (ready.revents != 0 && send_some(bulk, bulk->options->bulk_bytes))
            refused_at_ns = monotonic_ns() + STALLED_AFTER_MS * 1000000ull;
        long long now_bytes = server_and_children_rss_anon_bytes(bulk->options->server);
        most_bytes = now_bytes > most_bytes ? now_bytes : most_bytes;
    }
    return most_bytes;
}

static void run_stalled(const struct options *options)
{
    static struct bulk bulk;
    long long idle_bytes = server_and_children_rss_anon_bytes(options->server);
    open_bulk(&bulk, options);
    set_deadline(GRACE_SECONDS * 2, "offering bytes to a relay whose other side doesn't read");
    long long most_bytes = offer_until_refused(&bulk);
    uint64_t taken = bulk.sent;

    set_deadline(GRACE_SECONDS, "reading what the relay has held");
    move_until(&bulk, options->bulk_bytes, 0, options->bulk_bytes);
    end_stream(&bulk);
    printf("{\"offeredBytes\":%llu,\"takenBytes\":%llu,\"idleRssAnonBytes\":%lld,\"stalledRssAnonBytes\":%lld,"
           "\"growthBytes\":%lld}\n",
           (unsigned long long)options->bulk_bytes, (unsigned long long)taken, idle_bytes, most_bytes, most_bytes - idle_bytes);
}

void run_bulk(const struct options *options)
{
    static struct bulk bulk;
    set_deadline(GRACE_SECONDS, "connecting through the relay");
    if (options->bulk_kind == BULK_STALL) {
        run_stalled(options);
        return;
    }
    open_bulk(&bulk, options);
    if (options->bulk_kind == BULK_VERIFY)
        run_verified(&bulk);
    else
        run_timed(&bulk);
}
