// An echo server as Go's users write it: a goroutine for each connection. The driver sets GOMAXPROCS=1.
package main

import (
	"fmt"
	"net"
	"os"
	"strings"
)

const bufferBytes = 4096

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go-echo tcp://ADDRESS:PORT|unix:///PATH")
		os.Exit(2)
	}
	network, address, _ := strings.Cut(os.Args[1], "://")
	listener, err := net.Listen(network, address)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		go echo(connection)
	}
}

func echo(connection net.Conn) {
	defer connection.Close()
	// Go alone sets TCP_NODELAY by itself; no other peer has it.
	if tcp, ok := connection.(*net.TCPConn); ok {
		tcp.SetNoDelay(false)
	}
	buffer := make([]byte, bufferBytes)
	for {
		count, err := connection.Read(buffer)
		if err != nil {
			return
		}
		if _, err = connection.Write(buffer[:count]); err != nil {
			return
		}
	}
}
