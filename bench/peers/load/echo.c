#include "echo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GRACE_SECONDS 10

/* A ring gains by batches, and fewer connections don't fill them. */
#define FEWEST_FOR_RING 16

struct mark {
    uint64_t time_ns;
    uint64_t server_cpu_ns;
    uint64_t own_cpu_ns;
};

static struct mark take_mark(const struct options *options)
{
    return (struct mark){monotonic_ns(), server_and_children_cpu_ns(options->server), own_cpu_ns()};
}

static void open_connections(struct load *load)
{
    const struct options *options = load->options;
    load->conversations = calloc((size_t)options->connections, sizeof(*load->conversations));
    unsigned char *messages = malloc((size_t)options->connections * flight_bytes(load));
    if (load->conversations == NULL || messages == NULL)
        fail("memory for %d connections: %s", options->connections, strerror(errno));

    for (int i = 0; i < options->connections; i++) {
        load->conversations[i].index = i;
        load->conversations[i].messages = messages + (size_t)i * flight_bytes(load);
        if (!options->connect)
            load->conversations[i].fd = connect_to(&load->address, i);
    }
}

static void open_engine(struct load *load)
{
    int prefers_ring = !load->options->connect && !load->options->epoll_only && load->options->connections >= FEWEST_FOR_RING;
    load->engine = &ring_engine;
    if (prefers_ring && load->engine->open(load))
        return;
    load->engine = load->options->connect ? &connect_engine : &epoll_engine;
    if (!load->engine->open(load))
        fail("epoll: %s", strerror(errno));
}

static void require_answers(const struct load *load)
{
    for (int i = 0; i < load->options->connections; i++)
        if (load->conversations[i].answers_in_window == 0)
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

    printf("{\"loadEngine\":\"%s\",\"connections\":%d,\"sizeBytes\":%zu,\"warmupSeconds\":%g,\"windowSeconds\":%.6f,"
           "\"requests\":%llu,\"requestsPerSecond\":%.1f,\"p50Us\":%.3f,\"p99Us\":%.3f,\"maxUs\":%.3f,"
           "\"serverCpuUsPerRequest\":%.4f,\"serverCpuFraction\":%.4f,\"loadCpuUsPerRequest\":%.4f,"
           "\"loadCpuFraction\":%.4f,\"serverRssAnonBytes\":%lld}\n",
           load->engine->name, options->connections, options->size_bytes, options->warmup_seconds, window_ns / 1e9,
           (unsigned long long)latencies->total, requests / (window_ns / 1e9), (double)quantile(latencies, 0.5) / 1e3,
           (double)quantile(latencies, 0.99) / 1e3, (double)latencies->max / 1e3, server_ns / requests / 1e3,
           server_ns / window_ns, own_ns / requests / 1e3, own_ns / window_ns, server_and_children_rss_anon_bytes(options->server));
}

void run_echo(const struct options *options)
{
    static struct load load;
    load.options = options;
    load.address = parse_address(options->url);
    set_deadline(GRACE_SECONDS, "connecting");
    open_connections(&load);
    open_engine(&load);

    set_deadline(options->warmup_seconds + GRACE_SECONDS, "warming up: the server has stopped answering");
    uint64_t start_ns = monotonic_ns();
    for (int i = 0; i < options->connections; i++)
        begin_flight(&load, &load.conversations[i], start_ns);
    load.engine->pump_until(&load, start_ns + (uint64_t)(options->warmup_seconds * 1e9));

    set_deadline(options->window_seconds + GRACE_SECONDS, "measuring: the server has stopped answering");
    struct mark from = take_mark(options);
    load.measuring = 1;
    load.engine->pump_until(&load, from.time_ns + (uint64_t)(options->window_seconds * 1e9));
    struct mark to = take_mark(options);

    require_answers(&load);
    print_result(&load, from, to);
}
