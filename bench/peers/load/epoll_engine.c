#include "echo.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define EVENTS_PER_WAIT 512
#define RECEIVE_BYTES (64 * 1024)

static int s_epoll;

static int open_epoll(struct load *load)
{
    s_epoll = epoll_create1(EPOLL_CLOEXEC);
    if (s_epoll < 0)
        return 0;
    for (int i = 0; i < load->options->connections; i++) {
        /* Edge-triggered for both directions: the kernel reports room only after a send was refused. */
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = &load->conversations[i]};
        if (epoll_ctl(s_epoll, EPOLL_CTL_ADD, load->conversations[i].fd, &event) < 0)
            fail("epoll_ctl: %s", strerror(errno));
    }
    return 1;
}

static void send_rest(struct load *load, struct conversation *conversation)
{
    size_t size = flight_bytes(load);
    while (conversation->sent < size) {
        ssize_t count = send(conversation->fd, conversation->messages + conversation->sent, size - conversation->sent,
                             MSG_DONTWAIT);
        if (count < 0 && errno == EAGAIN)
            return;
        if (count < 0)
            fail("send on connection %d: %s", conversation->index, strerror(errno));
        conversation->sent += (size_t)count;
    }
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
        take_answer(load, conversation, bytes, (size_t)count);
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
        for (int i = 0; i < count; i++) {
            struct conversation *conversation = events[i].data.ptr;
            send_rest(load, conversation);
            receive(load, conversation);
        }
    }
}

const struct engine epoll_engine = {"epoll", open_epoll, send_rest, pump_until};
