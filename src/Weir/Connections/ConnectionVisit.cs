using Weir.Loops;

namespace Weir;

/// <summary>Does something to all connections that an owner has on a loop; runs there.</summary>
internal sealed class ConnectionVisit(EventLoop loop, IConnectionOwner owner, Action<Connection> action) : ILoopWork
{
    // The loop has closed all of them.
    public void Abandon()
    {
    }

    public void RunOnLoop()
    {
        foreach (Connection connection in loop.Attached)
        {
            if (connection.Owner == owner)
                action(connection);
        }
    }
}
