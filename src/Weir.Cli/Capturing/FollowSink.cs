using System.Globalization;
using System.Text;
using Weir.Cli.Output;
using Weir.Linux;
using Weir.Packets.Analysis;
using Weir.Packets.Dissection;
using Weir.Packets.Following;

namespace Weir.Cli.Capturing;

/// <summary>What both ends of one conversation said, on standard output.</summary>
internal sealed class FollowSink : PacketSink
{
    private const int FullBytes = 64 * 1024;

    private readonly FollowTarget _target;
    private readonly FollowOutput _output;
    private readonly bool _isFile;
    private readonly FollowedStreams _streams;
    private readonly MemoryStream _bytes = new();
    private readonly StreamWriter _text;
    private readonly FollowWriter _writer;
    private bool _hasBegun;

    public FollowSink(CaptureSettings settings)
    {
        (_target, _output, _isFile) = (settings.Follow!.Value, settings.FollowOutput, settings.Read is not null);
        _streams = new FollowedStreams(_target);
        _text = new StreamWriter(_bytes, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
        _writer = new FollowWriter(_text, _output == FollowOutput.Hex ? FollowFormat.Hex : FollowFormat.Text);
    }

    public override void Flush()
    {
        _text.Flush();
        Errno failed = StandardOutput.Write(_bytes.GetBuffer().AsSpan(0, (int)_bytes.Length));
        _bytes.SetLength(0);
        if (failed is not Errno.None)
            throw new OutputLostException(failed);
    }

    /// <exception cref="IOException">A file has no such conversation.</exception>
    public override void End()
    {
        Write(_streams.Finish());
        _writer.End();
        Flush();
        if (!_streams.IsFound && _isFile)
            throw new IOException($"there is no {_target}: {Seen()}");
        if (!_streams.IsFound)
            Console.Error.WriteLine($"weir: no {_target} came: {Seen()}");
        else if (_target.Asked is null && _streams.Count > 1)
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"weir: this was {_target} of {_streams.Count}; --follow {_target.Protocol}:1 shows the next"));
    }

    public override void Dispose()
    {
        _text.Dispose();
        base.Dispose();
    }

    protected override void Take(Packet packet, FlowOwner owner)
    {
        IReadOnlyList<FollowedPiece> pieces = _streams.Add(packet);
        if (_streams.IsFound && !_hasBegun)
            Begin();
        Write(pieces);
        // A datagram is whole; what comes next is another.
        if (pieces.Count > 0 && _target.IsDatagrams)
            _writer.End();
    }

    private void Begin()
    {
        _hasBegun = true;
        if (_output is FollowOutput.Text or FollowOutput.Hex)
            _text.WriteLine($"{_target}: > is {_streams.End(StreamSide.Initiator)}, < is {_streams.End(StreamSide.Responder)}");
    }

    private void Write(IReadOnlyList<FollowedPiece> pieces)
    {
        foreach (FollowedPiece piece in pieces)
            Write(piece);
        if (_bytes.Length >= FullBytes)
            Flush();
    }

    private void Write(FollowedPiece piece)
    {
        switch (_output)
        {
            case FollowOutput.Json:
                _text.WriteLine(FollowJson.Serialize(piece, _target.Protocol, _target.Number, _streams.End(piece.Side), _streams.End(1 - piece.Side)));
                break;
            case FollowOutput.Raw when piece.MissingBytes > 0:
                Console.Error.WriteLine($"weir: from {_streams.End(piece.Side)}: {FollowWriter.Describe(piece)}");
                break;
            case FollowOutput.Raw:
                FollowWriter.WriteRaw(_bytes, piece);
                break;
            default:
                _writer.Write(piece);
                break;
        }
    }

    private string Seen() => _streams.Count switch
    {
        0 => $"no {_target.Protocol} at all",
        1 => "the only one is 0",
        var count => string.Create(CultureInfo.InvariantCulture, $"there are {count}, the first is 0"),
    };
}
