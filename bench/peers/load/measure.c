#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

static long long read_kilobytes(pid_t process, const char *file, const char *key)
{
    char path[64];
    char line[256];
    long long kilobytes = -1;
    snprintf(path, sizeof(path), "/proc/%d/%s", (int)process, file);
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

long long server_rss_anon_bytes(pid_t server)
{
    return read_kilobytes(server, "status", "RssAnon:");
}

long long server_private_dirty_bytes(pid_t server)
{
    return read_kilobytes(server, "smaps_rollup", "Private_Dirty:");
}
