#include "load.h"
#include "histogram.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_PER_WAIT 512
#define RECEIVE_BYTES (64 * 1024)
#define GRACE_SECONDS 10

struct connection {
    int fd;
    int index;
    unsigned char *message;
    size_t sent;
    size_t received;
    uint64_t sequence;
    uint64_t sent_at_ns;
    uint64_t answers_in_window;
};

struct load {
    const struct options *options;
    int epoll;
    int measuring;
    struct connection *connections;
    struct histogram latencies_ns;
};

struct mark {
    uint64_t time_ns;
    uint64_t server_cpu_ns;
    uint64_t own_cpu_ns;
};

static struct mark take_mark(const struct options *options)
{
    return (struct mark){monotonic_ns(), server_cpu_ns(options->server), own_cpu_ns()};
}

/* Edge-triggered for both directions: the kernel reports room only after a send was refused. */
static void send_rest(struct load *load, struct connection *connection)
{
    size_t size = load->options->size_bytes;
    while (connection->sent < size) {
        ssize_t count = send(connection->fd, connection->message + connection->sent, size - connection->sent, 0);
        if (count < 0 && errno == EAGAIN)
            return;
        if (count < 0)
            fail("send on connection %d: %s", connection->index, strerror(errno));
        connection->sent += (size_t)count;
    }
}

static void send_next(struct load *load, struct connection *connection, uint64_t now_ns)
{
    fill_message(connection->message, load->options->size_bytes, connection->index, ++connection->sequence);
    connection->sent = 0;
    connection->received = 0;
    connection->sent_at_ns = now_ns;
    send_rest(load, connection);
}

static void verify(const struct connection *connection, const unsigned char *bytes, size_t count)
{
    if (connection->received + count > connection->sent)
        fail("connection %d, message %llu: %zu bytes came back, %zu were sent", connection->index,
             (unsigned long long)connection->sequence, connection->received + count, connection->sent);
    const unsigned char *expected = connection->message + connection->received;
    if (memcmp(bytes, expected, count) == 0)
        return;
    size_t at = 0;
    while (bytes[at] == expected[at])
        at++;
    fail("connection %d, message %llu, byte %zu: got 0x%02x, expected 0x%02x", connection->index,
         (unsigned long long)connection->sequence, connection->received + at, bytes[at], expected[at]);
}

static void complete(struct load *load, struct connection *connection)
{
    uint64_t now_ns = monotonic_ns();
    if (load->measuring) {
        record(&load->latencies_ns, now_ns - connection->sent_at_ns);
        connection->answers_in_window++;
    }
    send_next(load, connection, now_ns);
}

static void receive(struct load *load, struct connection *connection)
{
    static unsigned char bytes[RECEIVE_BYTES];
    for (;;) {
        ssize_t count = recv(connection->fd, bytes, sizeof(bytes), 0);
        if (count < 0 && errno == EAGAIN)
            return;
        if (count < 0)
            fail("recv on connection %d: %s", connection->index, strerror(errno));
        if (count == 0)
            fail("connection %d: closed by the server in message %llu", connection->index,
                 (unsigned long long)connection->sequence);
        verify(connection, bytes, (size_t)count);
        connection->received += (size_t)count;
        if (connection->received == load->options->size_bytes)
            complete(load, connection);
        if ((size_t)count < sizeof(bytes))
            return; /* A short read has drained the socket; what comes later is a new edge. */
    }
}

static void pump_until(struct load *load, uint64_t end_ns)
{
    struct epoll_event events[EVENTS_PER_WAIT];
    while (monotonic_ns() < end_ns) {
        int count = epoll_wait(load->epoll, events, EVENTS_PER_WAIT, -1);
        if (count < 0 && errno != EINTR)
            fail("epoll_wait: %s", strerror(errno));
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if (connection->sent < load->options->size_bytes)
                send_rest(load, connection);
            receive(load, connection);
        }
    }
}

static void open_connections(struct load *load)
{
    const struct options *options = load->options;
    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    load->connections = calloc((size_t)options->connections, sizeof(*load->connections));
    unsigned char *messages = malloc((size_t)options->connections * options->size_bytes);
    if (load->epoll < 0 || load->connections == NULL || messages == NULL)
        fail("set-up: %s", strerror(errno));

    for (int i = 0; i < options->connections; i++) {
        struct connection *connection = &load->connections[i];
        connection->index = i;
        connection->message = messages + (size_t)i * options->size_bytes;
        connection->fd = connect_to(options->url, i);
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = connection};
        if (fcntl(connection->fd, F_SETFL, O_NONBLOCK) < 0 ||
            epoll_ctl(load->epoll, EPOLL_CTL_ADD, connection->fd, &event) < 0)
            fail("set-up of connection %d: %s", i, strerror(errno));
    }
}

static void require_answers(const struct load *load)
{
    for (int i = 0; i < load->options->connections; i++)
        if (load->connections[i].answers_in_window == 0)
            fail("connection %d: no answer in the measured window", i);
}

static void print_result(const struct load *load, struct mark from, struct mark to)
{
    const struct options *options = load->options;
    const struct histogram *latencies = &load->latencies_ns;
    double window_ns = (double)(to.time_ns - from.time_ns);
    double server_ns = (double)(to.server_cpu_ns - from.server_cpu_ns);
    double own_ns = (double)(to.own_cpu_ns - from.own_cpu_ns);
    double requests = (double)latencies->total;

    printf("{\"connections\":%d,\"sizeBytes\":%zu,\"warmupSeconds\":%g,\"windowSeconds\":%.6f,\"requests\":%llu,"
           "\"requestsPerSecond\":%.1f,\"p50Us\":%.3f,\"p99Us\":%.3f,\"maxUs\":%.3f,\"serverCpuUsPerRequest\":%.4f,"
           "\"serverCpuFraction\":%.4f,\"loadCpuUsPerRequest\":%.4f,\"loadCpuFraction\":%.4f,"
           "\"serverRssAnonBytes\":%lld}\n",
           options->connections, options->size_bytes, options->warmup_seconds, window_ns / 1e9,
           (unsigned long long)latencies->total, requests / (window_ns / 1e9), (double)quantile(latencies, 0.5) / 1e3,
           (double)quantile(latencies, 0.99) / 1e3, (double)latencies->max / 1e3, server_ns / requests / 1e3,
           server_ns / window_ns, own_ns / requests / 1e3, own_ns / window_ns, server_rss_anon_bytes(options->server));
}

void run_echo(const struct options *options)
{
    static struct load load;
    load.options = options;
    set_deadline(GRACE_SECONDS, "connecting");
    open_connections(&load);

    set_deadline(options->warmup_seconds + GRACE_SECONDS, "warming up: the server has stopped answering");
    uint64_t start_ns = monotonic_ns();
    for (int i = 0; i < options->connections; i++)
        send_next(&load, &load.connections[i], start_ns);
    pump_until(&load, start_ns + (uint64_t)(options->warmup_seconds * 1e9));

    set_deadline(options->window_seconds + GRACE_SECONDS, "measuring: the server has stopped answering");
    struct mark from = take_mark(options);
    load.measuring = 1;
    pump_until(&load, from.time_ns + (uint64_t)(options->window_seconds * 1e9));
    struct mark to = take_mark(options);

    require_answers(&load);
    print_result(&load, from, to);
}
