// The ceiling for io_uring: the loop of c-uring in C#, with bare system calls. No connection objects, no tasks, no pipes.
using Weir.Bench.Peers.BareEpoll;
using Weir.Bench.Peers.BareUring;

if (args.Length != 1)
{
    Console.Error.WriteLine("usage: BareUring tcp://ADDRESS:PORT|unix:///PATH");
    return 2;
}

new EchoLoop(Listening.On(args[0])).Run();
return 0;
