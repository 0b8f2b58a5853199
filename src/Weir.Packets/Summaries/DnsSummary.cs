using System.Globalization;
using System.Text;
using Weir.Packets.Dissection;

namespace Weir.Packets.Summaries;

/// <summary><c>dns 4711 A? example.com</c>, and <c>dns 4711 A? example.com: A 192.0.2.1</c>.</summary>
internal static class DnsSummary
{
    /// <summary>The most questions and answers that a line names.</summary>
    private const int MaxNamed = 8;

    public static void Append(StringBuilder line, DnsMessage dns)
    {
        line.Append(" | dns ").Append(dns.Id);
        if (dns.Opcode != 0)
            line.Append(' ').Append(Opcode(dns.Opcode));
        for (int index = 0; index < Math.Min(dns.Questions.Count, MaxNamed); index++)
            line.Append(index == 0 ? " " : ", ").Append(Type(dns.Questions[index].Type)).Append("? ").Append(dns.Questions[index].Name);
        if (dns.IsResponse)
            AppendAnswers(line, dns);
        if (dns.IsTruncated)
            line.Append(" truncated");
    }

    private static void AppendAnswers(StringBuilder line, DnsMessage dns)
    {
        line.Append(": ").Append(dns.ResponseCode == DnsResponseCode.NoError ? "" : Code(dns.ResponseCode));
        if (dns is { ResponseCode: DnsResponseCode.NoError, Answers.Count: 0 })
            line.Append("no answer");
        string asked = dns.Questions.Count > 0 ? dns.Questions[0].Name : "";
        for (int index = 0; index < Math.Min(dns.Answers.Count, MaxNamed); index++)
        {
            DnsRecord answer = dns.Answers[index];
            line.Append(index == 0 && dns.ResponseCode == DnsResponseCode.NoError ? "" : ", ");
            if (!string.Equals(answer.Name, asked, StringComparison.OrdinalIgnoreCase))
                line.Append(answer.Name).Append(' ');
            line.Append(Type(answer.Type)).Append(' ');
            line.Append(answer.Data ?? string.Create(CultureInfo.InvariantCulture, $"({answer.DataBytes} bytes)"));
        }

        if (dns.Answers.Count > MaxNamed)
            line.Append(CultureInfo.InvariantCulture, $", {dns.Answers.Count - MaxNamed} more");
    }

    private static string Type(DnsType type) =>
        Enum.IsDefined(type) ? type.ToString() : string.Create(CultureInfo.InvariantCulture, $"TYPE{(int)type}");

    private static string Opcode(int opcode) => opcode switch { 1 => "inverse query", 2 => "status", 4 => "notify", 5 => "update", _ => $"opcode {opcode}" };

    private static string Code(DnsResponseCode code) => code switch
    {
        DnsResponseCode.FormatError => "FORMERR",
        DnsResponseCode.ServerFailure => "SERVFAIL",
        DnsResponseCode.NameError => "NXDOMAIN",
        DnsResponseCode.NotImplemented => "NOTIMP",
        DnsResponseCode.Refused => "REFUSED",
        _ => $"code {(int)code}",
    };
}
