namespace Weir.Wire;

/// <summary>Interfaces that are being made: unless they are kept, because everything that belongs to them has worked, they go again.</summary>
internal sealed class NewLinks : IDisposable
{
    private readonly List<(Host Host, string Interface)> _made = [];

    /// <summary>Before it is made.</summary>
    public void Add(Host host, string name) => _made.Add((host, name));

    public void Keep() => _made.Clear();

    public void Dispose()
    {
        _made.Reverse();
        foreach ((Host host, string name) in _made)
        {
            try
            {
                host.Remove(name);
            }
            catch (Exception gone) when (gone is NetlinkException or ObjectDisposedException)
            {
                // The network was disposed of meanwhile, and its links with it: what failed before is what is to be seen.
            }
        }
    }
}
