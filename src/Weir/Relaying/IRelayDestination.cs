using Weir.Loops;

namespace Weir;

/// <summary>Where a relay's connections go to.</summary>
internal interface IRelayDestination
{
    /// <summary>Makes the far end for a client, on the client's own loop, so that no byte changes threads.</summary>
    /// <returns>Null when it could not be made, which the operator has been told.</returns>
    Task<RelayEnd?> OpenAsync(RelayPair pair, EventLoop loop);

    /// <summary>The pair has ended.</summary>
    void OnEnded(RelayPair pair)
    {
    }

    /// <summary>Nobody will be connected any more; may be called again.</summary>
    void Stop()
    {
    }
}
