#include "load.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static double cpu_seconds(const struct rusage *usage)
{
    return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
           (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

static pid_t start(char **command)
{
    pid_t child = fork();
    if (child < 0)
        fail("fork: %s", strerror(errno));
    if (child == 0) {
        signal(SIGPIPE, SIG_DFL);
        execvp(command[0], command);
        fprintf(stderr, "load: %s: %s\n", command[0], strerror(errno));
        _exit(2);
    }
    return child;
}

/* Another generator's run, between two readings of the server's CPU clock. What it prints comes before our line. */
void run_other(const struct options *options)
{
    int status;
    struct rusage usage;
    uint64_t server_before_ns = server_and_children_cpu_ns(options->server);
    uint64_t before_ns = monotonic_ns();
    pid_t child = start(options->command);
    while (wait4(child, &status, 0, &usage) < 0)
        if (errno != EINTR)
            fail("wait4: %s", strerror(errno));
    uint64_t after_ns = monotonic_ns();
    uint64_t server_after_ns = server_and_children_cpu_ns(options->server);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail("%s: ended with status %d", options->command[0], WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));

    printf("{\"windowSeconds\":%.6f,\"serverCpuSeconds\":%.6f,\"loadCpuSeconds\":%.6f,\"serverRssAnonBytes\":%lld}\n",
           (double)(after_ns - before_ns) / 1e9, (double)(server_after_ns - server_before_ns) / 1e9, cpu_seconds(&usage),
           server_and_children_rss_anon_bytes(options->server));
}
