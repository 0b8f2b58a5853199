/* One process of many: opens its connections, and at each line of its input goes on: a message through each, then the close of all. */
#include "load.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OPENING_SECONDS 120
#define WAITING_SECONDS 300
#define ANSWERING_NS 60000000000u
#define MESSAGE_BYTES 64

static void say(const char *what, int count, int wrong)
{
    printf("{\"%s\":%d,\"wrong\":%d}\n", what, count, wrong);
    fflush(stdout);
}

static void wait_for_line(void)
{
    char line[16];
    set_deadline(WAITING_SECONDS, "waiting for a line of input");
    if (fgets(line, sizeof(line), stdin) == NULL)
        fail("the input ended");
}

static void send_message(int fd, int index)
{
    unsigned char message[MESSAGE_BYTES];
    fill_message(message, sizeof(message), index, 1);
    if (send(fd, message, sizeof(message), 0) != (ssize_t)sizeof(message))
        fail("send on connection %d: %s", index, strerror(errno));
}

/* 1 when the whole answer came in time, and -1 when it is wrong. */
static int take_message(int fd, int index, uint64_t end_ns)
{
    unsigned char expected[MESSAGE_BYTES];
    unsigned char answer[MESSAGE_BYTES];
    size_t received = 0;
    fill_message(expected, sizeof(expected), index, 1);
    while (received < sizeof(answer)) {
        uint64_t now_ns = monotonic_ns();
        struct pollfd readable = {.fd = fd, .events = POLLIN};
        if (poll(&readable, 1, now_ns < end_ns ? (int)((end_ns - now_ns) / 1000000) : 0) != 1)
            return 0;
        ssize_t count = recv(fd, answer + received, sizeof(answer) - received, MSG_DONTWAIT);
        if (count <= 0)
            return 0;
        received += (size_t)count;
    }
    return memcmp(expected, answer, sizeof(answer)) == 0 ? 1 : -1;
}

static void exchange(const struct options *options, const int *fds)
{
    int answered = 0;
    int wrong = 0;
    uint64_t end_ns = monotonic_ns() + ANSWERING_NS;
    set_deadline(2.0 * ANSWERING_NS / 1e9, "exchanging a message on each connection");
    for (int i = 0; i < options->many; i++)
        send_message(fds[i], options->first + i);
    for (int i = 0; i < options->many; i++) {
        int outcome = take_message(fds[i], options->first + i, end_ns);
        answered += outcome == 1;
        wrong += outcome < 0;
    }
    say("answered", answered, wrong);
}

void run_many(const struct options *options)
{
    struct address address = parse_address(options->url);
    int *fds = malloc((size_t)options->many * sizeof(*fds));
    if (fds == NULL)
        fail("malloc: %s", strerror(errno));
    set_deadline(OPENING_SECONDS, "opening connections");
    for (int i = 0; i < options->many; i++)
        fds[i] = connect_to(&address, options->first + i);
    say("opened", options->many, 0);

    wait_for_line();
    exchange(options, fds);

    wait_for_line();
    for (int i = 0; i < options->many; i++)
        close(fds[i]);
    free(fds);
    say("closed", options->many, 0);
}
