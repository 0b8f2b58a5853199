#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define STEP_SECONDS 60
#define SETTLED_AFTER_READINGS 10
#define MOST_READINGS 150
#define READING_INTERVAL_NS 100000000

/* One message there and back, checked. */
static void touch(int fd, int index)
{
    unsigned char message[64];
    unsigned char answer[sizeof(message)];
    fill_message(message, sizeof(message), index, 1);
    if (send(fd, message, sizeof(message), 0) != (ssize_t)sizeof(message))
        fail("send on connection %d: %s", index, strerror(errno));
    if (recv(fd, answer, sizeof(answer), MSG_WAITALL) != (ssize_t)sizeof(answer))
        fail("connection %d: no whole answer", index);
    if (memcmp(message, answer, sizeof(message)) != 0)
        fail("connection %d: a wrong answer", index);
}

/* Until the server's private memory has been the same for a second. Returns 0 when it never was. */
static int wait_until_settled(pid_t server)
{
    const struct timespec interval = {.tv_nsec = READING_INTERVAL_NS};
    long long last = -1;
    int same = 0;
    for (int i = 0; i < MOST_READINGS && same < SETTLED_AFTER_READINGS; i++) {
        long long now = server_and_children_rss_anon_bytes(server);
        same = now == last ? same + 1 : 0;
        last = now;
        nanosleep(&interval, NULL);
    }
    return same >= SETTLED_AFTER_READINGS;
}

void run_idle(const struct options *options)
{
    int opened = 0;
    struct address address = parse_address(options->url);
    printf("{\"touched\":%s,\"steps\":[", options->touch || options->ask_path != NULL ? "true" : "false");
    for (int step = 0; step < options->idle_step_count; step++) {
        set_deadline(STEP_SECONDS, "opening idle connections");
        for (; opened < options->idle_steps[step]; opened++) {
            int fd = connect_to(&address, opened);
            if (options->touch)
                touch(fd, opened);
            if (options->ask_path != NULL)
                ask(fd, opened, options->ask_path);
        }
        int settled = wait_until_settled(options->server);
        printf("%s{\"connections\":%d,\"settled\":%s,\"serverRssAnonBytes\":%lld,\"serverPrivateDirtyBytes\":%lld,\"kernelBytes\":%lld}",
               step == 0 ? "" : ",", opened, settled ? "true" : "false", server_and_children_rss_anon_bytes(options->server),
               server_and_children_private_dirty_bytes(options->server), kernel_bytes());
    }
    puts("]}");
}
