/*
 * The load generator: one thread, closed loop, every byte checked. It ends by itself: each phase has a deadline,
 * and a server that hangs ends it with exit 1.
 */
#include "load.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const char *volatile s_doing = "starting";

static void on_deadline(int signal)
{
    (void)signal;
    static const char before[] = "load: deadline passed while ";
    const char *doing = s_doing;
    if (write(STDERR_FILENO, before, sizeof(before) - 1) < 0 || write(STDERR_FILENO, doing, strlen(doing)) < 0 ||
        write(STDERR_FILENO, "\n", 1) < 0)
        _exit(1);
    _exit(1);
}

void set_deadline(double seconds, const char *doing)
{
    s_doing = doing;
    alarm((unsigned)seconds + 1);
}

static void fail_with(int status, const char *format, va_list arguments)
{
    fputs("load: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(status);
}

void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail_with(1, format, arguments);
    abort();
}

void fail_usage(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail_with(2, format, arguments);
    abort();
}

static void allow_every_descriptor(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int main(int argc, char **argv)
{
    struct options options = parse_options(argc, argv);
    signal(SIGALRM, on_deadline);
    signal(SIGPIPE, SIG_IGN);
    allow_every_descriptor();

    if (options.command != NULL)
        run_other(&options);
    else if (options.bulk_bytes > 0)
        run_bulk(&options);
    else if (options.many > 0)
        run_many(&options);
    else if (options.idle_step_count > 0)
        run_idle(&options);
    else
        run_echo(&options);
    return 0;
}
