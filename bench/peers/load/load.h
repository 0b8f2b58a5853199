#ifndef LOAD_H
#define LOAD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#define MAX_IDLE_STEPS 8

/* What the bytes of --bulk are for. */
enum bulk_kind { BULK_TIME, BULK_VERIFY, BULK_STALL };

struct options {
    const char *url;
    int connections;
    size_t size_bytes;
    int pipeline; /* Messages in flight on each connection. */
    int connect;  /* A connection for each message. */
    double warmup_seconds;
    double window_seconds;
    pid_t server;
    int idle_steps[MAX_IDLE_STEPS];
    int idle_step_count;
    int touch;
    const char *ask_path;
    int epoll_only;
    uint64_t bulk_bytes;
    const char *sink_url;
    enum bulk_kind bulk_kind;
    int many;  /* Connections of --many, the first of which has this index among all processes'. */
    int first;
    char **command;
};

struct options parse_options(int argc, char **argv);

/* Each prints one JSON object on one line. */
void run_echo(const struct options *options);
void run_idle(const struct options *options);
void run_many(const struct options *options);
void run_bulk(const struct options *options);
void run_other(const struct options *options);

struct address {
    const char *url;
    struct sockaddr_storage bytes;
    socklen_t length;
};

/* Of tcp://ADDRESS:PORT or unix:///PATH. */
struct address parse_address(const char *url);

/* Connection `index`, blocking until it is made. Over loopback each few thousand have a source address of their own. */
int connect_to(const struct address *address, int index);

/* One HTTP/1.1 request and its answer of 200 on a connection that stays. */
void ask(int fd, int index, const char *path);

/* A listener on tcp://ADDRESS:PORT. */
int listen_on(const char *url);

uint64_t server_cpu_ns(pid_t server);
uint64_t server_and_children_cpu_ns(pid_t server);
uint64_t own_cpu_ns(void);
uint64_t monotonic_ns(void);
long long server_and_children_rss_anon_bytes(pid_t server);
long long server_and_children_private_dirty_bytes(pid_t server);

/* Of the whole machine: slab, stacks, page tables, and what TCP's buffers hold. */
long long kernel_bytes(void);

/* Fills a message that no other connection and no other sequence number has. */
void fill_message(unsigned char *message, size_t size, int connection, uint64_t sequence);

/* What the process is doing, for the message when its deadline passes. */
void set_deadline(double seconds, const char *doing);

/* Ends with exit 1; `fail_usage` with exit 2. */
__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);
__attribute__((noreturn, format(printf, 1, 2))) void fail_usage(const char *format, ...);

#endif
