/*
 * The io_uring reference: an echo server that a good engineer would write without a library. One thread and one ring: multishot
 * accept, multishot receives from one buffer ring, answers by send(2) at once from the very buffer that was received into. The options
 * after the URL are what was tried besides (docs/io-uring.md). The defaults, send=direct and buffers=64, were the best at 50 and 500
 * connections with 64 bytes, 4 KiB and 16 KiB: the same few buffers are used again while the cache still has them.
 *
 *   send=direct|ring   answers by send(2) at once, or as batched SEND operations
 *   buffers=N          size of the buffer ring, a power of two (send=ring holds them for longer: 512)
 *   bufsize=N          bytes of a buffer
 *   zc=1               SEND_ZC instead of SEND, with send=ring
 *   fixed=1            connections as direct descriptors, with send=ring
 *   bundle=1           receives that may fill several buffers at once
 *   inc=1              buffers that are consumed piece by piece
 *   wait=N minwait=US  wait for N completions, for at most so many microseconds once there is one
 */
#include "uring.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than the headers of Debian 12 (linux/io_uring.h of Linux 6.12). */
#ifndef IORING_SETUP_NO_SQARRAY
#define IORING_SETUP_NO_SQARRAY (1U << 16)
#endif
#define RECVSEND_BUNDLE (1U << 4)
#define CQE_F_BUF_MORE (1U << 4)
#define PBUF_RING_INC 2
#define FEAT_MIN_TIMEOUT (1U << 15)

#define ENTRIES 1024u
#define BUFFER_GROUP 0
#define MAX_CONNECTIONS 65536

enum operation { ACCEPT, RECEIVE, SEND };

/* Bytes that are to be sent: one SEND at a time, or two would overtake each other. */
struct piece {
    unsigned short buffer;
    unsigned from;
    unsigned to;
    struct piece *next;
};

struct connection {
    int fd;
    int is_sending;
    int is_finished;
    struct piece *first;
    struct piece *last;
};

struct getevents_arg {
    uint64_t sigmask;
    uint32_t sigmask_sz;
    uint32_t min_wait_us;
    uint64_t ts;
};

static struct {
    int fd;
    unsigned unsubmitted;
    unsigned *sq_head, *sq_tail, sq_mask;
    struct io_uring_sqe *sqes;
    unsigned *cq_head, *cq_tail, cq_mask;
    struct io_uring_cqe *cqes;
    struct io_uring_buf_ring *buffer_ring;
    unsigned short buffer_tail;
    char *buffers;
} s_ring;

static struct options s_options;
static struct connection *s_connections;
static unsigned *s_uses; /* Of each buffer: pieces that are not sent, and one while the kernel fills it. */
static unsigned *s_filled;
static struct piece *s_free_pieces;
static int s_listener;

static void *map(size_t size, int flags, int fd, off_t offset)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_POPULATE, fd, offset);
    if (memory == MAP_FAILED)
        fail("mmap");
    return memory;
}

static void open_ring(void)
{
    struct io_uring_params params = {
        .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE | IORING_SETUP_SUBMIT_ALL |
                 IORING_SETUP_NO_SQARRAY,
        .cq_entries = 8 * ENTRIES,
    };
    s_ring.fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &params);
    if (s_ring.fd < 0)
        fail("io_uring_setup");
    char *rings = map(params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe), MAP_SHARED, s_ring.fd, IORING_OFF_SQ_RING);
    s_ring.sqes = map(params.sq_entries * sizeof(struct io_uring_sqe), MAP_SHARED, s_ring.fd, IORING_OFF_SQES);
    s_ring.sq_head = (unsigned *)(rings + params.sq_off.head);
    s_ring.sq_tail = (unsigned *)(rings + params.sq_off.tail);
    s_ring.sq_mask = *(unsigned *)(rings + params.sq_off.ring_mask);
    s_ring.cq_head = (unsigned *)(rings + params.cq_off.head);
    s_ring.cq_tail = (unsigned *)(rings + params.cq_off.tail);
    s_ring.cq_mask = *(unsigned *)(rings + params.cq_off.ring_mask);
    s_ring.cqes = (struct io_uring_cqe *)(rings + params.cq_off.cqes);
}

static void enter(unsigned wait_for)
{
    struct getevents_arg arg = {.min_wait_us = s_options.min_wait_us};
    unsigned flags = IORING_ENTER_GETEVENTS;
    int extended = s_options.min_wait_us > 0 && wait_for > 0;
    if (extended)
        flags |= IORING_ENTER_EXT_ARG;
    long submitted = syscall(SYS_io_uring_enter, s_ring.fd, s_ring.unsubmitted, wait_for, flags, extended ? &arg : NULL,
                             extended ? sizeof(arg) : 0);
    if (submitted > 0)
        s_ring.unsubmitted -= (unsigned)submitted;
    if (submitted < 0 && errno != EINTR && errno != EBUSY && errno != EAGAIN && errno != ETIME)
        fail("io_uring_enter");
}

static struct io_uring_sqe *prepare(enum operation operation, int connection)
{
    while (s_ring.unsubmitted == ENTRIES)
        enter(0);
    struct io_uring_sqe *sqe = &s_ring.sqes[*s_ring.sq_tail & s_ring.sq_mask];
    memset(sqe, 0, sizeof(*sqe));
    sqe->fd = connection;
    sqe->user_data = (uint64_t)connection << 2 | operation;
    if (operation != ACCEPT && s_options.fixed)
        sqe->flags = IOSQE_FIXED_FILE;
    __atomic_store_n(s_ring.sq_tail, *s_ring.sq_tail + 1, __ATOMIC_RELEASE);
    s_ring.unsubmitted++;
    return sqe;
}

static void give_buffer(unsigned id)
{
    struct io_uring_buf *slot = &s_ring.buffer_ring->bufs[s_ring.buffer_tail++ & (s_options.buffers - 1)];
    slot->addr = (uintptr_t)(s_ring.buffers + (size_t)id * s_options.buffer_bytes);
    slot->len = s_options.buffer_bytes;
    slot->bid = (unsigned short)id;
    s_uses[id] = 1;
    s_filled[id] = 0;
    __atomic_store_n(&s_ring.buffer_ring->tail, s_ring.buffer_tail, __ATOMIC_RELEASE);
}

static void release_buffer(unsigned id)
{
    if (--s_uses[id] == 0)
        give_buffer(id);
}

static void register_buffers(void)
{
    unsigned count = s_options.buffers;
    s_ring.buffer_ring = map(count * sizeof(struct io_uring_buf), MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
    s_ring.buffers = map((size_t)count * s_options.buffer_bytes, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
    s_uses = calloc(count, sizeof(*s_uses));
    s_filled = calloc(count, sizeof(*s_filled));
    struct io_uring_buf_reg group = {.ring_addr = (uintptr_t)s_ring.buffer_ring, .ring_entries = count, .bgid = BUFFER_GROUP};
    if (s_options.inc)
        group.pad |= PBUF_RING_INC; /* "flags" in newer headers */
    if (syscall(SYS_io_uring_register, s_ring.fd, IORING_REGISTER_PBUF_RING, &group, 1) < 0)
        fail("IORING_REGISTER_PBUF_RING");
    for (unsigned id = 0; id < count; id++)
        give_buffer(id);
}

static void register_files(void)
{
    struct io_uring_rsrc_register sparse = {.nr = 16384, .flags = IORING_RSRC_REGISTER_SPARSE};
    if (syscall(SYS_io_uring_register, s_ring.fd, IORING_REGISTER_FILES2, &sparse, sizeof(sparse)) < 0)
        fail("IORING_REGISTER_FILES2");
}

static void arm_accept(void)
{
    struct io_uring_sqe *sqe = prepare(ACCEPT, s_listener);
    sqe->opcode = IORING_OP_ACCEPT;
    sqe->ioprio = IORING_ACCEPT_MULTISHOT;
    if (s_options.fixed)
        sqe->file_index = IORING_FILE_INDEX_ALLOC;
    else
        sqe->accept_flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
}

static void arm_receive(int connection)
{
    struct io_uring_sqe *sqe = prepare(RECEIVE, connection);
    sqe->opcode = IORING_OP_RECV;
    sqe->flags |= IOSQE_BUFFER_SELECT;
    sqe->ioprio = IORING_RECV_MULTISHOT | (s_options.bundle ? RECVSEND_BUNDLE : 0);
    sqe->buf_group = BUFFER_GROUP;
}

static void send_first(int id)
{
    struct connection *connection = &s_connections[id];
    struct io_uring_sqe *sqe = prepare(SEND, id);
    sqe->opcode = s_options.zc ? IORING_OP_SEND_ZC : IORING_OP_SEND;
    sqe->addr = (uintptr_t)(s_ring.buffers + (size_t)connection->first->buffer * s_options.buffer_bytes + connection->first->from);
    sqe->len = connection->first->to - connection->first->from;
    sqe->msg_flags = MSG_NOSIGNAL | MSG_WAITALL;
    connection->is_sending = 1;
}

static void finish(int id)
{
    struct connection *connection = &s_connections[id];
    connection->is_finished = 1;
    if (connection->is_sending)
        return;
    while (connection->first != NULL) {
        struct piece *piece = connection->first;
        connection->first = piece->next;
        release_buffer(piece->buffer);
        piece->next = s_free_pieces;
        s_free_pieces = piece;
    }
    if (s_options.fixed) {
        struct io_uring_sqe *sqe = prepare(ACCEPT, 0);
        sqe->opcode = IORING_OP_CLOSE;
        sqe->flags = IOSQE_CQE_SKIP_SUCCESS;
        sqe->file_index = (unsigned)id + 1;
        sqe->fd = 0;
    } else {
        close(id);
    }
}

static void queue_piece(int id, unsigned buffer, unsigned from, unsigned to)
{
    struct connection *connection = &s_connections[id];
    if (s_options.direct && !connection->first) {
        ssize_t sent = send(id, s_ring.buffers + (size_t)buffer * s_options.buffer_bytes + from, to - from, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) {
            release_buffer(buffer); /* The receive that is armed tells the end. */
            return;
        }
        from += sent > 0 ? (unsigned)sent : 0;
        if (from == to) {
            release_buffer(buffer);
            return;
        }
    }
    struct piece *piece = s_free_pieces;
    if (piece != NULL)
        s_free_pieces = piece->next;
    else if ((piece = malloc(sizeof(*piece))) == NULL)
        fail("malloc");
    *piece = (struct piece){.buffer = (unsigned short)buffer, .from = from, .to = to};
    if (connection->first == NULL)
        connection->first = piece;
    else
        connection->last->next = piece;
    connection->last = piece;
    if (!connection->is_sending)
        send_first(id);
}

/* One completion may span several buffers (bundle) or a part of one (inc). */
static void take_received(int id, unsigned count, unsigned flags)
{
    unsigned buffer = flags >> IORING_CQE_BUFFER_SHIFT;
    while (count > 0) {
        unsigned from = s_filled[buffer];
        unsigned room = s_options.buffer_bytes - from;
        unsigned piece = count < room ? count : room;
        count -= piece;
        s_filled[buffer] += piece;
        if (!s_options.inc || !(flags & CQE_F_BUF_MORE) || s_filled[buffer] == s_options.buffer_bytes)
            s_uses[buffer]--; /* The kernel has done with it. */
        s_uses[buffer]++;
        queue_piece(id, buffer, from, from + piece);
        buffer = (buffer + 1) & (s_options.buffers - 1);
    }
}

static void on_sent(int id, const struct io_uring_cqe *cqe)
{
    struct connection *connection = &s_connections[id];
    if (cqe->flags & IORING_CQE_F_NOTIF) {
        /* The memory is ours again. */
    } else if (cqe->res < 0) {
        connection->is_finished = 1;
    } else {
        connection->first->from += (unsigned)cqe->res;
    }
    if (cqe->flags & IORING_CQE_F_MORE)
        return;
    struct piece *piece = connection->first;
    if (piece->from == piece->to) {
        connection->first = piece->next;
        release_buffer(piece->buffer);
        piece->next = s_free_pieces;
        s_free_pieces = piece;
    }
    connection->is_sending = 0;
    if (connection->is_finished)
        finish(id);
    else if (connection->first != NULL)
        send_first(id);
}

static void complete(const struct io_uring_cqe *cqe)
{
    int id = (int)(cqe->user_data >> 2);
    switch ((enum operation)(cqe->user_data & 3)) {
    case ACCEPT:
        if (cqe->res >= 0 && id == s_listener) {
            s_connections[cqe->res] = (struct connection){.fd = cqe->res};
            arm_receive(cqe->res);
        }
        if (id == s_listener && !(cqe->flags & IORING_CQE_F_MORE))
            arm_accept();
        break;
    case RECEIVE:
        if (cqe->res > 0)
            take_received(id, (unsigned)cqe->res, cqe->flags);
        else if (cqe->res != -ENOBUFS)
            finish(id);
        if ((cqe->res > 0 || cqe->res == -ENOBUFS) && !(cqe->flags & IORING_CQE_F_MORE))
            arm_receive(id);
        break;
    case SEND:
        on_sent(id, cqe);
        break;
    }
}

int main(int argc, char **argv)
{
    s_options = parse_options(argc, argv);
    if (s_options.probe) {
        open_ring();
        register_buffers();
        return 0;
    }
    s_connections = calloc(MAX_CONNECTIONS, sizeof(*s_connections));
    if (s_connections == NULL)
        fail("calloc");
    s_listener = open_listener(s_options.url);
    open_ring();
    register_buffers();
    if (s_options.fixed)
        register_files();
    arm_accept();

    for (;;) {
        enter(s_options.wait);
        unsigned head = *s_ring.cq_head;
        unsigned tail = __atomic_load_n(s_ring.cq_tail, __ATOMIC_ACQUIRE);
        for (; head != tail; head++) {
            complete(&s_ring.cqes[head & s_ring.cq_mask]);
            __atomic_store_n(s_ring.cq_head, head + 1, __ATOMIC_RELEASE);
        }
    }
}
