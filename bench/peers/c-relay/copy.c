#include "relay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static char *s_buffer;

static int open_copy(struct flow *flow)
{
    (void)flow;
    if (s_buffer == NULL)
        s_buffer = malloc(mover_size_bytes);
    return s_buffer != NULL;
}

static int send_rest(struct flow *flow)
{
    while (flow->unsent_from < flow->unsent_to) {
        ssize_t sent = send(flow->to, flow->unsent + flow->unsent_from, flow->unsent_to - flow->unsent_from, MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN ? 0 : -1;
        flow->unsent_from += (size_t)sent;
    }
    return 1;
}

/* Returns 1 when everything was sent, 0 when the rest is kept, -1 when the connection is lost. */
static int send_or_keep(struct flow *flow, const char *bytes, size_t count)
{
    ssize_t sent = send(flow->to, bytes, count, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN)
        return -1;
    size_t done = sent < 0 ? 0 : (size_t)sent;
    if (done == count)
        return 1;
    if (flow->unsent == NULL && (flow->unsent = malloc(mover_size_bytes)) == NULL)
        return -1;
    memcpy(flow->unsent, bytes + done, count - done);
    flow->unsent_from = 0;
    flow->unsent_to = count - done;
    return 0;
}

static enum moved move_copy(struct flow *flow)
{
    int sent = send_rest(flow);
    while (sent > 0) {
        ssize_t received = recv(flow->from, s_buffer, mover_size_bytes, 0);
        if (received < 0)
            return errno == EAGAIN ? MOVED_ALL : MOVED_LOST;
        if (received == 0) {
            flow->has_ended = 1;
            return MOVED_ALL;
        }
        sent = send_or_keep(flow, s_buffer, (size_t)received);
        if (sent > 0 && (size_t)received < mover_size_bytes && !flow->end_is_near)
            return MOVED_ALL; /* A short read has drained the socket; what comes later is a new edge. */
    }
    return sent == 0 ? MOVED_BLOCKED : MOVED_LOST;
}

static void close_copy(struct flow *flow)
{
    free(flow->unsent);
}

const struct mover copy_mover = {open_copy, move_copy, close_copy};
