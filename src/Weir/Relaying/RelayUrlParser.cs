using System.Text;
using Weir.Sockets;

namespace Weir;

/// <summary>Takes the relay's own parameters out of a URL's query; what is left is an address. Errors point into the whole text.</summary>
internal sealed class RelayUrlParser(string text, RelaySide side)
{
    private const string OnOrOff = "expected on or off";

    private static readonly string[] s_names = ["tls", "cert", "key", "servername", "ca", "verify"];

    private readonly Dictionary<string, (string Value, int Position)> _taken = [];
    private readonly StringBuilder _rest = new();
    private readonly List<int> _positions = [];
    private SocketUrlException? _error;

    public bool TryParse(out SocketUrl? url, out TlsParameters? tls, out SocketUrlException? error)
    {
        (url, tls) = (null, null);
        bool parsed = SplitQuery() && TryParseRest(out url) && TryReadTls(out tls) && (tls is null || CanHaveTls(url!));
        error = _error;
        return parsed;
    }

    private bool Fail(int position, string reason, string expected)
    {
        _error = new SocketUrlException(text, position, reason, expected);
        return false;
    }

    private void Keep(int start, int end)
    {
        _rest.Append(text, start, end - start);
        for (int i = start; i < end; i++)
            _positions.Add(i);
    }

    private bool SplitQuery()
    {
        int query = text.IndexOf('?');
        int end = query < 0 ? text.Length : query;
        Keep(0, end);
        bool isFirst = true;
        while (end < text.Length && text[end] != '#')
        {
            int start = end + 1;
            int next = text.AsSpan(start).IndexOfAny('&', '#');
            end = next < 0 ? text.Length : start + next;
            if (!TryTake(start, end, out bool isOurs))
                return false;
            if (isOurs)
                continue;
            // The separator before it, which is a question mark for the first that stays.
            _rest.Append(isFirst ? '?' : '&');
            _positions.Add(start - 1);
            Keep(start, end);
            isFirst = false;
        }

        Keep(end, text.Length);
        _positions.Add(text.Length);
        return true;
    }

    private bool TryTake(int start, int end, out bool isOurs)
    {
        int equals = text.IndexOf('=', start, end - start);
        string name = text[start..(equals < 0 ? end : equals)];
        isOurs = s_names.Contains(name);
        if (!isOurs)
        {
            bool isMisspelt = SocketOptions.Find(name) is null && Spelling.Nearest(name, SocketOptions.All.Select(option => option.Name)) is null;
            return !isMisspelt || Spelling.Nearest(name, s_names) is not { } nearest
                || Fail(start, $"unknown option {SocketUrlException.Quote(name)}", $"did you mean {nearest}?");
        }

        if (equals < 0 || equals + 1 == end)
            return Fail(end, $"{name} has no value", name is "tls" or "verify" ? OnOrOff : "expected '=' and a value");
        return _taken.TryAdd(name, (Uri.UnescapeDataString(text[(equals + 1)..end]), start))
            || Fail(start, $"{name} is there twice", "expected each option once");
    }

    private bool TryParseRest(out SocketUrl? url)
    {
        if (SocketUrl.TryParse(_rest.ToString(), out url, out SocketUrlException? error))
            return true;
        return Fail(_positions[error.Position], error.Reason, error.Expected);
    }

    private bool CanHaveTls(SocketUrl url) => url.Scheme is not (SocketScheme.UnixPacket or SocketScheme.UnixGram) && !url.Scheme.IsUdp()
        || Fail(_taken["tls"].Position, $"TLS needs a stream, and {url.Scheme.Name()} is none", "expected tcp, tcp4, tcp6 or unix");

    private bool TryReadTls(out TlsParameters? tls)
    {
        tls = null;
        if (!TryReadSwitch("tls", byDefault: false, out bool isOn) || !TryReadSwitch("verify", byDefault: true, out bool verifies))
            return false;
        foreach ((string name, (_, int position)) in _taken)
        {
            if (!isOn && name != "tls")
                return Fail(position, $"{name} is about TLS", "expected tls=on as well");
            if (side == RelaySide.From && name is ("servername" or "ca" or "verify"))
                return Fail(position, $"{name} is for connecting", "on the listening side there are cert and key");
            if (side == RelaySide.To && name is ("cert" or "key"))
                return Fail(position, $"{name} is for listening", "on the connecting side there are servername, ca and verify");
        }

        if (!isOn)
            return true;
        if (side == RelaySide.From && !_taken.ContainsKey("cert"))
            return Fail(text.Length, "tls=on has no certificate", "expected cert=FILE and key=FILE, both PEM");
        tls = new TlsParameters
        {
            CertificatePath = Taken("cert"),
            KeyPath = Taken("key"),
            ServerName = Taken("servername"),
            AuthoritiesPath = Taken("ca"),
            Verifies = verifies,
        };
        return true;
    }

    private string? Taken(string name) => _taken.TryGetValue(name, out var taken) ? taken.Value : null;

    private bool TryReadSwitch(string name, bool byDefault, out bool value)
    {
        value = byDefault;
        if (!_taken.TryGetValue(name, out (string Value, int Position) taken))
            return true;
        value = taken.Value == "on";
        return taken.Value is "on" or "off"
            || Fail(taken.Position + name.Length + 1, $"{SocketUrlException.Quote(taken.Value)} is no value of {name}", OnOrOff);
    }
}
