// The ceiling: the loop of c-epoll in C#, with bare system calls. No connection objects, no tasks, no pipes.
using Weir.Bench.Peers.BareEpoll;

if (args.Length != 1)
{
    Console.Error.WriteLine("usage: BareEpoll tcp://ADDRESS:PORT|unix:///PATH");
    return 2;
}

new EchoLoop(Listening.On(args[0])).Run();
return 0;
