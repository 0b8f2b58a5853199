#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

/* One source address has about 28,000 ephemeral ports, some of them still in TIME_WAIT from the run before. */
#define CONNECTIONS_PER_SOURCE 5000

static struct sockaddr_in parse_tcp(const char *url)
{
    char host[64];
    int port;
    struct sockaddr_in address = {.sin_family = AF_INET};
    if (sscanf(url, "tcp://%63[0-9.]:%d", host, &port) != 2 || inet_pton(AF_INET, host, &address.sin_addr) != 1)
        fail_usage("%s: expected tcp://ADDRESS:PORT with an IPv4 address", url);
    address.sin_port = htons((uint16_t)port);
    return address;
}

static struct sockaddr_un parse_unix(const char *url, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(address.sun_path))
        fail_usage("%s: the path is longer than %zu bytes", url, sizeof(address.sun_path) - 1);
    strcpy(address.sun_path, path);
    return address;
}

struct address parse_address(const char *url)
{
    static const char unix_prefix[] = "unix://";
    struct address address = {.url = url};
    if (strncmp(url, unix_prefix, sizeof(unix_prefix) - 1) == 0) {
        struct sockaddr_un path = parse_unix(url, url + sizeof(unix_prefix) - 1);
        memcpy(&address.bytes, &path, address.length = sizeof(path));
    } else {
        struct sockaddr_in host = parse_tcp(url);
        memcpy(&address.bytes, &host, address.length = sizeof(host));
    }
    return address;
}

static int is_loopback(const struct sockaddr_storage *address)
{
    const struct sockaddr_in *host = (const struct sockaddr_in *)address;
    return address->ss_family == AF_INET && ntohl(host->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

static void spread_over_sources(int fd, int index)
{
    int on = 1;
    struct sockaddr_in source = {.sin_family = AF_INET};
    source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(index / CONNECTIONS_PER_SOURCE));
    if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on)) < 0 ||
        bind(fd, (struct sockaddr *)&source, sizeof(source)) < 0)
        fail("bind of connection %d: %s", index, strerror(errno));
}

int connect_to(const struct address *address, int index)
{
    int fd = socket(address->bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        fail("socket %d: %s", index, strerror(errno));
    if (index >= CONNECTIONS_PER_SOURCE && is_loopback(&address->bytes))
        spread_over_sources(fd, index);
    if (connect(fd, (const struct sockaddr *)&address->bytes, address->length) < 0)
        fail("connect %d to %s: %s", index, address->url, strerror(errno));
    return fd;
}

int listen_on(const char *url)
{
    int on = 1;
    struct sockaddr_in address = parse_tcp(url);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, SOMAXCONN) < 0)
        fail("listen on %s: %s", url, strerror(errno));
    return fd;
}
