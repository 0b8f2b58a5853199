/*
 * Datagrams from one process to another, each with a sequence number, each looked at. What the kernel can do for one flow,
 * and the reference for other programs, which do the same work.
 */
#include "udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_SIZE_BYTES 1024

static const char usage[] =
    "usage: c-udp send|receive udp://ADDRESS:PORT [--offload [--segments 64]|--one] [--size 64] [--receive-buffer BYTES]\n"
    "             (--warmup SECONDS --seconds SECONDS | --count DATAGRAMS)";

void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("c-udp: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(1);
}

static void on_deadline(int signal)
{
    static const char message[] = "c-udp: deadline passed: too few datagrams have come\n";
    (void)signal;
    if (write(STDERR_FILENO, message, sizeof(message) - 1) >= 0)
        _exit(1);
    _exit(1);
}

static uint64_t read_clock(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
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

int open_socket(const struct options *options, int is_receiver)
{
    char host[64];
    int port;
    struct sockaddr_in address = {.sin_family = AF_INET};
    if (sscanf(options->url, "udp://%63[0-9.]:%d", host, &port) != 2 || inet_pton(AF_INET, host, &address.sin_addr) != 1)
        fail("%s: expected udp://ADDRESS:PORT", options->url);
    address.sin_port = htons((uint16_t)port);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        fail("socket: %s", strerror(errno));
    if (is_receiver && options->receive_buffer_bytes > 0 &&
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &options->receive_buffer_bytes, sizeof(int)) < 0)
        fail("SO_RCVBUF: %s", strerror(errno));
    if ((is_receiver ? bind : connect)(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        fail("%s: %s", options->url, strerror(errno));
    return fd;
}

static double parse_number(const char *text, double most)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || value < 0 || value > most) {
        fprintf(stderr, "%s: expected a number from 0 to %g\n", text, most);
        exit(2);
    }
    return value;
}

static struct options parse_options(int argc, char **argv)
{
    static const struct option known[] = {
        {"offload", no_argument, NULL, 'o'},       {"one", no_argument, NULL, '1'},
        {"segments", required_argument, NULL, 'g'},
        {"size", required_argument, NULL, 's'},    {"receive-buffer", required_argument, NULL, 'r'},
        {"warmup", required_argument, NULL, 'w'},  {"seconds", required_argument, NULL, 't'},
        {"count", required_argument, NULL, 'c'},   {NULL, 0, NULL, 0},
    };
    struct options options = {.size_bytes = 64, .segments = SEGMENTS_PER_MESSAGE, .window_seconds = 2};
    int letter;
    while ((letter = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (letter) {
        case 'o': options.offload = 1; break;
        case '1': options.one = 1; break;
        case 'g': options.segments = (size_t)parse_number(optarg, MOST_SEGMENTS_PER_MESSAGE); break;
        case 's': options.size_bytes = (size_t)parse_number(optarg, MOST_SIZE_BYTES); break;
        case 'r': options.receive_buffer_bytes = (int)parse_number(optarg, 1 << 30); break;
        case 'w': options.warmup_seconds = parse_number(optarg, 3600); break;
        case 't': options.window_seconds = parse_number(optarg, 3600); break;
        case 'c': options.count = (uint64_t)parse_number(optarg, 1e12); break;
        default: fputs(usage, stderr); exit(2);
        }
    }
    if (argc - optind == 2)
        options.url = argv[optind + 1];
    return options;
}

int main(int argc, char **argv)
{
    struct options options = parse_options(argc, argv);
    const char *role = options.url != NULL ? argv[optind] : "";
    signal(SIGALRM, on_deadline);
    if (strcmp(role, "send") == 0 && options.size_bytes >= sizeof(uint64_t) && options.segments > 0)
        run_sender(&options);
    else if (strcmp(role, "receive") == 0 && options.size_bytes >= sizeof(uint64_t))
        run_receiver(&options);
    else {
        fprintf(stderr, "%s\n", usage);
        return 2;
    }
    return 0;
}
