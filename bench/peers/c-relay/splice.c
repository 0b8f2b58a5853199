#define _GNU_SOURCE /* splice, pipe2, F_SETPIPE_SZ */
#include "relay.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define SPLICE_FLAGS (SPLICE_F_MOVE | SPLICE_F_NONBLOCK)

static int open_splice(struct flow *flow)
{
    return pipe2(flow->pipe, O_CLOEXEC | O_NONBLOCK) == 0 &&
           fcntl(flow->pipe[1], F_SETPIPE_SZ, (int)mover_size_bytes) >= 0;
}

/* Returns 1 when the pipe is empty, 0 when the receiver takes no more, -1 when the connection is lost. */
static int empty_pipe(struct flow *flow)
{
    while (flow->in_pipe > 0) {
        ssize_t sent = splice(flow->pipe[0], NULL, flow->to, NULL, flow->in_pipe, SPLICE_FLAGS);
        if (sent < 0)
            return errno == EAGAIN ? 0 : -1;
        flow->in_pipe -= (size_t)sent;
    }
    return 1;
}

static enum moved move_splice(struct flow *flow)
{
    for (;;) {
        int emptied = empty_pipe(flow);
        if (emptied <= 0)
            return emptied == 0 ? MOVED_BLOCKED : MOVED_LOST;
        ssize_t received = splice(flow->from, NULL, flow->pipe[1], NULL, mover_size_bytes, SPLICE_FLAGS);
        if (received < 0)
            return errno == EAGAIN ? MOVED_ALL : MOVED_LOST;
        if (received == 0) {
            flow->has_ended = 1;
            return MOVED_ALL;
        }
        flow->in_pipe = (size_t)received;
    }
}

static void close_splice(struct flow *flow)
{
    close(flow->pipe[0]);
    close(flow->pipe[1]);
}

const struct mover splice_mover = {open_splice, move_splice, close_splice};
