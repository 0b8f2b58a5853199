using System.Globalization;
using Weir.Packets.Dissection;
using Weir.Packets.Files;

namespace Weir.Cli.Capturing;

/// <summary>The names of interfaces: of a file as it tells them, otherwise of this machine at this moment.</summary>
internal sealed class InterfaceNames(CaptureSettings settings, CaptureFile? file)
{
    /// <summary>By the kernel's index, for captures on every interface.</summary>
    public IReadOnlyDictionary<int, string>? ByIndex { get; } = file is null && settings.Interface == "any" ? Read() : null;

    public string? Of(Packet packet)
    {
        if (file is not null)
            return packet.Frame.Interface < file.Interfaces.Count ? file.Interfaces[packet.Frame.Interface].Name : null;
        return ByIndex is null ? settings.Interface : packet.Cooked is { } cooked ? ByIndex.GetValueOrDefault(cooked.InterfaceIndex) : null;
    }

    // netdevice(7): each interface's folder has its index.
    private static Dictionary<int, string> Read()
    {
        Dictionary<int, string> names = [];
        foreach (string folder in Directory.EnumerateDirectories("/sys/class/net"))
        {
            string index = Path.Combine(folder, "ifindex");
            if (File.Exists(index) && int.TryParse(File.ReadAllText(index), CultureInfo.InvariantCulture, out int number))
                names[number] = Path.GetFileName(folder);
        }

        return names;
    }
}
