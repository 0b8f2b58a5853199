/*
 * What a relay costs in C: one thread, edge-triggered, bytes copied through a buffer or spliced through a pipe.
 * No limits, no time-outs, no second backend: a ceiling, and no program for users.
 */
#define _GNU_SOURCE /* accept4 */
#include "relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_PER_WAIT 512
#define MOST_BUFFER_BYTES (16 * 1024 * 1024)

struct pair;

/* What an event is about: one socket, which one flow reads and the other writes. */
struct end {
    struct pair *pair;
    struct flow *reads;
    struct flow *writes;
    int write_is_blocked;
};

struct pair {
    struct flow flows[2];
    struct end ends[2];
    int is_lost;
    struct pair *next_lost;
};

size_t mover_size_bytes;

static const struct mover *s_mover;
static int s_epoll;
static struct sockaddr_in s_backend;
static struct pair *s_lost;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void watch(int fd, unsigned events, void *data)
{
    struct epoll_event event = {.events = events, .data.ptr = data};
    if (epoll_ctl(s_epoll, EPOLL_CTL_ADD, fd, &event) < 0)
        fail("epoll_ctl");
}

/* Freed after the turn, whose later events may still point at it. */
static void lose(struct pair *pair)
{
    if (pair->is_lost)
        return;
    pair->is_lost = 1;
    pair->next_lost = s_lost;
    s_lost = pair;
}

static void free_lost(void)
{
    while (s_lost != NULL) {
        struct pair *pair = s_lost;
        s_lost = pair->next_lost;
        close(pair->flows[0].from);
        close(pair->flows[1].from);
        s_mover->close(&pair->flows[0]);
        s_mover->close(&pair->flows[1]);
        free(pair);
    }
}

static void pass_on_end(struct pair *pair, struct flow *flow)
{
    flow->is_done = 1;
    shutdown(flow->to, SHUT_WR);
    if (pair->flows[0].is_done && pair->flows[1].is_done)
        lose(pair);
}

static void move(struct pair *pair, struct flow *flow, struct end *receiver)
{
    if (flow->is_done)
        return;
    enum moved moved = s_mover->move(flow);
    receiver->write_is_blocked = moved == MOVED_BLOCKED;
    if (moved == MOVED_LOST)
        lose(pair);
    else if (moved == MOVED_ALL && flow->has_ended)
        pass_on_end(pair, flow);
}

static void on_event(struct end *end, unsigned events)
{
    struct pair *pair = end->pair;
    struct end *other = end == &pair->ends[0] ? &pair->ends[1] : &pair->ends[0];
    if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
        end->reads->end_is_near = 1;
    if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0 && end->write_is_blocked && !pair->is_lost)
        move(pair, end->writes, end);
    if ((events & ~(unsigned)EPOLLOUT) != 0 && !pair->is_lost)
        move(pair, end->reads, other);
}

static int connect_backend(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&s_backend, sizeof(s_backend)) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
        fail("connect to the backend");
    return fd;
}

static void accept_one(int listener)
{
    int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client < 0)
        return;
    int backend = connect_backend();
    struct pair *pair = calloc(1, sizeof(*pair));
    if (pair == NULL)
        fail("calloc");
    pair->flows[0].from = pair->flows[1].to = client;
    pair->flows[1].from = pair->flows[0].to = backend;
    for (int i = 0; i < 2; i++) {
        pair->ends[i] = (struct end){.pair = pair, .reads = &pair->flows[i], .writes = &pair->flows[1 - i]};
        if (!s_mover->open(&pair->flows[i]))
            fail("buffer");
    }
    watch(client, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, &pair->ends[0]);
    watch(backend, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, &pair->ends[1]);
}

static struct sockaddr_in parse_tcp(const char *url)
{
    char host[64];
    int port;
    struct sockaddr_in address = {.sin_family = AF_INET};
    if (sscanf(url, "tcp://%63[0-9.]:%d", host, &port) != 2 || inet_pton(AF_INET, host, &address.sin_addr) != 1) {
        fprintf(stderr, "c-relay: %s: expected tcp://ADDRESS:PORT\n", url);
        exit(2);
    }
    address.sin_port = htons((uint16_t)port);
    return address;
}

static int open_listener(const char *url)
{
    int on = 1;
    struct sockaddr_in address = parse_tcp(url);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, SOMAXCONN) < 0)
        fail("listen");
    return fd;
}

static int parse_mover(int argc, char **argv)
{
    if (argc != 5)
        return 0;
    mover_size_bytes = strtoul(argv[4], NULL, 10);
    s_mover = strcmp(argv[3], "copy") == 0 ? &copy_mover : strcmp(argv[3], "splice") == 0 ? &splice_mover : NULL;
    return s_mover != NULL && mover_size_bytes > 0 && mover_size_bytes <= MOST_BUFFER_BYTES;
}

int main(int argc, char **argv)
{
    struct epoll_event events[EVENTS_PER_WAIT];
    if (!parse_mover(argc, argv)) {
        fprintf(stderr, "usage: c-relay tcp://FROM:PORT tcp://TO:PORT copy|splice BYTES\n");
        return 2;
    }
    s_backend = parse_tcp(argv[2]);
    s_epoll = epoll_create1(EPOLL_CLOEXEC);
    int listener = open_listener(argv[1]);
    watch(listener, EPOLLIN, NULL);

    for (;;) {
        int count = epoll_wait(s_epoll, events, EVENTS_PER_WAIT, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == NULL)
                accept_one(listener);
            else
                on_event(events[i].data.ptr, events[i].events);
        }
        free_lost();
    }
}
