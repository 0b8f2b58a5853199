#include "uring.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#define BACKLOG 4096

static int listen_on(int family, const void *address, socklen_t length)
{
    int on = 1;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 || bind(fd, address, length) < 0 ||
        listen(fd, BACKLOG) < 0)
        fail("listen");
    return fd;
}

int open_listener(const char *url)
{
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    if (sscanf(url, "unix://%107s", local.sun_path) == 1)
        return listen_on(AF_UNIX, &local, sizeof(local));

    char host[64];
    int port;
    struct sockaddr_in address = {.sin_family = AF_INET};
    if (sscanf(url, "tcp://%63[0-9.]:%d", host, &port) != 2 || inet_pton(AF_INET, host, &address.sin_addr) != 1)
        fail_usage(url);
    address.sin_port = htons((uint16_t)port);
    return listen_on(AF_INET, &address, sizeof(address));
}
