using System.Collections.Frozen;
using System.Reflection;

namespace Weir.Sockets;

/// <summary>Every option, defined once: the query of a URL, the command line and the reference page are made from it.</summary>
/// <remarks>A new option is a property in the file of its level, and nothing else.</remarks>
public static partial class SocketOptions
{
    /// <summary>All options, by level and number.</summary>
    public static IReadOnlyList<SocketOption> All => Table.Options;

    /// <summary>The option with this name, in the case in which it is written; null when there is none.</summary>
    public static SocketOption? Find(ReadOnlySpan<char> name) => Table.ByName.TryGetValue(name, out SocketOption? option) ? option : null;

    // A class of its own, because the order in which the parts of a partial class initialise their properties is not defined.
    private static class Table
    {
        internal static readonly SocketOption[] Options = [..
            typeof(SocketOptions).GetProperties(BindingFlags.Public | BindingFlags.Static)
                .Where(property => property.PropertyType.IsSubclassOf(typeof(SocketOption)))
                .Select(property => (SocketOption)property.GetValue(null)!)
                .OrderBy(option => option.Level).ThenBy(option => option.Number).ThenBy(option => option.Name)];

        internal static readonly FrozenDictionary<string, SocketOption>.AlternateLookup<ReadOnlySpan<char>> ByName =
            Options.ToFrozenDictionary(option => option.Name).GetAlternateLookup<ReadOnlySpan<char>>();
    }
}
