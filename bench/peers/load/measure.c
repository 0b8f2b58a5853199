#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t read_clock(clockid_t clock)
{
    struct timespec time;
    if (clock_gettime(clock, &time) < 0)
        fail("clock_gettime: the server's process is gone");
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t monotonic_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

uint64_t own_cpu_ns(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

uint64_t server_cpu_ns(pid_t server)
{
    clockid_t clock;
    if (clock_getcpuclockid(server, &clock) != 0)
        fail("process %d: no such server", (int)server);
    return read_clock(clock);
}

#define MOST_CHILDREN 1024

/* A server that forks for each connection, as socat does. */
static int read_children(pid_t server, pid_t *children)
{
    char path[64];
    int count = 0;
    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)server, (int)server);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        fail("%s: can't be read", path);
    while (count < MOST_CHILDREN && fscanf(file, "%d", &children[count]) == 1)
        count++;
    fclose(file);
    return count;
}

/* cutime and cstime, proc_pid_stat(5): of children that have ended and were waited for. */
static uint64_t ended_children_cpu_ns(pid_t server)
{
    char path[64];
    char line[1024];
    long long user_ticks;
    long long system_ticks;
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)server);
    FILE *file = fopen(path, "re");
    if (file == NULL || fgets(line, sizeof(line), file) == NULL)
        fail("%s: can't be read", path);
    fclose(file);
    const char *after_name = strrchr(line, ')');
    if (after_name == NULL || sscanf(after_name, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %lld %lld",
                                     &user_ticks, &system_ticks) != 2)
        fail("%s: not as expected", path);
    return (uint64_t)(user_ticks + system_ticks) * (1000000000u / (uint64_t)sysconf(_SC_CLK_TCK));
}

uint64_t server_and_children_cpu_ns(pid_t server)
{
    pid_t children[MOST_CHILDREN];
    uint64_t total_ns = server_cpu_ns(server) + ended_children_cpu_ns(server);
    for (int i = read_children(server, children); i-- > 0;)
        total_ns += server_cpu_ns(children[i]);
    return total_ns;
}

static long long read_kilobytes_of(const char *path, const char *key)
{
    char line[256];
    long long kilobytes = -1;
    FILE *lines = fopen(path, "re");
    if (lines == NULL)
        fail("%s: can't be read", path);
    while (kilobytes < 0 && fgets(line, sizeof(line), lines) != NULL)
        if (strncmp(line, key, strlen(key)) == 0)
            kilobytes = strtoll(line + strlen(key), NULL, 10);
    fclose(lines);
    if (kilobytes < 0)
        fail("%s: no line %s", path, key);
    return kilobytes * 1024;
}

static long long read_kilobytes(pid_t process, const char *file, const char *key)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/%s", (int)process, file);
    return read_kilobytes_of(path, key);
}

static long long rss_anon_bytes(pid_t process)
{
    return read_kilobytes(process, "status", "RssAnon:");
}

static long long private_dirty_bytes(pid_t process)
{
    return read_kilobytes(process, "smaps_rollup", "Private_Dirty:");
}

static long long with_children(pid_t server, long long (*bytes_of)(pid_t))
{
    pid_t children[MOST_CHILDREN];
    long long total_bytes = bytes_of(server);
    for (int i = read_children(server, children); i-- > 0;)
        total_bytes += bytes_of(children[i]);
    return total_bytes;
}

long long server_and_children_rss_anon_bytes(pid_t server)
{
    return with_children(server, rss_anon_bytes);
}

long long server_and_children_private_dirty_bytes(pid_t server)
{
    return with_children(server, private_dirty_bytes);
}

static long long tcp_pages_bytes(void)
{
    char line[256];
    long long pages = 0;
    FILE *lines = fopen("/proc/net/sockstat", "re");
    if (lines == NULL)
        fail("/proc/net/sockstat: can't be read");
    while (fgets(line, sizeof(line), lines) != NULL)
        if (sscanf(line, "TCP: inuse %*d orphan %*d tw %*d alloc %*d mem %lld", &pages) == 1)
            break;
    fclose(lines);
    return pages * sysconf(_SC_PAGESIZE);
}

long long kernel_bytes(void)
{
    static const char meminfo[] = "/proc/meminfo";
    return read_kilobytes_of(meminfo, "Slab:") + read_kilobytes_of(meminfo, "KernelStack:") +
           read_kilobytes_of(meminfo, "PageTables:") + tcp_pages_bytes();
}
