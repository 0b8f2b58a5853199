#define _GNU_SOURCE

#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define MOST_ANSWER_BYTES 4096

/* Where the body of an answer begins and how long it is; 0 while the head is not whole. */
static int find_body(const char *answer, const char **body, size_t *length)
{
    static const char length_field[] = "\r\nContent-Length:";
    const char *end_of_head = strstr(answer, "\r\n\r\n");
    if (end_of_head == NULL)
        return 0;
    const char *field = strcasestr(answer, length_field);
    if (strncmp(answer, "HTTP/1.1 200 ", 13) != 0 || field == NULL || field > end_of_head)
        fail("an answer is not 200 with a Content-Length: %.60s", answer);
    *body = end_of_head + 4;
    *length = strtoul(field + sizeof(length_field) - 1, NULL, 10);
    return 1;
}

void ask(int fd, int index, const char *path)
{
    char request[256];
    char answer[MOST_ANSWER_BYTES + 1] = "";
    size_t received = 0;
    const char *body;
    size_t length;
    int size = snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", path);
    if (size >= (int)sizeof(request) || send(fd, request, (size_t)size, 0) != size)
        fail("send on connection %d: %s", index, strerror(errno));
    while (!find_body(answer, &body, &length) || received < (size_t)(body - answer) + length) {
        ssize_t count = recv(fd, answer + received, MOST_ANSWER_BYTES - received, 0);
        if (count <= 0)
            fail("connection %d: no whole answer within %d bytes", index, MOST_ANSWER_BYTES);
        received += (size_t)count;
        answer[received] = '\0';
    }
    if (received > (size_t)(body - answer) + length)
        fail("connection %d: more than one answer", index);
}
