using System.Text;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Wire.Http;

/// <summary>What a client posts to join.</summary>
/// <param name="Name">Its name.</param>
/// <param name="PublicKey">Its key.</param>
/// <param name="Incarnation">Counts its starts.</param>
/// <param name="Endpoint">Where peers reach it.</param>
/// <param name="Settled">Number of settled blocks that it has stored.</param>
/// <param name="Signature">By the key, over <see cref="JoinProof.Digest"/>: nobody joins with a key that is not
/// theirs.</param>
/// <param name="Checkpoint">The latest checkpoint that it holds.</param>
public sealed record JoinBody(
    string Name,
    string PublicKey,
    long Incarnation,
    string Endpoint,
    long Settled,
    string Signature,
    CheckpointDto? Checkpoint = null)
{
    /// <summary>Makes the body from the request and its signature.</summary>
    public static JoinBody From(JoinRequest request, Signature signature) => new(
        request.Name,
        request.PublicKey.ToString(),
        request.Incarnation,
        request.Endpoint,
        request.Settled,
        signature.ToString(),
        WireConvert.ToDto(request.Checkpoint));

    /// <summary>The request. Name and key are for the bank to judge; the signature is for the host to check.</summary>
    /// <param name="signature">The signature given.</param>
    /// <exception cref="FormatFaultException">A field is not what its name says.</exception>
    public JoinRequest ToRequest(out Signature signature)
    {
        signature = Parse.Signature(Signature, "signature");
        return new JoinRequest(
            Parse.Text(Name, ushort.MaxValue / 4, "name"),
            Parse.Key(PublicKey, "publicKey"),
            Parse.Range(Incarnation, "incarnation"),
            Parse.Text(Endpoint, Limits.EndpointCharacters, "endpoint"),
            Parse.Range(Settled, "settled"),
            Checkpoint is null ? null : WireConvert.ToCheckpoint(Checkpoint));
    }
}

/// <summary>What a client signs to join.</summary>
public static class JoinProof
{
    private static readonly byte[] Domain = Encoding.ASCII.GetBytes("blockchain/join/1");

    /// <summary>SHA-256 of the domain, name, key, incarnation and endpoint.</summary>
    public static Hash Digest(JoinRequest request)
    {
        CanonicalWriter writer = new();
        writer.Raw(Domain);
        writer.Text(request.Name);
        writer.Key(request.PublicKey);
        writer.U64(request.Incarnation);
        writer.Text(request.Endpoint);
        return Hash.Of(writer.Written);
    }
}

/// <summary>What a client posts to leave.</summary>
/// <param name="Client">Its number.</param>
/// <param name="Epoch">The view that it leaves.</param>
/// <param name="Signature">By its key, over <see cref="LeaveProof.Digest"/>.</param>
public sealed record LeaveBody(int Client, int Epoch, string Signature)
{
    /// <summary>The signature as a value.</summary>
    /// <exception cref="FormatFaultException">A field is not what its name says.</exception>
    public Signature ToSignature()
    {
        Parse.Number(Client, "client");
        Parse.Number(Epoch, "epoch");
        return Parse.Signature(Signature, "signature");
    }
}

/// <summary>What a client signs to leave.</summary>
public static class LeaveProof
{
    private static readonly byte[] Domain = Encoding.ASCII.GetBytes("blockchain/leave/1");

    /// <summary>SHA-256 of the domain, ledger, client and epoch: worthless on another ledger or in a later
    /// view.</summary>
    public static Hash Digest(Hash ledger, int client, int epoch)
    {
        CanonicalWriter writer = new();
        writer.Raw(Domain);
        writer.Hash(ledger);
        writer.U32(client);
        writer.U32(epoch);
        return Hash.Of(writer.Written);
    }
}

/// <summary>The bank's yes to a <see cref="JoinBody"/>.</summary>
/// <param name="Incarnation">The incarnation that joined.</param>
/// <param name="Id">The client's number.</param>
/// <param name="Ledger">Hash of the ledger's first block.</param>
/// <param name="BankKey">Key of the bank.</param>
/// <param name="LeaseMs">Silence after which a member is evicted, in milliseconds.</param>
/// <param name="View">The first view to install.</param>
public sealed record JoinAnswerDto(
    long Incarnation, int Id, string Ledger, string BankKey, int LeaseMs, ViewDto View)
{
    /// <summary>Makes the answer.</summary>
    public static JoinAnswerDto From(JoinAccepted answer) => new(
        answer.Incarnation,
        answer.Id,
        answer.Ledger.ToString(),
        answer.BankKey.ToString(),
        answer.LeaseMs,
        WireConvert.ToDto(answer.View));

    /// <summary>The answer as the process takes it.</summary>
    /// <exception cref="FormatFaultException">A field is not what its name says.</exception>
    public JoinAccepted ToAccepted() => new(
        Parse.Range(Incarnation, "incarnation"),
        Parse.Number(Id, "id"),
        Parse.Hash(Ledger, "ledger"),
        Parse.Key(BankKey, "bankKey"),
        Parse.Number(LeaseMs, "leaseMs"),
        WireConvert.ToView(View));
}
