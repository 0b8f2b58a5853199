/* io_uring, without a library: multishot receives from one buffer ring, sends batched into the call that waits. */
#include "echo.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENTRIES 1024u
#define BUFFERS_BYTES (8u * 1024 * 1024)
#define SMALL_BUFFER_BYTES 4096u
#define LARGE_BUFFER_BYTES 16384u /* So that a larger answer comes in one piece as well. */
#define BUFFER_GROUP 0

enum operation { RECEIVE, SEND };

static struct {
    int fd;
    unsigned unsubmitted;
    unsigned *sq_tail;
    unsigned sq_mask;
    struct io_uring_sqe *sqes;
    unsigned *cq_head;
    unsigned *cq_tail;
    unsigned cq_mask;
    struct io_uring_cqe *cqes;
    struct io_uring_buf_ring *buffer_ring;
    unsigned char *buffers;
    unsigned buffer_bytes;
    unsigned buffer_count;
} s_ring;

static void *map(size_t size, int flags, int fd, off_t offset)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_POPULATE, fd, offset);
    if (memory == MAP_FAILED)
        fail("mmap: %s", strerror(errno));
    return memory;
}

static void map_queues(const struct io_uring_params *params)
{
    size_t size = params->cq_off.cqes + params->cq_entries * sizeof(struct io_uring_cqe);
    size_t sq_size = params->sq_off.array + params->sq_entries * sizeof(unsigned);
    char *rings = map(size > sq_size ? size : sq_size, MAP_SHARED, s_ring.fd, IORING_OFF_SQ_RING);
    s_ring.sqes = map(params->sq_entries * sizeof(struct io_uring_sqe), MAP_SHARED, s_ring.fd, IORING_OFF_SQES);
    s_ring.sq_tail = (unsigned *)(rings + params->sq_off.tail);
    s_ring.sq_mask = *(unsigned *)(rings + params->sq_off.ring_mask);
    s_ring.cq_head = (unsigned *)(rings + params->cq_off.head);
    s_ring.cq_tail = (unsigned *)(rings + params->cq_off.tail);
    s_ring.cq_mask = *(unsigned *)(rings + params->cq_off.ring_mask);
    s_ring.cqes = (struct io_uring_cqe *)(rings + params->cq_off.cqes);
    unsigned *array = (unsigned *)(rings + params->sq_off.array);
    for (unsigned i = 0; i < params->sq_entries; i++)
        array[i] = i;
}

static void give_buffer(unsigned id)
{
    unsigned short tail = s_ring.buffer_ring->tail;
    struct io_uring_buf *slot = &s_ring.buffer_ring->bufs[tail & (s_ring.buffer_count - 1)];
    slot->addr = (uintptr_t)(s_ring.buffers + (size_t)id * s_ring.buffer_bytes);
    slot->len = s_ring.buffer_bytes;
    slot->bid = (unsigned short)id;
    __atomic_store_n(&s_ring.buffer_ring->tail, (unsigned short)(tail + 1), __ATOMIC_RELEASE);
}

static int register_buffers(size_t answer_bytes)
{
    s_ring.buffer_bytes = answer_bytes > SMALL_BUFFER_BYTES ? LARGE_BUFFER_BYTES : SMALL_BUFFER_BYTES;
    s_ring.buffer_count = BUFFERS_BYTES / s_ring.buffer_bytes;
    s_ring.buffer_ring = map(s_ring.buffer_count * sizeof(struct io_uring_buf), MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
    s_ring.buffers = map(BUFFERS_BYTES, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
    struct io_uring_buf_reg group = {
        .ring_addr = (uintptr_t)s_ring.buffer_ring, .ring_entries = s_ring.buffer_count, .bgid = BUFFER_GROUP};
    if (syscall(SYS_io_uring_register, s_ring.fd, IORING_REGISTER_PBUF_RING, &group, 1) < 0)
        return 0;
    for (unsigned id = 0; id < s_ring.buffer_count; id++)
        give_buffer(id);
    return 1;
}

static void register_connections(const struct load *load)
{
    int count = load->options->connections;
    int *fds = malloc((size_t)count * sizeof(*fds));
    if (fds == NULL)
        fail("malloc: %s", strerror(errno));
    for (int i = 0; i < count; i++)
        fds[i] = load->conversations[i].fd;
    if (syscall(SYS_io_uring_register, s_ring.fd, IORING_REGISTER_FILES, fds, count) < 0)
        fail("registering %d connections: %s", count, strerror(errno));
    free(fds);
}

static void enter(unsigned wait_for)
{
    long submitted = syscall(SYS_io_uring_enter, s_ring.fd, s_ring.unsubmitted, wait_for, IORING_ENTER_GETEVENTS, NULL, 0);
    if (submitted > 0)
        s_ring.unsubmitted -= (unsigned)submitted;
    if (submitted < 0 && errno != EINTR && errno != EBUSY && errno != EAGAIN)
        fail("io_uring_enter: %s", strerror(errno));
}

static struct io_uring_sqe *prepare(enum operation operation, const struct conversation *conversation)
{
    while (s_ring.unsubmitted == ENTRIES)
        enter(0);
    struct io_uring_sqe *sqe = &s_ring.sqes[*s_ring.sq_tail & s_ring.sq_mask];
    memset(sqe, 0, sizeof(*sqe));
    sqe->fd = conversation->index;
    sqe->flags = IOSQE_FIXED_FILE;
    sqe->user_data = (uint64_t)conversation->index << 1 | operation;
    __atomic_store_n(s_ring.sq_tail, *s_ring.sq_tail + 1, __ATOMIC_RELEASE);
    s_ring.unsubmitted++;
    return sqe;
}

static void arm_receive(const struct conversation *conversation)
{
    struct io_uring_sqe *sqe = prepare(RECEIVE, conversation);
    sqe->opcode = IORING_OP_RECV;
    sqe->flags |= IOSQE_BUFFER_SELECT;
    sqe->ioprio = IORING_RECV_MULTISHOT;
    sqe->buf_group = BUFFER_GROUP;
}

/* The messages stay as they are until their last byte is back, so the kernel reads what was written. */
static void send_whole(struct load *load, struct conversation *conversation)
{
    struct io_uring_sqe *sqe = prepare(SEND, conversation);
    sqe->opcode = IORING_OP_SEND;
    sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
    sqe->addr = (uintptr_t)conversation->messages;
    sqe->len = (unsigned)flight_bytes(load);
    sqe->msg_flags = MSG_WAITALL;
}

static int open_ring(struct load *load)
{
    struct io_uring_params params = {
        .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE | IORING_SETUP_SUBMIT_ALL,
        .cq_entries = 8 * ENTRIES,
    };
    s_ring.fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &params);
    if (s_ring.fd < 0)
        return 0;
    map_queues(&params);
    if (!register_buffers(flight_bytes(load)))
        return 0;
    register_connections(load);
    for (int i = 0; i < load->options->connections; i++)
        arm_receive(&load->conversations[i]);
    return 1;
}

static void complete(struct load *load, const struct io_uring_cqe *cqe)
{
    struct conversation *conversation = &load->conversations[cqe->user_data >> 1];
    enum operation operation = (enum operation)(cqe->user_data & 1);
    if (cqe->res < 0 && !(operation == RECEIVE && cqe->res == -ENOBUFS))
        fail("%s on connection %d: %s", operation == SEND ? "send" : "recv", conversation->index, strerror(-cqe->res));
    if (operation == SEND)
        return; /* Reported because the kernel finished it later. */

    if (cqe->res >= 0) {
        unsigned id = cqe->flags >> IORING_CQE_BUFFER_SHIFT;
        take_answer(load, conversation, s_ring.buffers + (size_t)id * s_ring.buffer_bytes, (size_t)cqe->res);
        give_buffer(id);
    }
    if (!(cqe->flags & IORING_CQE_F_MORE))
        arm_receive(conversation);
}

static void pump_until(struct load *load, uint64_t end_ns)
{
    while (monotonic_ns() < end_ns) {
        enter(1);
        unsigned head = *s_ring.cq_head;
        unsigned tail = __atomic_load_n(s_ring.cq_tail, __ATOMIC_ACQUIRE);
        for (; head != tail; head++) {
            complete(load, &s_ring.cqes[head & s_ring.cq_mask]);
            __atomic_store_n(s_ring.cq_head, head + 1, __ATOMIC_RELEASE);
        }
    }
}

const struct engine ring_engine = {"io_uring", open_ring, send_whole, pump_until};
