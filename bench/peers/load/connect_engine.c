/*
 * A connection for each message: connect, send, compare the answer, end in order, wait for the server's end. Our end is the first, so that
 * TIME_WAIT and its port stay on this side; source addresses take turns, or the ports of one would run out within seconds.
 */
#include "echo.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS_PER_WAIT 512
#define RECEIVE_BYTES (64 * 1024)

/* Then the first source address has its turn again. */
#define CONNECTIONS_PER_CYCLE 1000000

static int s_epoll;
static int s_opened;

static int open_epoll(struct load *load)
{
    (void)load;
    s_epoll = epoll_create1(EPOLL_CLOEXEC);
    return s_epoll >= 0;
}

/* Connecting blocks, and over loopback it doesn't wait: the server's kernel side answers before connect(2) returns. */
static void open_and_send(struct load *load, struct conversation *conversation)
{
    size_t size = load->options->size_bytes;
    conversation->fd = connect_to(&load->address, s_opened++ % CONNECTIONS_PER_CYCLE);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = conversation};
    if (epoll_ctl(s_epoll, EPOLL_CTL_ADD, conversation->fd, &event) < 0)
        fail("epoll_ctl: %s", strerror(errno));
    /* The options see to it that a fresh connection has room for it. */
    if (send(conversation->fd, conversation->messages, size, 0) != (ssize_t)size)
        fail("send on connection %d: %s", conversation->index, strerror(errno));
}

static void begin_next(struct load *load, struct conversation *conversation)
{
    uint64_t now_ns = monotonic_ns();
    close(conversation->fd);
    count_answers(load, conversation, 1, now_ns);
    begin_flight(load, conversation, now_ns);
}

static void receive(struct load *load, struct conversation *conversation)
{
    static unsigned char bytes[RECEIVE_BYTES];
    for (;;) {
        ssize_t count = recv(conversation->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
        if (count < 0 && errno == EAGAIN)
            return;
        if (count < 0)
            fail("recv on connection %d: %s", conversation->index, strerror(errno));
        if (count == 0 && conversation->received == flight_bytes(load)) {
            begin_next(load, conversation);
            return;
        }
        if (compare_answer(load, conversation, bytes, (size_t)count) > 0 && shutdown(conversation->fd, SHUT_WR) < 0)
            fail("shutdown of connection %d: %s", conversation->index, strerror(errno));
        if ((size_t)count < sizeof(bytes))
            return; /* A short read has drained the socket; what comes later is a new edge. */
    }
}

static void pump_until(struct load *load, uint64_t end_ns)
{
    struct epoll_event events[EVENTS_PER_WAIT];
    while (monotonic_ns() < end_ns) {
        int count = epoll_wait(s_epoll, events, EVENTS_PER_WAIT, -1);
        if (count < 0 && errno != EINTR)
            fail("epoll_wait: %s", strerror(errno));
        for (int i = 0; i < count; i++)
            receive(load, events[i].data.ptr);
    }
}

const struct engine connect_engine = {"epoll", open_epoll, open_and_send, pump_until};
