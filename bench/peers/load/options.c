#include "load.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

/* A fresh connection takes them although nobody reads the answer yet. */
#define MOST_BYTES_OF_ONE_SEND 32768

static const char usage[] =
    "usage: load --url tcp://ADDRESS:PORT|unix:///PATH --pid SERVER [--connections 50] [--size 64]\n"
    "            [--pipeline 1|--connect] [--warmup 2] [--seconds 2] [--epoll]\n"
    "       load --url URL --pid SERVER --idle 2000,15000 [--touch|--ask /PATH]\n"
    "       load --url URL --pid SERVER --many CONNECTIONS [--first 0]\n"
    "       load --url RELAY --pid RELAY --bulk BYTES --sink tcp://ADDRESS:PORT [--warmup 2] [--verify|--stall]\n"
    "       load --url URL --pid SERVER --run PROGRAM ARGUMENT...";

static double parse_number(const char *name, const char *text, double least, double most)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || value < least || value > most)
        fail_usage("--%s %s: expected a number from %g to %g", name, text, least, most);
    return value;
}

static void parse_idle_steps(struct options *options, const char *text)
{
    while (options->idle_step_count < MAX_IDLE_STEPS) {
        char *end;
        long step = strtol(text, &end, 10);
        int previous = options->idle_step_count > 0 ? options->idle_steps[options->idle_step_count - 1] : 0;
        if (end == text || step <= previous || step > 1000000)
            fail_usage("--idle: expected growing numbers separated by commas");
        options->idle_steps[options->idle_step_count++] = (int)step;
        if (*end == '\0')
            return;
        if (*end != ',')
            fail_usage("--idle: expected growing numbers separated by commas");
        text = end + 1;
    }
    fail_usage("--idle: at most %d steps", MAX_IDLE_STEPS);
}

struct options parse_options(int argc, char **argv)
{
    static const struct option known[] = {
        {"url", required_argument, NULL, 'u'},     {"connections", required_argument, NULL, 'c'},
        {"size", required_argument, NULL, 's'},    {"warmup", required_argument, NULL, 'w'},
        {"seconds", required_argument, NULL, 't'}, {"pid", required_argument, NULL, 'p'},
        {"idle", required_argument, NULL, 'i'},    {"touch", no_argument, NULL, 'o'},
        {"epoll", no_argument, NULL, 'e'},         {"bulk", required_argument, NULL, 'b'},
        {"sink", required_argument, NULL, 'k'},    {"verify", no_argument, NULL, 'v'},
        {"stall", no_argument, NULL, 'l'},         {"run", no_argument, NULL, 'r'},
        {"ask", required_argument, NULL, 'a'},     {"pipeline", required_argument, NULL, 'n'},
        {"connect", no_argument, NULL, 'x'},       {"many", required_argument, NULL, 'm'},
        {"first", required_argument, NULL, 'f'},   {NULL, 0, NULL, 0},
    };
    struct options options = {.connections = 50, .size_bytes = 64, .pipeline = 1, .warmup_seconds = 2, .window_seconds = 2};
    int letter;
    while ((letter = getopt_long(argc, argv, "+", known, NULL)) != -1) {
        switch (letter) {
        case 'u': options.url = optarg; break;
        case 'c': options.connections = (int)parse_number("connections", optarg, 1, 1000000); break;
        case 's': options.size_bytes = (size_t)parse_number("size", optarg, 1, 1 << 24); break;
        case 'w': options.warmup_seconds = parse_number("warmup", optarg, 0, 3600); break;
        case 't': options.window_seconds = parse_number("seconds", optarg, 0.01, 3600); break;
        case 'p': options.server = (pid_t)parse_number("pid", optarg, 1, 1 << 30); break;
        case 'i': parse_idle_steps(&options, optarg); break;
        case 'o': options.touch = 1; break;
        case 'e': options.epoll_only = 1; break;
        case 'b': options.bulk_bytes = (uint64_t)parse_number("bulk", optarg, 1, 1e15); break;
        case 'k': options.sink_url = optarg; break;
        case 'v': options.bulk_kind = BULK_VERIFY; break;
        case 'l': options.bulk_kind = BULK_STALL; break;
        case 'n': options.pipeline = (int)parse_number("pipeline", optarg, 1, 1024); break;
        case 'x': options.connect = 1; break;
        case 'm': options.many = (int)parse_number("many", optarg, 1, 1000000); break;
        case 'f': options.first = (int)parse_number("first", optarg, 0, 10000000); break;
        case 'a': options.ask_path = optarg; break;
        case 'r': options.command = argv + optind; break;
        default: fail_usage("%s", usage);
        }
    }
    /* The program's own options are not ours. */
    int is_whole = options.command == NULL ? optind == argc : *options.command != NULL;
    if (options.connect && (options.pipeline > 1 || options.size_bytes > MOST_BYTES_OF_ONE_SEND))
        fail_usage("--connect: one message on each connection, of at most %d bytes", MOST_BYTES_OF_ONE_SEND);
    if (options.url == NULL || options.server == 0 || !is_whole || (options.bulk_bytes > 0) != (options.sink_url != NULL))
        fail_usage("%s", usage);
    return options;
}
