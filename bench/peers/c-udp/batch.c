/* sendmmsg and recvmmsg; with offload each message is a train of datagrams of the same size, udp(7). */
#define _GNU_SOURCE /* sendmmsg, recvmmsg */
#include "udp.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* The largest train; and a datagram of the benchmark with room to see one that is too long. */
#define TRAIN_BYTES (64 * 1024)
#define DATAGRAM_BYTES (2 * 1024)

/* What UDP_GRO adds to a message. */
#define CONTROL_BYTES CMSG_SPACE(sizeof(int))

static struct mmsghdr *s_messages;
static struct iovec *s_buffers;
static unsigned char *s_bytes;
static unsigned s_message_count;
static size_t s_segments;
static size_t s_size_bytes;

static void allocate(unsigned messages, size_t buffer_bytes)
{
    s_message_count = messages;
    s_messages = calloc(messages, sizeof(*s_messages));
    s_buffers = calloc(messages, sizeof(*s_buffers));
    s_bytes = aligned_alloc(4096, messages * buffer_bytes);
    if (s_messages == NULL || s_buffers == NULL || s_bytes == NULL)
        fail("memory: %s", strerror(errno));
    for (unsigned i = 0; i < messages; i++) {
        s_buffers[i] = (struct iovec){s_bytes + i * buffer_bytes, buffer_bytes};
        s_messages[i].msg_hdr.msg_iov = &s_buffers[i];
        s_messages[i].msg_hdr.msg_iovlen = 1;
    }
}

static uint64_t open_sending(int fd, const struct options *options)
{
    int size = (int)options->size_bytes;
    s_size_bytes = options->size_bytes;
    s_segments = options->offload ? options->segments : 1;
    if (options->offload && setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size)) < 0)
        fail("UDP_SEGMENT: %s", strerror(errno));
    allocate(options->offload ? DATAGRAMS_PER_SEND_OFFLOADED / s_segments : MESSAGES_PER_SEND, s_segments * s_size_bytes);
    fill_payloads(s_bytes, s_size_bytes, s_message_count * s_segments);
    return s_message_count * s_segments;
}

static unsigned write_messages(uint64_t first_sequence, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        write_sequence(s_bytes + i * s_size_bytes, first_sequence + i);
    unsigned messages = (unsigned)((count + s_segments - 1) / s_segments);
    for (unsigned i = 0; i < messages; i++) {
        uint64_t rest = count - i * s_segments;
        s_buffers[i].iov_len = (rest < s_segments ? rest : s_segments) * s_size_bytes;
    }
    return messages;
}

static int send_batch(int fd, uint64_t first_sequence, uint64_t count)
{
    unsigned messages = write_messages(first_sequence, count);
    for (unsigned done = 0; done < messages;) {
        int sent = sendmmsg(fd, s_messages + done, messages - done, 0);
        if (sent < 0 && errno == ECONNREFUSED)
            return 0;
        if (sent < 0)
            fail("sendmmsg: %s", strerror(errno));
        done += (unsigned)sent;
    }
    return 1;
}

static void open_receiving(int fd, const struct options *options)
{
    int on = 1;
    if (options->offload && setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof(on)) < 0)
        fail("UDP_GRO: %s", strerror(errno));
    s_segments = options->offload ? options->segments : 1;
    allocate(options->offload ? MESSAGES_PER_RECEIVE_OFFLOADED : MESSAGES_PER_RECEIVE,
             options->offload ? TRAIN_BYTES : DATAGRAM_BYTES);

    unsigned char *control = calloc(s_message_count, CONTROL_BYTES);
    struct sockaddr_in *peers = calloc(s_message_count, sizeof(*peers));
    if (control == NULL || peers == NULL)
        fail("memory: %s", strerror(errno));
    for (unsigned i = 0; i < s_message_count; i++) {
        s_messages[i].msg_hdr.msg_name = &peers[i];
        s_messages[i].msg_hdr.msg_control = options->offload ? control + i * CONTROL_BYTES : NULL;
    }
}

/* The size of the datagrams in a train, or that of the only one. */
static size_t segment_bytes(struct mmsghdr *message)
{
    struct cmsghdr *control = CMSG_FIRSTHDR(&message->msg_hdr);
    int size;
    if (control == NULL || control->cmsg_level != IPPROTO_UDP || control->cmsg_type != UDP_GRO)
        return message->msg_len;
    memcpy(&size, CMSG_DATA(control), sizeof(size));
    return (size_t)size;
}

static void take_message(struct mmsghdr *message)
{
    const unsigned char *bytes = message->msg_hdr.msg_iov->iov_base;
    size_t segment = segment_bytes(message);
    for (size_t rest = message->msg_len; rest > 0;) {
        size_t length = rest < segment ? rest : segment;
        take_datagram(bytes, length);
        bytes += length;
        rest -= length;
    }
}

static void receive_batch(int fd)
{
    for (unsigned i = 0; i < s_message_count; i++) {
        s_messages[i].msg_hdr.msg_namelen = sizeof(struct sockaddr_in);
        s_messages[i].msg_hdr.msg_controllen = s_messages[i].msg_hdr.msg_control != NULL ? CONTROL_BYTES : 0;
    }
    int count = recvmmsg(fd, s_messages, s_message_count, MSG_WAITFORONE, NULL);
    if (count < 0)
        fail("recvmmsg: %s", strerror(errno));
    for (int i = 0; i < count; i++)
        take_message(&s_messages[i]);
}

const struct sending batch_sending = {open_sending, send_batch};
const struct receiving batch_receiving = {open_receiving, receive_batch};
