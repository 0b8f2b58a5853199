/* A system call for each datagram: what batches are worth. */
#include "udp.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define DATAGRAM_BYTES (2 * 1024)

static unsigned char s_datagram[DATAGRAM_BYTES];
static size_t s_size_bytes;

static uint64_t open_sending(int fd, const struct options *options)
{
    (void)fd;
    s_size_bytes = options->size_bytes;
    fill_payloads(s_datagram, s_size_bytes, 1);
    return 1;
}

static int send_one(int fd, uint64_t first_sequence, uint64_t count)
{
    (void)count;
    write_sequence(s_datagram, first_sequence);
    if (send(fd, s_datagram, s_size_bytes, 0) >= 0)
        return 1;
    if (errno != ECONNREFUSED)
        fail("send: %s", strerror(errno));
    return 0;
}

static void open_receiving(int fd, const struct options *options)
{
    (void)fd;
    (void)options;
}

static void receive_one(int fd)
{
    struct sockaddr_in peer;
    socklen_t length = sizeof(peer);
    ssize_t count = recvfrom(fd, s_datagram, sizeof(s_datagram), 0, (struct sockaddr *)&peer, &length);
    if (count < 0)
        fail("recvfrom: %s", strerror(errno));
    take_datagram(s_datagram, (size_t)count);
}

const struct sending one_sending = {open_sending, send_one};
const struct receiving one_receiving = {open_receiving, receive_one};
