#include "uring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fail(const char *what)
{
    perror(what);
    exit(1);
}

void fail_usage(const char *what)
{
    fprintf(stderr, "c-uring: %s\nusage: c-uring tcp://ADDRESS:PORT|unix:///PATH [OPTION=VALUE ...]\n       c-uring --probe\n", what);
    exit(2);
}

static void read_option(struct options *options, const char *option)
{
    unsigned value = 0;
    const char *equals = strchr(option, '=');
    if (equals != NULL)
        value = (unsigned)strtoul(equals + 1, NULL, 10);
    if (strcmp(option, "send=direct") == 0)
        options->direct = 1;
    else if (strncmp(option, "buffers=", 8) == 0)
        options->buffers = value;
    else if (strncmp(option, "bufsize=", 8) == 0)
        options->buffer_bytes = value;
    else if (strncmp(option, "zc=", 3) == 0)
        options->zc = (int)value;
    else if (strncmp(option, "fixed=", 6) == 0)
        options->fixed = (int)value;
    else if (strncmp(option, "bundle=", 7) == 0)
        options->bundle = (int)value;
    else if (strncmp(option, "inc=", 4) == 0)
        options->inc = (int)value;
    else if (strncmp(option, "wait=", 5) == 0)
        options->wait = value;
    else if (strncmp(option, "minwait=", 8) == 0)
        options->min_wait_us = value;
    else if (strcmp(option, "send=ring") == 0)
        options->direct = 0;
    else
        fail_usage(option);
}

struct options parse_options(int argc, char **argv)
{
    struct options options = {.direct = 1, .buffers = 64, .buffer_bytes = 16 * 1024, .wait = 1};
    if (argc < 2)
        fail_usage("no address");
    options.url = argv[1];
    options.probe = strcmp(options.url, "--probe") == 0;
    for (int i = 2; i < argc; i++)
        read_option(&options, argv[i]);
    if (options.direct && (options.zc || options.fixed))
        fail_usage("zc=1 and fixed=1 need send=ring");
    return options;
}
