using System.Reflection;

namespace Weir.Linux.Tests.Headers;

/// <summary>Where Weir.Linux and a C header differ on purpose.</summary>
internal static class HeaderGaps
{
    /// <summary>Fields and constants that are younger than the oldest headers in use, and the kernel that brought them.</summary>
    private static readonly Dictionary<string, string> s_young = new()
    {
        ["IORING_SETUP_NO_SQARRAY"] = "6.6",
        ["tcpi_rcv_wnd"] = "6.2",
        ["tcpi_rehash"] = "6.2",
        ["tcpi_total_rto"] = "6.7",
        ["tcpi_total_rto_recoveries"] = "6.7",
        ["tcpi_total_rto_time"] = "6.7",
    };

    /// <summary>C has bit fields here, whose offsets can't be asked for: these bytes follow the field that is named.</summary>
    private static readonly Dictionary<string, string> s_bitFields = new()
    {
        ["tcpi_wscales"] = "offsetof(struct tcp_info, tcpi_options) + 1",
        ["tcpi_delivery_flags"] = "offsetof(struct tcp_info, tcpi_options) + 2",
        ["registers"] = "offsetof(struct bpf_insn, code) + 1",
    };

    /// <summary>What C has as a union: its members' offsets are asked for under their own names, and it ends where our last field does.</summary>
    private static readonly Dictionary<string, string> s_unionMembers = new()
    {
        ["link_prog_fd"] = "link_create.prog_fd",
        ["link_target_fd"] = "link_create.target_fd",
        ["link_attach_type"] = "link_create.attach_type",
    };

    public static string? Since(FieldInfo field) => s_young.GetValueOrDefault(field.Name);

    /// <summary>A structure that has grown has its full size since its youngest field.</summary>
    public static string? SizeSince(Type structure) => AbiFacts.Fields(structure).Select(Since).LastOrDefault(since => since is not null);

    public static string OffsetExpression(FieldInfo field) => field.DeclaringType == typeof(bpf_attr)
        ? $"offsetof(union bpf_attr, {s_unionMembers.GetValueOrDefault(field.Name, field.Name)})"
        : s_bitFields.GetValueOrDefault(field.Name) ?? $"offsetof(struct {field.DeclaringType!.Name}, {field.Name})";

    // Headers newer than Weir know a longer structure: it ends for us where our last field ends.
    public static string SizeExpression(Type structure)
    {
        if (structure == typeof(bpf_attr))
            return "offsetof(union bpf_attr, prog_btf_fd)";
        if (SizeSince(structure) is null)
            return $"sizeof(struct {structure.Name})";
        string last = AbiFacts.Fields(structure)[^1].Name;
        return $"offsetof(struct {structure.Name}, {last}) + sizeof(((struct {structure.Name} *)0)->{last})";
    }
}
